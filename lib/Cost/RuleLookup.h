//===- RuleLookup.h - Rules of ops as files have them -----------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_COST_RULELOOKUP_H
#define ENERGY_OPT_LIB_COST_RULELOOKUP_H

#include "energy-opt/OpRule.h"

namespace energyopt {

/// findRule, or else what an optimizer means that writes contrib ops without their
/// domain, and standard ops before the version that standardized them.
const OpRule *findRuleAsWritten(llvm::StringRef op, int64_t opset);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_RULELOOKUP_H
