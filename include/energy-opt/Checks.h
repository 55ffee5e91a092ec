//===- Checks.h - Rewrites that lower a model's cost ------------*- C++ -*-===//
//
// A check finds a kind of waste in an ONNX model and can mend it. The table of
// all is data: `energy-opt checks` and the documentation are made from it.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_CHECKS_H
#define ENERGY_OPT_CHECKS_H

#include "energy-opt/OnnxImporter.h"

namespace energyopt {

/// What applying a check did.
struct RewriteLog {
  /// Names of the nodes and initializers that were removed or changed, in the
  /// graph's order.
  std::vector<std::string> ops;
};

struct Check {
  llvm::StringLiteral id;    // "exact-dead-code"
  llvm::StringLiteral title; // what it does, in the imperative
  /// Why that saves energy, and when.
  llvm::StringLiteral rationale;
  /// How to do it without this tool.
  llvm::StringLiteral elsewhere;
  /// Same outputs for all inputs, up to rounding of folded constants.
  bool exact;
  /// Rewrites the model as often as it can, and logs it.
  void (*apply)(ImportedModel &model, RewriteLog &log);
};

/// All checks, in the order in which they are best applied.
llvm::ArrayRef<Check> allChecks();
/// By id; null if there is none.
const Check *findCheck(llvm::StringRef id);

} // namespace energyopt

#endif // ENERGY_OPT_CHECKS_H
