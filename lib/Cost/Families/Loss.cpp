//===- Loss.cpp - Losses --------------------------------------------------===//

#include "Cost/Families/Loss.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Softmax.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {
enum Input : unsigned { Scores, Labels, Weights };
} // namespace

/// Scores are [N, C, d1…], labels [N, d1…], weights [C].
static Error checkLoss(const OpView &op) {
  if (!op.ranked(Scores))
    return Error::success();
  if (Error error = requireRankAtLeast(op, Scores, 2))
    return error;
  const Shape &scores = *op.in(Scores).shape;
  if (Error error = requireVector(op, Weights, scores[1]))
    return error;
  if (Error error = requireRank(op, Labels, scores.size() - 1))
    return error;
  if (!op.ranked(Labels))
    return Error::success();
  for (size_t i = 0; i + 1 < scores.size(); ++i) {
    const Expr &expected = scores[i == 0 ? 0 : i + 1], &dim = op.in(Labels).dim(i);
    if (!op.ctx->unify(expected, dim))
      return op.error("the labels have " + dim.str() + " in dim " + Twine(i) + ", the scores " +
                      expected.str());
  }
  return Error::success();
}

static Error lossShape(OpView &op, const RuleParams &params) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireFloat(op, Scores))
    return error;
  if (Error error = requireSameType(op, {Scores, Weights}))
    return error;
  auto isIndex = [](DType type) { return type == DType::I32 || type == DType::I64; };
  if (Error error = requireType(op, Labels, isIndex, "int32 or int64"))
    return error;
  std::string reduction = op.stringAttr("reduction", "mean");
  if (Error error = requireOneOf(op, "reduction", reduction, {"none", "sum", "mean"}))
    return error;
  if (Error error = checkLoss(op))
    return error;
  std::optional<Shape> shape;
  if (reduction == "none")
    shape = op.in(Labels).shape;
  else
    shape = Shape();
  setOutput(op, 0, op.in(Scores).dtype, shape);
  if (params.a)
    setOutput(op, 1, op.in(Scores).dtype, op.in(Scores).shape);
  return Error::success();
}

/// M43: per label: negate; ignoring an index, two selects; weighting (or
/// ignoring), a multiplication; a sum, for a mean of weighted losses one of
/// the weights too, and a division. M44: LogSoftmax (M13) before it. Source:
/// function bodies in ONNX Operators.md.
static Work lossWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(Scores) || !op.ranked(Labels))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  DType type = op.in(Scores).dtype;
  Expr labels = op.in(Labels).elements();
  bool ignores = op.hasAttr("ignore_index"), weighted = op.has(Weights) || ignores;
  std::string reduction = op.stringAttr("reduction", "mean");
  if (params.a) {
    addSoftmax(work, type, op.in(Scores).elements());
    addElementwise(work, type, labels, 0, 1);
  }
  int64_t each = 1 + (ignores ? 2 : 0) + (weighted ? 1 : 0) + (reduction != "none" ? 1 : 0) +
                 (reduction == "mean" && weighted ? 1 : 0);
  addElementwise(work, type, labels, each);
  if (reduction == "mean")
    addElementwise(work, type, 1, 1);
  if (ignores) // masks and replaces ignored labels
    work.add(WorkClass::Vector, op.in(Labels).dtype, Expr(3) * labels);
  explainProduct(op, work, (Twine("ops = ") + Twine(each) + "*labels").str(), {each, labels});
  return work;
}

const Family energyopt::lossFamily = {
    "loss", "M43: a few operations per label; M44: after a LogSoftmax of the scores", lossShape,
    lossWork};
