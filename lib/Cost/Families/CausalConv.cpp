//===- CausalConv.cpp - Depthwise convolution that carries its state ------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Convolution.h"
#include "Cost/Families/Elementwise.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;

namespace {
enum Input : unsigned { Data, Weight, Bias, PastState };
} // namespace

/// Data [N, C, L], weight [C, 1, K]; needs both ranks.
static Expected<ConvSizes> causalSizes(const OpView &op) {
  for (unsigned input : {Data, Weight, PastState})
    if (Error error = requireRank(op, input, 3))
      return std::move(error);
  const ValueInfo &data = op.in(Data), &weight = op.in(Weight);
  auto channels = op.ctx->unify(data.dim(1), weight.dim(0));
  if (!channels || !op.ctx->unify(1, weight.dim(1)))
    return op.error("the weight (" + weight.str() + ") is not one filter for each of " +
                    data.dim(1).str() + " channels");
  if (weight.dim(2).is(0))
    return op.error("the kernel is empty");
  ConvSizes sizes;
  sizes.batch = data.dim(0);
  sizes.inChannels = sizes.outChannels = *channels;
  sizes.groups = *channels;
  sizes.kernel = {weight.dim(2)};
  sizes.positions = {data.dim(2)};
  return sizes;
}

static Error causalConvShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireSameType(op, {Data, Weight, Bias, PastState}))
    return error;
  if (Error error = requireOneOf(op, "activation", op.stringAttr("activation", "none"),
                                 {"none", "silu", "swish"}))
    return error;
  setOutput(op, 0, op.in(Data).dtype, op.in(Data).shape);
  setOutput(op, 1, op.in(Data).dtype);
  if (!op.ranked(Data) || !op.ranked(Weight))
    return Error::success();
  auto sizes = causalSizes(op);
  if (!sizes)
    return sizes.takeError();
  if (Error error = requireVector(op, Bias, sizes->outChannels))
    return error;
  setOutput(op, 1, op.in(Data).dtype, Shape{sizes->batch, sizes->inChannels, sizes->kernel[0] - 1});
  return Error::success();
}

/// M5 with one group per channel; a bias adds, silu is a sigmoid and a
/// multiplication. Narrow types convert. Source: function body in ONNX
/// Operators.md.
static Work causalConvWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(Data) || !op.ranked(Weight))
    return unknownShape(op);
  auto sizes = causalSizes(op);
  if (!sizes)
    return unmodelledError(sizes.takeError());
  Work work = wholeTensorWork(op);
  DType type = op.in(Data).dtype;
  addConv(op, work, type, *sizes);
  Expr outputs = op.in(Data).elements();
  if (op.has(Bias))
    addElementwise(work, type, outputs, 1);
  bool activates = op.stringAttr("activation", "none") != "none";
  if (activates)
    addElementwise(work, type, outputs, 4, 1);
  if (type == DType::F32)
    return work;
  // The activation runs in float32; an absent past is zeros made there.
  if (activates)
    addElementwise(work, DType::F32, outputs, 2);
  if (!op.has(PastState))
    addElementwise(work, DType::F32, sizes->batch * sizes->inChannels * (sizes->kernel[0] - 1), 1);
  return work;
}

const Family energyopt::causalConvFamily = {
    "causalconv", "M5: macs = N*C*L*K, a depthwise convolution with carried state", causalConvShape,
    causalConvWork};
