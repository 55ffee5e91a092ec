//===- DeformConv.cpp - Convolution at learnt offsets ---------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Convolution.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Resize.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

namespace {
enum Input : unsigned { X, W, Offset, Bias, Mask };
} // namespace

static int64_t offsetGroups(const OpView &op) { return op.intAttr("offset_group", 1); }

/// Needs the ranks of X and W.
static Expected<ConvSizes> deformSizes(const OpView &op) {
  const ValueInfo &x = op.in(X), &w = op.in(W);
  if (x.rank() < 3 || w.rank() != x.rank())
    return op.error("the input has rank " + Twine(x.rank()) + " and the weight " + Twine(w.rank()) +
                    ", expected the same, at least 3");
  auto groups = readGroups(op, x.dim(1), w.dim(0));
  if (!groups)
    return groups.takeError();
  if (!op.ctx->unify(x.dim(1), w.dim(1) * Expr(*groups)))
    return op.error("the input has " + x.dim(1).str() + " channels, the weight expects " +
                    (w.dim(1) * Expr(*groups)).str());
  ConvSizes sizes{x.dim(0), x.dim(1), w.dim(0), *groups, {}, {}};
  sizes.kernel.assign(w.shape->begin() + 2, w.shape->end());
  auto window = readWindow(op, sizes.kernel);
  if (!window)
    return window.takeError();
  auto positions = windowOutput(op, *window, llvm::ArrayRef<Expr>(*x.shape).drop_front(2));
  if (!positions)
    return positions.takeError();
  sizes.positions = *positions;
  return sizes;
}

/// Offset is [N, groups*kernel*axes, OH, OW], mask [N, groups*kernel, OH, OW].
static Error checkOffsets(const OpView &op, const ConvSizes &sizes) {
  Expr taps = Expr(offsetGroups(op)) * numElements(sizes.kernel);
  Expr axes = static_cast<int64_t>(sizes.kernel.size());
  for (auto [input, channels] : {std::pair<unsigned, Expr>(Offset, taps * axes), {Mask, taps}}) {
    if (!op.ranked(input))
      continue;
    if (Error error = requireRank(op, input, sizes.kernel.size() + 2))
      return error;
    Shape expected = {sizes.batch, channels};
    expected.append(sizes.positions);
    for (size_t i = 0; i < expected.size(); ++i)
      if (!op.ctx->unify(expected[i], op.in(input).dim(i)))
        return op.error("input " + Twine(input) + " has " + op.in(input).dim(i).str() + " in dim " +
                        Twine(i) + ", expected " + expected[i].str());
  }
  return Error::success();
}

static Error deformConvShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  if (Error error = requireSameType(op, {X, W, Offset, Bias, Mask}))
    return error;
  if (offsetGroups(op) < 1)
    return op.error("attribute 'offset_group' is " + Twine(offsetGroups(op)) +
                    ", expected at least 1");
  setOutput(op, 0, op.in(X).dtype);
  if (!op.ranked(X) || !op.ranked(W))
    return Error::success();
  auto sizes = deformSizes(op);
  if (!sizes)
    return sizes.takeError();
  if (Error error = checkOffsets(op, *sizes))
    return error;
  if (Error error = requireVector(op, Bias, sizes->outChannels))
    return error;
  Shape result = {sizes->batch, sizes->outChannels};
  result.append(sizes->positions);
  op.outputs[0].shape = result;
  return Error::success();
}

/// M39: M5, and for every channel, tap and position a linear interpolation
/// (M37), whose coordinates the channels of an offset group share; a mask
/// multiplies each sample.
static Work deformConvWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(X) || !op.ranked(W))
    return unknownShape(op);
  auto sizes = deformSizes(op);
  if (!sizes)
    return unmodelledError(sizes.takeError());
  Work work = wholeTensorWork(op);
  DType type = op.in(X).dtype;
  addConv(op, work, type, *sizes);
  int64_t axes = static_cast<int64_t>(sizes->kernel.size());
  Expr points = sizes->batch * numElements(sizes->kernel) * numElements(sizes->positions);
  Expr samples = points * sizes->inChannels;
  Expr ops = (interpolationOps(2, axes) + Expr(op.has(Mask))) * samples +
             coordinateOps(axes) * Expr(offsetGroups(op)) * points;
  work.add(WorkClass::Vector, type, ops);
  explainFormula(op, work, "ops = (2*2^axes - 1 + mask)*samples + coordinates*points", ops,
                 {{"samples", samples}, {"points", points}});
  if (op.has(Bias))
    work.add(WorkClass::Vector, type, op.outputs[0].elements());
  return work;
}

const Family energyopt::deformConvFamily = {
    "deformconv", "M39: M5, and an interpolation per channel, tap and position", deformConvShape,
    deformConvWork};
