//===- Disguise.cpp - Plain ops by another name or layout -----------------===//

#include "Cost/Families/Disguise.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;

namespace {

/// In the order of `Plain`.
constexpr const char *kPlainNames[] = {"AveragePool",
                                       "BatchNormalization",
                                       "Conv",
                                       "ConvTranspose",
                                       "DepthToSpace",
                                       "GatherND",
                                       "GlobalAveragePool",
                                       "GlobalMaxPool",
                                       "GridSample",
                                       "InstanceNormalization",
                                       "LRN",
                                       "MaxPool",
                                       "Pad",
                                       "QLinearConv",
                                       "Range",
                                       "Resize",
                                       "SpaceToDepth",
                                       "Trilu",
                                       "Upsample"};

bool isLast(const OpView &op, int flags) {
  return (flags & kChannelsLast) ||
         ((flags & kChannelsLastByAttr) && op.intAttr("channels_last", 0) != 0);
}

/// The residual of a fused convolution follows X, W and B.
constexpr unsigned kResidual = 3;

/// Which inputs the plain op takes.
llvm::SmallVector<int, 9> plainInputs(const OpView &op, int flags) {
  if (flags & kFirstInputOnly)
    return {0};
  if (flags & kPadsOperand)
    return {0, 1, 3};
  unsigned count = (flags & kFused) ? std::min(op.numInputs(), kResidual) : op.numInputs();
  llvm::SmallVector<int, 9> inputs;
  for (unsigned i = 0; i < count; ++i)
    inputs.push_back(i);
  return inputs;
}

/// A pads operand as the attribute. False: only the run knows it; without pads
/// a transposed convolution's result is the largest.
bool presentPads(const OpView &op, InnerOp &inner) {
  if (!op.has(2))
    return true;
  auto pads = op.constIntData(2);
  if (pads)
    inner.setAttr("pads", *pads);
  return pads.has_value();
}

void present(const OpView &op, const RuleParams &params, InnerOp &inner) {
  if (isLast(op, params.b) && inner.view.has(0))
    inner.replace(0, channelsFirst(inner.view.in(0)));
  // Pads of [1, 2*rank], as an older form had it.
  if (static_cast<Plain>(params.a) == Plain::Pad && inner.view.ranked(1) &&
      inner.view.in(1).rank() == 2 && inner.view.in(1).dim(0).is(1)) {
    ValueInfo pads = inner.view.in(1);
    pads.shape->erase(pads.shape->begin());
    inner.replace(1, std::move(pads));
  }
}

/// Range without a delta counts by one.
void presentRange(const OpView &op, InnerOp &inner) {
  if (op.has(2) || inner.view.numInputs() < 2)
    return;
  ValueInfo one = ValueInfo::tensor(op.in(0).dtype, Shape{});
  one.data = std::make_shared<const TensorData>(TensorData{Scalar(1)});
  while (inner.view.numInputs() < 3)
    inner.view.inputs.push_back(inner.view.inputs.back());
  inner.replace(2, std::move(one));
}

Error shapeDisguise(OpView &op, const RuleParams &params) {
  int flags = params.b;
  if (Error e = requireInputs(op, 1))
    return e;
  InnerOp inner(op, plainInputs(op, flags));
  present(op, params, inner);
  if (static_cast<Plain>(params.a) == Plain::Range)
    presentRange(op, inner);
  bool padsKnown = !(flags & kPadsOperand) || presentPads(op, inner);
  if (Error e = inferAs(inner, kPlainNames[params.a]))
    return e;
  for (unsigned i = 0; i < op.outputs.size(); ++i) {
    ValueInfo out = inner.view.outputs[i];
    if (isLast(op, flags))
      out = channelsLast(std::move(out));
    if (!padsKnown && out.hasRank())
      for (size_t axis = 2; axis < out.shape->size(); ++axis)
        (*out.shape)[axis] = op.ctx->dataDependentDim("padded", op.ctx->upperBound(out.dim(axis)));
    setOutput(op, i, std::move(out));
  }
  return Error::success();
}

Work workDisguise(const OpView &op, const RuleParams &params) {
  int flags = params.b;
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  InnerOp inner(op, plainInputs(op, flags));
  present(op, params, inner);
  if (static_cast<Plain>(params.a) == Plain::Range)
    presentRange(op, inner);
  if (flags & kPadsOperand)
    presentPads(op, inner);
  if (isLast(op, flags))
    for (ValueInfo &out : inner.view.outputs)
      out = channelsFirst(std::move(out));
  Work work = workAs(inner, kPlainNames[params.a]);
  if (work.status == WorkStatus::Unmodelled || work.status == WorkStatus::Free)
    return work;
  if (inner.view.numInputs() != op.numInputs() || (flags & (kFused | kPadsOperand)))
    work = withTrafficOf(op, std::move(work));
  if (work.status == WorkStatus::Unmodelled || !(flags & kFused))
    return work;
  Expr results = op.outputs[0].elements();
  DType type = op.outputs[0].dtype;
  if (op.has(kResidual))
    addElementwise(work, type, results, 1);
  std::string activation = op.stringAttr("activation", "");
  if (!addActivation(op, work, activation, type, results))
    return unknownActivation(activation);
  return work;
}

} // namespace

const Family energyopt::disguiseFamily = {
    "layout", "N2: the plain op of ai.onnx, + residual and activation per result", shapeDisguise,
    workDisguise};
