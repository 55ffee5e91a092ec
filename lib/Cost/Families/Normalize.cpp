//===- Normalize.cpp - Batch, instance, layer, group, RMS normalization ---===//

#include "Cost/Families/Normalize.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

/// Statistics and normalization, without scale and bias.
static Expr standardizationOps(const Expr &elements, const Expr &rows, bool rms) {
  // RMS: square and mean, epsilon and root, division.
  if (rms)
    return Expr(3) * elements + Expr(3) * rows;
  return Expr(5) * elements + Expr(6) * rows;
}

Expr energyopt::normalizationOps(const Expr &elements, const Expr &rows, const NormSteps &steps) {
  return standardizationOps(elements, rows, steps.rms) + Expr(steps.scale + steps.bias) * elements +
         Expr(steps.inverse) * rows;
}

void energyopt::addNormalization(const OpView &op, Work &work, DType dtype, const Expr &elements,
                                 const Expr &rows, const NormSteps &steps) {
  work.add(WorkClass::Vector, dtype, normalizationOps(elements, rows, steps));
  if (!op.explain)
    return;
  std::string formula = "ops = ";
  formula += std::to_string((steps.rms ? 3 : 5) + steps.scale + steps.bias) + "*elements + ";
  formula += std::to_string((steps.rms ? 3 : 6) + steps.inverse) + "*rows";
  explainFormula(op, work, formula, normalizationOps(elements, rows, steps),
                 {{"elements", elements}, {"rows", rows}});
}

//===----------------------------------------------------------------------===//
// BatchNormalization
//===----------------------------------------------------------------------===//

static Expr channelsOf(const ValueInfo &x) { return x.rank() > 1 ? x.dim(1) : Expr(1); }

static Error batchNormShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 5))
    return error;
  if (Error error = requireFloat(op, 0))
    return error;
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  for (unsigned i = 1; i < op.outputs.size(); ++i)
    setOutput(op, i, op.in(3).dtype, op.in(3).shape);
  if (!op.ranked(0))
    return Error::success();
  if (Error error = requireRankAtLeast(op, 0, 1))
    return error;
  // Before opset 9, `spatial` = 0 normalizes each activation by itself.
  if (op.opset >= 9 || op.intAttr("spatial", 1))
    for (unsigned i = 1; i < 5; ++i)
      if (Error error = requireVector(op, i, channelsOf(op.in(0))))
        return error;
  return Error::success();
}

/// M18: inference folds scale and shift per channel (add, root, divide,
/// multiply, subtract) and applies them: 2*elements + 5*channels.
/// M19: training normalizes by the batch (M20 with one row per channel) and
/// blends both running statistics (3 operations each).
static Work batchNormWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  Expr elements = op.in(0).elements(), channels = channelsOf(op.in(0));
  DType type = op.in(0).dtype;
  if (op.intAttr("training_mode", 0)) {
    addNormalization(op, work, type, elements, channels, {});
    work.add(WorkClass::Vector, type, Expr(6) * channels);
    return work;
  }
  Expr ops = Expr(2) * elements + Expr(5) * channels;
  work.add(WorkClass::Vector, type, ops);
  explainFormula(op, work, "ops = 2*elements + 5*channels", ops,
                 {{"elements", elements}, {"channels", channels}});
  return work;
}

const Family energyopt::batchNormFamily = {"batchnorm",
                                           "M18: ops = 2*elements + 5*channels; M19 in training",
                                           batchNormShape, batchNormWork};

//===----------------------------------------------------------------------===//
// InstanceNormalization
//===----------------------------------------------------------------------===//

static Error instanceNormShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  if (Error error = requireFloat(op, 0))
    return error;
  if (Error error = requireSameType(op, {0, 1, 2}))
    return error;
  if (Error error = requireRankAtLeast(op, 0, 3))
    return error;
  if (op.ranked(0))
    for (unsigned i : {1, 2})
      if (Error error = requireVector(op, i, op.in(0).dim(1)))
        return error;
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  return Error::success();
}

static Work instanceNormWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  const ValueInfo &x = op.in(0);
  addNormalization(op, work, x.dtype, x.elements(), x.dim(0) * x.dim(1), {});
  return work;
}

const Family energyopt::instanceNormFamily = {
    "instancenorm", "M20: ops = 7*elements + 6*rows, a row per image and channel",
    instanceNormShape, instanceNormWork};

//===----------------------------------------------------------------------===//
// LayerNormalization, RMSNormalization
//===----------------------------------------------------------------------===//

/// Type that statistics are computed in; 0 names none: that of the input.
static DType stashType(const OpView &op) {
  auto type = static_cast<DType>(op.intAttr("stash_type", static_cast<int64_t>(DType::F32)));
  return type == DType::Undefined ? op.in(0).dtype : type;
}

/// M20's and M21's statistics run in the stash type; a narrower input is
/// converted there and back (2*elements), as the function bodies do.
static void addStashed(const OpView &op, Work &work, const Expr &elements, const Expr &rows,
                       const NormSteps &steps) {
  DType own = op.in(0).dtype, stash = stashType(op);
  bool converts = bitWidth(stash) > bitWidth(own);
  addNormalization(op, work, converts ? stash : own, elements, rows, steps);
  if (converts)
    work.add(WorkClass::Vector, stash, Expr(2) * elements);
}

static Expected<int64_t> normAxis(const OpView &op) {
  return normalizeAxis(op, op.intAttr("axis", -1), op.in(0).rank());
}

static Error layerNormShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireFloat(op, 0))
    return error;
  if (Error error = requireSameType(op, {1, 2}))
    return error;
  if (stashType(op) != DType::F32 && stashType(op) != DType::BF16 && stashType(op) != DType::F16 &&
      stashType(op) != DType::F64)
    return op.error("attribute 'stash_type' must name a float type");
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  std::optional<Shape> statistics;
  if (op.ranked(0)) {
    auto axis = normAxis(op);
    if (!axis)
      return axis.takeError();
    statistics = *op.in(0).shape;
    for (size_t i = *axis; i < statistics->size(); ++i)
      (*statistics)[i] = 1;
    for (unsigned i : {1, 2})
      if (Error error = requireBroadcastTo(op, i, *op.in(0).shape))
        return error;
  }
  for (unsigned i : {1, 2})
    setOutput(op, i, stashType(op), statistics);
  return Error::success();
}

static Work layerNormWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0))
    return unknownShape(op);
  auto axis = normAxis(op);
  if (!axis)
    return unmodelledError(axis.takeError());
  Work work = wholeTensorWork(op);
  bool rms = params.a;
  Expr rows = numElements(llvm::ArrayRef<Expr>(*op.in(0).shape).take_front(*axis));
  NormSteps steps;
  steps.rms = rms;
  steps.bias = op.has(2);
  steps.inverse = wants(op, rms ? 1 : 2);
  addStashed(op, work, op.in(0).elements(), rows, steps);
  return work;
}

const Family energyopt::layerNormFamily = {
    "layernorm", "M20: ops = 6*elements + 6*rows, +elements for a bias; M21 for RMS",
    layerNormShape, layerNormWork};

//===----------------------------------------------------------------------===//
// GroupNormalization
//===----------------------------------------------------------------------===//

static Error groupNormShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  if (Error error = requireFloat(op, 0))
    return error;
  if (Error error = requireRankAtLeast(op, 0, 3))
    return error;
  if (!op.hasAttr("num_groups"))
    return op.error("attribute 'num_groups' is missing");
  int64_t groups = op.intAttr("num_groups", 0);
  if (groups < 1)
    return op.error("attribute 'num_groups' is " + Twine(groups) + ", expected at least 1");
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  if (!op.ranked(0))
    return Error::success();
  const Expr &channels = op.in(0).dim(1);
  if (auto constant = channels.constant(); constant && *constant % groups != 0)
    return op.error("attribute 'num_groups' is " + Twine(groups) + ", which does not divide " +
                    Twine(*constant) + " channels");
  // One scale per channel. Opset 18 says one per group, but exporters and
  // runtimes already took it as it was meant.
  bool perGroup =
      op.opset < 21 && op.ranked(1) && op.in(1).rank() == 1 && op.in(1).dim(0).is(groups);
  for (unsigned i : {1, 2})
    if (Error error = requireVector(op, i, perGroup ? Expr(groups) : channels))
      return error;
  return Error::success();
}

static Work groupNormWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addStashed(op, work, op.in(0).elements(), op.in(0).dim(0) * Expr(op.intAttr("num_groups", 1)),
             {});
  return work;
}

const Family energyopt::groupNormFamily = {
    "groupnorm", "M20: ops = 7*elements + 6*rows, a row per image and group", groupNormShape,
    groupNormWork};
