//===- Passes.h - Declarations of the passes --------------------*- C++ -*-===//

#ifndef ENERGY_OPT_PASSES_PASSES_H
#define ENERGY_OPT_PASSES_PASSES_H

#include "PassOptions.h"

#include "energy-opt/Register.h"

namespace energyopt {

#define GEN_PASS_DECL
#include "Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "Passes.h.inc"

} // namespace energyopt

#endif // ENERGY_OPT_PASSES_PASSES_H
