//===- Verdicts.h - A verdict in words --------------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_REVIEW_VERDICTS_H
#define ENERGY_OPT_LIB_REVIEW_VERDICTS_H

#include "energy-opt/Budgets.h"

namespace energyopt {

/// "640 B against a limit of 400 B; the waiver expired on ..."
std::string sentenceOf(const Verdict &verdict);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_REVIEW_VERDICTS_H
