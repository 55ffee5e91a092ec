//===- Softmax.cpp - Softmax, LogSoftmax, Hardmax -------------------------===//

#include "Cost/Families/Softmax.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"

using namespace energyopt;
using llvm::Error;

void energyopt::addSoftmax(Work &work, DType type, const Expr &elements) {
  addElementwise(work, type, elements, 4, 1);
}

/// Since opset 13 the axis defaults to the last and is the only one; before,
/// the input counted as a matrix split at the axis, 1 by default.
static int64_t axisOf(const OpView &op) { return op.intAttr("axis", op.opset >= 13 ? -1 : 1); }

static Error softmaxShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireFloat(op, 0))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0))
    return Error::success();
  // As a matrix split, an axis one past the end is meaningful.
  int64_t rank = op.in(0).rank() + (op.opset >= 13 ? 0 : 1);
  auto axis = normalizeAxis(op, axisOf(op), rank);
  if (!axis)
    return axis.takeError();
  op.outputs[0].shape = op.in(0).shape;
  return Error::success();
}

/// Number of vectors that are normalized.
static Expr vectorCount(const OpView &op) {
  const Shape &shape = *op.in(0).shape;
  int64_t rank = shape.size(), axis = axisOf(op);
  axis += axis < 0 ? rank : 0;
  Expr count = 1;
  for (int64_t i = 0; i < rank; ++i)
    if (op.opset >= 13 ? i != axis : i < axis)
      count *= shape[i];
  return count;
}

/// M13: softmax: max, subtract, exp, sum, divide. LogSoftmax subtracts the
/// logarithm of each sum instead of dividing. Hardmax compares and writes.
/// Source: function bodies in ONNX Operators.md.
static Work softmaxWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  DType type = op.in(0).dtype;
  Expr elements = op.in(0).elements();
  switch (static_cast<SoftmaxForm>(params.a)) {
  case SoftmaxForm::Soft:
    addSoftmax(work, type, elements);
    explainProduct(op, work, "ops = 5*elements", {5, elements});
    break;
  case SoftmaxForm::Log: {
    addSoftmax(work, type, elements);
    Expr sums = vectorCount(op);
    addElementwise(work, type, sums, 0, 1);
    explainFormula(op, work, "ops = 5*elements + vectors", Expr(5) * elements + sums,
                   {{"elements", elements}, {"vectors", sums}});
    break;
  }
  case SoftmaxForm::Hard:
    addElementwise(work, type, elements, 2);
    explainProduct(op, work, "ops = 2*elements", {2, elements});
    break;
  }
  return work;
}

const Family energyopt::softmaxFamily = {
    "softmax", "M13: max, subtract, exp, sum, divide: 5 operations per element", softmaxShape,
    softmaxWork, /*withoutResults=*/true};
