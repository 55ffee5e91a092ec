//===- Determinant.cpp - Factorizing square matrices ----------------------===//

#include "Cost/Families/Determinant.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"

using namespace energyopt;
using llvm::Error;

Expr energyopt::luOps(const Expr &n) {
  return (n * (n - 1)).floorDiv(2) + (n * (n - 1) * (Expr(2) * n - 1)).floorDiv(3);
}

llvm::Expected<Shape> energyopt::squareBatch(const OpView &op) {
  const Shape &shape = *op.in(0).shape;
  if (shape.size() < 2)
    return op.error("input 0 has rank " + llvm::Twine(shape.size()) + ", expected at least 2");
  const Expr &rows = shape[shape.size() - 2], &columns = shape.back();
  if (!op.ctx->unify(rows, columns))
    return op.error("its matrices are " + rows.str() + " x " + columns.str() + ", not square");
  return Shape(shape.begin(), shape.end() - 2);
}

static Error determinantShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireFloat(op, 0))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0))
    return Error::success();
  auto batch = squareBatch(op);
  if (!batch)
    return batch.takeError();
  op.outputs[0].shape = *batch;
  return Error::success();
}

/// M14, and n - 1 multiplications of the diagonal.
static Work determinantWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  const Expr &n = op.in(0).shape->back();
  Expr each = luOps(n) + n - 1;
  work.add(WorkClass::Vector, op.in(0).dtype, op.outputs[0].elements() * each);
  explainFormula(op, work, "ops = matrices*(n(n-1)/2 + n(n-1)(2n-1)/3 + n-1)",
                 op.outputs[0].elements() * each,
                 {{"matrices", op.outputs[0].elements()}, {"n", n}});
  return work;
}

const Family energyopt::determinantFamily = {
    "determinant", "M14: ops = n(n-1)/2 + n(n-1)(2n-1)/3 + n-1 per matrix", determinantShape,
    determinantWork};
