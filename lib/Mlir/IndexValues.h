//===- IndexValues.h - Index arithmetic, evaluated symbolically -*- C++ -*-===//
//
// Bounds of loops and sizes of tiles: what `arith` and `affine` compute on
// indices, as expressions of dims and of the enclosing loops' induction
// variables.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_MLIR_INDEXVALUES_H
#define ENERGY_OPT_LIB_MLIR_INDEXVALUES_H

#include "Graph/ShapeFacts.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/OpDefinition.h"

#include <functional>

namespace energyopt {

/// What an induction variable runs through: lower + i*step for i < trips.
struct Induction {
  std::string symbol;
  Expr lower, step, trips;
};

class IndexValues {
public:
  /// `dimOf`: a dim of a shaped value; nullopt if its rank is unknown.
  using DimOf = std::function<std::optional<Expr>(mlir::Value, int64_t)>;
  IndexValues(ShapeFacts &facts, DimOf dimOf) : facts(facts), dimOf(std::move(dimOf)) {}

  /// The value of an integer or index scalar; nullopt if only the run knows it.
  std::optional<Expr> of(mlir::Value value);
  std::optional<Expr> of(mlir::OpFoldResult value);
  /// Results of a map for `operands` (dims, then symbols).
  std::optional<llvm::SmallVector<Expr, 2>> apply(mlir::AffineMap map, mlir::OperandRange operands);
  void bind(mlir::Value value, std::optional<Expr> known);
  /// Enters a loop: gives `variable` a symbol of its own.
  void enterLoop(mlir::Value variable, Induction range);
  void leaveLoop();

  /// Sum and maximum of `e` over the iterations of the loops that it depends
  /// on, and their number. Without such a loop: e, e, 1.
  struct Range {
    Expr sum, max;
    int64_t count = 1;
    bool isExact(const Expr &e) const { return max == e; }
  };
  /// nullopt if there are too many iterations to look at, or bounds unknown.
  std::optional<Range> over(const Expr &e) const;
  /// `e` without induction variables: its maximum. `exact` becomes false if it
  /// is smaller in some iterations.
  Expr maximum(const Expr &e, bool &exact) const;

private:
  std::optional<Expr> compute(mlir::Value value, unsigned depth);
  std::optional<Expr> evaluate(mlir::Value value, unsigned depth);
  std::optional<Expr> computeOp(mlir::Operation *op, mlir::Value value, unsigned depth);
  std::optional<Expr> affine(mlir::AffineExpr e, llvm::ArrayRef<std::optional<Expr>> inputs,
                             unsigned numDims, unsigned depth) const;
  std::vector<const Induction *> loopsIn(const Expr &e) const;

  ShapeFacts &facts;
  DimOf dimOf;
  llvm::DenseMap<mlir::Value, std::optional<Expr>> known;
  std::vector<Induction> loops;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_INDEXVALUES_H
