//===- LoopContraction.h - Which loops make a matrix product ----*- C++ -*-===//
//
// A multiply-accumulate inside loops is a contraction; how big its m, n and k
// are follows from which of its three operands each loop moves along. linalg's
// iteration spaces and loops written out are read by the same rule.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_MLIR_LOOPCONTRACTION_H
#define ENERGY_OPT_LIB_MLIR_LOOPCONTRACTION_H

#include "energy-opt/Work.h"

namespace energyopt {

/// One loop, and which operands' addresses depend on it.
struct LoopUse {
  Expr trips;
  bool lhs = false, rhs = false, acc = false;
  /// Slides a window: adds to the index of an operand that another loop, of
  /// the result, also adds to.
  bool window = false;
};

/// M2, by the roles of loops: all three operands: groups; lhs and acc: m; rhs
/// and acc: n; lhs and rhs: k. Whatever else is there joins k if it is reduced,
/// groups if not, so that groups*m*n*k is always the number of executions.
ContractionDims contractionOf(llvm::ArrayRef<LoopUse> loops);

/// Conv if a window slides; depthwise and grouped by the loops over groups and
/// channels. `parameter`: an operand is a parameter.
WorkClass contractionClass(llvm::ArrayRef<LoopUse> loops, bool parameter);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_LOOPCONTRACTION_H
