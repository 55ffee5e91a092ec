//===- NormalizeOld.cpp - LRN, LpNormalization, MeanVariance --------------===//
//
// Normalizations of earlier networks, each with its own equation.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Normalize.h"
#include "Cost/Families/Reduce.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

/// Output 0 is like input 0, which must be float.
static Error sameFloat(OpView &op) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireFloat(op, 0))
    return error;
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// LRN
//===----------------------------------------------------------------------===//

static Error lrnShape(OpView &op, const RuleParams &) {
  if (op.intAttr("size", 0) < 1)
    return op.error("attribute 'size' is " + Twine(op.intAttr("size", 0)) +
                    ", expected at least 1");
  if (Error error = requireRankAtLeast(op, 0, 2))
    return error;
  return sameFloat(op);
}

/// M22: y = x / (bias + alpha/size * sum of squares over `size` channels)^beta:
/// square, sum, multiply, add, power, divide.
static Work lrnWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  int64_t size = op.intAttr("size", 1);
  Expr elements = op.in(0).elements();
  addElementwise(work, op.in(0).dtype, elements, size + 4, 1);
  explainProduct(op, work, "ops = (size + 5)*elements", {size + 5, elements});
  return work;
}

const Family energyopt::lrnFamily = {"lrn", "M22: ops = (size + 5)*elements", lrnShape, lrnWork};

//===----------------------------------------------------------------------===//
// LpNormalization
//===----------------------------------------------------------------------===//

static Error lpNormShape(OpView &op, const RuleParams &) {
  int64_t p = op.intAttr("p", 2);
  if (p != 1 && p != 2)
    return op.error("attribute 'p' is " + Twine(p) + ", expected 1 or 2");
  if (op.ranked(0)) {
    auto axis = normalizeAxis(op, op.intAttr("axis", -1), op.in(0).rank());
    if (!axis)
      return axis.takeError();
  }
  return sameFloat(op);
}

/// M23: |x| or x*x, sum, divide: 3*elements; p = 2 also takes a root per row.
static Work lpNormWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  auto axis = normalizeAxis(op, op.intAttr("axis", -1), op.in(0).rank());
  if (!axis)
    return unmodelledError(axis.takeError());
  Work work = wholeTensorWork(op);
  Expr elements = op.in(0).elements();
  Expr rows = numElements(reducedShape(*op.in(0).shape, {*axis}, false));
  addElementwise(work, op.in(0).dtype, elements, 3);
  if (op.intAttr("p", 2) == 2)
    addElementwise(work, op.in(0).dtype, rows, 1);
  explainProduct(op, work, "ops = 3*elements (and a root per row)", {3, elements});
  return work;
}

const Family energyopt::lpNormFamily = {"lpnorm", "M23: ops = 3*elements, + rows for p = 2",
                                        lpNormShape, lpNormWork};

//===----------------------------------------------------------------------===//
// MeanVarianceNormalization
//===----------------------------------------------------------------------===//

static Expected<Axes> varianceAxes(const OpView &op) {
  auto given = op.intsAttr("axes");
  // Opset 1 had `across_channels` instead.
  std::vector<int64_t> fallback = {0, 2, 3};
  if (op.opset < 9 && op.intAttr("across_channels", 0))
    fallback = {0, 1, 2, 3};
  return normalizeAxes(op, given ? *given : fallback, op.in(0).rank());
}

static Error meanVarianceShape(OpView &op, const RuleParams &) {
  if (op.ranked(0)) {
    auto axes = varianceAxes(op);
    if (!axes)
      return axes.takeError();
  }
  return sameFloat(op);
}

/// M24: means of x and of x^2, variance, root, deviation, division; squares
/// count as multiplications: 5*elements + 6*rows. Source: function body in
/// ONNX Operators.md.
static Work meanVarianceWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  auto axes = varianceAxes(op);
  if (!axes)
    return unmodelledError(axes.takeError());
  Work work = wholeTensorWork(op);
  NormSteps steps;
  steps.scale = steps.bias = false;
  Expr rows = numElements(reducedShape(*op.in(0).shape, *axes, false));
  addNormalization(op, work, op.in(0).dtype, op.in(0).elements(), rows, steps);
  return work;
}

const Family energyopt::meanVarianceFamily = {"meanvariance", "M24: ops = 5*elements + 6*rows",
                                              meanVarianceShape, meanVarianceWork};
