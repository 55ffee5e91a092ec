//===- IterationSpace.h - Loops implied by indexing maps --------*- C++ -*-===//
//
// Structured ops (linalg.*, vector.contract) say which element of which operand
// each iteration touches; trip counts and the roles of loops follow.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_MLIR_ITERATIONSPACE_H
#define ENERGY_OPT_LIB_MLIR_ITERATIONSPACE_H

#include "Mlir/LoopContraction.h"
#include "energy-opt/OpView.h"

#include "mlir/IR/AffineMap.h"

namespace energyopt {

/// Trip count of each loop, read off the dims of the operands; nullopt if a
/// rank is unknown or a loop has no dim of its own.
std::optional<llvm::SmallVector<Expr, 6>>
iterationSpace(llvm::ArrayRef<mlir::AffineMap> maps, llvm::ArrayRef<const ValueInfo *> operands);

/// Loops of acc += lhs*rhs. A windowed operand becomes the lhs.
llvm::SmallVector<LoopUse, 6> loopUses(llvm::ArrayRef<Expr> trips, mlir::AffineMap lhs,
                                       mlir::AffineMap rhs, mlir::AffineMap acc);

/// Whether some index is a sum of several loops' (a sliding window).
bool hasWindow(mlir::AffineMap map);

/// Adds acc += lhs*rhs over the whole space.
void addContraction(Work &work, DType dtype, llvm::ArrayRef<LoopUse> uses, bool parameter);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_ITERATIONSPACE_H
