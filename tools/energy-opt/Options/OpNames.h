//===- OpNames.h - Ops as people write them ---------------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_OPNAMES_H
#define ENERGY_OPT_TOOL_OPTIONS_OPNAMES_H

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace energyopt {

/// Every op that is modelled, as --op-like takes it: "Relu",
/// "com.microsoft::Attention", "stablehlo.add"; sorted.
std::vector<std::string> spelledOps();
/// Sees that an op is one that is modelled.
llvm::Error checkKnownOp(llvm::StringRef option, llvm::StringRef spelled);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_OPNAMES_H
