//===- Inline.h - Calls of model-local functions ----------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_EXACT_INLINE_H
#define ENERGY_OPT_LIB_SUGGEST_EXACT_INLINE_H

#include "energy-opt/Checks.h"

namespace energyopt {

void inlineFunctions(Rewrite &rewrite); // exact-inline-functions

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_EXACT_INLINE_H
