//===- ApplyRule.h - What holds for every value, whatever its op *- C++ -*-===//

#ifndef ENERGY_OPT_LIB_COST_APPLYRULE_H
#define ENERGY_OPT_LIB_COST_APPLYRULE_H

#include "energy-opt/OpView.h"

namespace energyopt {

/// A dim below zero; nullopt if there is none.
std::optional<int64_t> negativeDim(const ValueInfo &value);

/// No output has a negative dim, or contents that are not as many as its shape
/// says.
llvm::Error checkOutputs(const OpView &op);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_APPLYRULE_H
