//===- Pad.cpp - Pad and CenterCropPad ------------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Movement.h"
#include "Cost/Families/RunTime.h"
#include "Cost/PartialEval.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

/// Of each axis, what is kept: the smaller of its sizes before and after.
static std::optional<Expr> keptBytes(const OpView &op) {
  if (!op.ranked(0) || !op.outputs[0].hasRank() || op.in(0).rank() != op.outputs[0].rank())
    return std::nullopt;
  Expr kept = 1;
  for (int64_t i = 0; i < op.in(0).rank(); ++i)
    kept *= Expr::min(op.in(0).dim(i), op.outputs[0].dim(i));
  return bytesOf(op.in(0).dtype, kept);
}

static Work padWork(const OpView &op, const RuleParams &) {
  return partialReadWork(op, keptBytes(op));
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

/// Axes that are padded: input 3, else all; nullopt if only the run knows.
static llvm::Expected<std::optional<Axes>> paddedAxes(const OpView &op) {
  int64_t rank = op.in(0).rank();
  if (op.has(3))
    return axesFrom(op, 3, rank);
  Axes all;
  for (int64_t i = 0; i < rank; ++i)
    all.push_back(i);
  return std::optional<Axes>(all);
}

static Error padModes(const OpView &op) {
  std::string mode = op.stringAttr("mode", "constant");
  return requireOneOf(op, "mode", mode, {"constant", "reflect", "edge", "wrap"});
}

/// Contents of a vector padded with a constant; other tensors hardly occur in
/// shape arithmetic.
static void padVectorData(OpView &op) {
  auto contents = op.data(0);
  auto pads = op.constIntData(1);
  if (!contents || !pads || !smallShape(op.outputs[0]) ||
      op.stringAttr("mode", "constant") != "constant")
    return;
  // The result is small, so that a pad that is not negative is small too.
  int64_t before = pads->front(), after = pads->back();
  if (before < 0 || after < 0)
    return;
  Scalar fill = 0;
  if (op.has(2)) {
    auto value = op.data(2);
    fill = value && value->size() == 1 ? value->front() : Scalar();
  }
  TensorData padded(before, fill);
  padded.insert(padded.end(), contents->begin(), contents->end());
  padded.insert(padded.end(), after, fill);
  setData(op, 0, std::move(padded));
}

static Error padShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = padModes(op))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0) || !wants(op, 0))
    return Error::success();
  auto axes = paddedAxes(op);
  if (!axes)
    return axes.takeError();
  Shape out = *op.in(0).shape;
  auto pads = op.data(1);
  if (!pads || !*axes) {
    for (Expr &dim : out)
      dim = runtimeDim(op, "padded size", dim);
    op.outputs[0].shape = out;
    return Error::success();
  }
  size_t count = (*axes)->size();
  if (pads->size() != 2 * count)
    return op.error("'pads' has " + Twine(pads->size()) + " entries, expected " + Twine(2 * count));
  for (auto [i, axis] : llvm::enumerate(**axes)) {
    auto before = (*pads)[i].asInt(), after = (*pads)[i + count].asInt();
    if (!before || !after) {
      out[axis] = runtimeDim(op, "padded size", out[axis]);
      continue;
    }
    Expr padded = out[axis] + *before + *after;
    if (padded.constant().value_or(0) < 0)
      return op.error("axis " + Twine(axis) + " of size " + out[axis].str() + " cannot be cut by " +
                      (-*before - *after).str());
    out[axis] = padded;
  }
  op.outputs[0].shape = out;
  if (out.size() == 1 && count == 1)
    padVectorData(op);
  return Error::success();
}

const Family energyopt::padFamily = {"movement", "D2: bytes = kept part of input + output",
                                     padShape, padWork};

//===----------------------------------------------------------------------===//
// CenterCropPad
//===----------------------------------------------------------------------===//

static Error centerCropPadShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0))
    return Error::success();
  Shape out = *op.in(0).shape;
  Axes axes;
  if (auto given = op.intsAttr("axes")) {
    auto normal = normalizeAxes(op, *given, out.size());
    if (!normal)
      return normal.takeError();
    axes = *normal;
  } else {
    for (size_t i = 0; i < out.size(); ++i)
      axes.push_back(i);
  }
  auto length = lengthOf(op, 1);
  if (length && *length != static_cast<int64_t>(axes.size()))
    return op.error("the shape has " + Twine(*length) + " entries for " + Twine(axes.size()) +
                    " axes");
  auto wanted = op.data(1);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    auto size = wanted ? (*wanted)[i].asInt() : std::nullopt;
    if (size && size->constant().value_or(0) < 0)
      return op.error("the shape has a negative entry, " + size->str());
    out[axis] = size ? *size : runtimeDim(op, "size", out[axis]);
  }
  setOutput(op, 0, op.in(0).dtype, out);
  return Error::success();
}

const Family energyopt::centerCropPadFamily = {
    "movement", "D2: bytes = kept part of input + output", centerCropPadShape, padWork};
