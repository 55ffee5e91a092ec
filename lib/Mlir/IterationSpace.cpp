//===- IterationSpace.cpp - Loops implied by indexing maps ----------------===//

#include "Mlir/IterationSpace.h"

using namespace energyopt;

std::optional<llvm::SmallVector<Expr, 6>>
energyopt::iterationSpace(llvm::ArrayRef<mlir::AffineMap> maps,
                          llvm::ArrayRef<const ValueInfo *> operands) {
  unsigned numLoops = maps.empty() ? 0 : maps.front().getNumDims();
  llvm::SmallVector<std::optional<Expr>, 6> found(numLoops);
  for (auto [map, operand] : llvm::zip(maps, operands)) {
    if (map.getNumResults() == 0)
      continue;
    if (!operand->hasRank() || operand->rank() < map.getNumResults())
      return std::nullopt;
    for (auto [i, e] : llvm::enumerate(map.getResults())) {
      auto dim = mlir::dyn_cast<mlir::AffineDimExpr>(e);
      // Any operand may name the size; a number says more than a symbol.
      if (dim && (!found[dim.getPosition()] || operand->dim(i).isConstant()))
        found[dim.getPosition()] = operand->dim(i);
    }
  }
  llvm::SmallVector<Expr, 6> trips;
  for (const auto &size : found) {
    if (!size)
      return std::nullopt;
    trips.push_back(*size);
  }
  return trips;
}

bool energyopt::hasWindow(mlir::AffineMap map) {
  return llvm::any_of(map.getResults(), [&](mlir::AffineExpr e) {
    unsigned loops = 0;
    for (unsigned d = 0; d < map.getNumDims(); ++d)
      loops += e.isFunctionOfDim(d);
    return loops > 1;
  });
}

static bool moves(mlir::AffineMap map, unsigned loop) {
  return llvm::any_of(map.getResults(),
                      [&](mlir::AffineExpr e) { return e.isFunctionOfDim(loop); });
}

llvm::SmallVector<LoopUse, 6> energyopt::loopUses(llvm::ArrayRef<Expr> trips, mlir::AffineMap lhs,
                                                  mlir::AffineMap rhs, mlir::AffineMap acc) {
  if (hasWindow(rhs) && !hasWindow(lhs))
    std::swap(lhs, rhs);
  llvm::SmallVector<LoopUse, 6> uses;
  for (unsigned d = 0; d < trips.size(); ++d) {
    LoopUse use{trips[d], moves(lhs, d), moves(rhs, d), moves(acc, d)};
    if (!use.acc)
      for (mlir::AffineExpr e : lhs.getResults())
        for (unsigned other = 0; other < trips.size(); ++other)
          use.window |=
              other != d && e.isFunctionOfDim(d) && e.isFunctionOfDim(other) && moves(acc, other);
    uses.push_back(std::move(use));
  }
  return uses;
}

void energyopt::addContraction(Work &work, DType dtype, llvm::ArrayRef<LoopUse> uses,
                               bool parameter) {
  Expr count = 1;
  for (const LoopUse &use : uses)
    count *= use.trips;
  work.add(contractionClass(uses, parameter), dtype, count, contractionOf(uses));
}
