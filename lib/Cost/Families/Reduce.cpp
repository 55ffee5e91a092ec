//===- Reduce.cpp - Sums, maxima and their kin over axes ------------------===//

#include "Cost/Families/Reduce.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/PartialEval.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;

Shape energyopt::reducedShape(llvm::ArrayRef<Expr> input, llvm::ArrayRef<int64_t> axes,
                              bool keepDims) {
  Shape result;
  for (size_t i = 0; i < input.size(); ++i) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(i)))
      result.push_back(input[i]);
    else if (keepDims)
      result.push_back(1);
  }
  return result;
}

/// Axes that a Reduce op reduces, input 1 or all; nullopt if only the run knows
/// them. Needs input 0's rank.
static Expected<std::optional<Axes>> reduceAxes(const OpView &op) {
  int64_t rank = op.in(0).rank();
  bool given = op.has(1);
  std::optional<std::vector<int64_t>> values = op.constIntData(1);
  bool none = given && op.ranked(1) && op.in(1).elements().is(0);
  if (given && !values && !none)
    return std::optional<Axes>();
  Axes axes;
  if (!given || none || values->empty()) {
    if (op.intAttr("noop_with_empty_axes", 0))
      return std::optional<Axes>(axes);
    for (int64_t i = 0; i < rank; ++i)
      axes.push_back(i);
    return std::optional<Axes>(axes);
  }
  for (int64_t axis : *values) {
    auto normal = normalizeAxis(op, axis, rank);
    if (!normal)
      return normal.takeError();
    if (!llvm::is_contained(axes, *normal))
      axes.push_back(*normal);
  }
  return std::optional<Axes>(axes);
}

/// The result's shape if only the run knows the axes. With kept dims each is 1
/// or the input's. Without, output dim i is one of the input dims i to i + k
/// where k axes go; the rank is unknown if k is.
static std::optional<Shape> unknownAxesShape(const OpView &op, bool keepDims) {
  const Shape &input = *op.in(0).shape;
  auto removed = keepDims ? std::optional<int64_t>(0) : lengthOf(op, 1);
  int64_t rank = op.in(0).rank();
  if (!removed || *removed > rank)
    return std::nullopt;
  Shape shape;
  for (int64_t i = 0; i + *removed < rank; ++i) {
    Expr largest = op.ctx->upperBound(input[i]);
    for (int64_t j = i + 1; j <= i + *removed; ++j)
      largest = Expr::max(largest, op.ctx->upperBound(input[j]));
    shape.push_back(keepDims && largest.is(1) ? Expr(1)
                                              : op.ctx->dataDependentDim("reduced", largest));
  }
  return shape;
}

static Error reduceShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0))
    return Error::success();
  bool keepDims = op.intAttr("keepdims", 1);
  auto axes = reduceAxes(op);
  if (!axes)
    return axes.takeError();
  op.outputs[0].shape =
      *axes ? reducedShape(*op.in(0).shape, **axes, keepDims) : unknownAxesShape(op, keepDims);
  if (*axes)
    evaluateReduce(op, **axes);
  return Error::success();
}

/// M12: ops = inputs*(1 + before) + outputs*after. Mean divides each result,
/// L1 takes absolute values before, L2 squares before and a root after, as
/// their function bodies do.
static Work reduceWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0) || !op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  Expr inputs = op.in(0).elements(), outputs = op.outputs[0].elements();
  DType type = op.in(0).dtype;
  addElementwise(work, type, inputs, 1 + params.a, params.b);
  addElementwise(work, type, outputs, params.c, params.d);
  explainFormula(op, work, "ops = inputs*(1 + before) + outputs*after",
                 inputs * (1 + params.a + params.b) + outputs * (params.c + params.d),
                 {{"inputs", inputs},
                  {"outputs", outputs},
                  {"before", params.a + params.b},
                  {"after", params.c + params.d}});
  return work;
}

const Family energyopt::reduceFamily = {
    "reduce", "M12: one operation per input element, and a fixed number before and after",
    reduceShape, reduceWork};

static Error argReduceShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  setOutput(op, 0, DType::I64);
  if (!op.ranked(0))
    return Error::success();
  if (op.in(0).rank() == 0) {
    op.outputs[0].shape = Shape();
    return Error::success();
  }
  auto axis = normalizeAxis(op, op.intAttr("axis", 0), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  op.outputs[0].shape = reducedShape(*op.in(0).shape, {*axis}, op.intAttr("keepdims", 1));
  return Error::success();
}

static Work argReduceWork(const OpView &op, const RuleParams &) { return reduceWork(op, {}); }

const Family energyopt::argReduceFamily = {"argreduce", "M12: one comparison per input element",
                                           argReduceShape, argReduceWork};
