//===- ContribTraining.cpp - Gradients of com.microsoft -------------------===//

#include "Cost/Families/ContribTraining.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Normalize.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;

namespace {

//===----------------------------------------------------------------------===//
// ConvGrad
//===----------------------------------------------------------------------===//

Error shapeConvGrad(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 3))
    return e;
  setOutput(op, 0, op.in(1).dtype, op.in(1).shape);
  setOutput(op, 1, op.in(2).dtype, op.in(2).shape);
  std::optional<Shape> bias;
  if (op.ranked(2) && op.in(2).rank() > 0)
    bias = Shape{op.in(2).dim(0)};
  setOutput(op, 2, op.in(2).dtype, bias);
  return Error::success();
}

/// R1: the gradients by the input and by the weight take the forward macs each,
/// that by the bias one addition per element of dY.
Work workConvGrad(const OpView &op, const RuleParams &) {
  InnerOp forward(op, {1, 2});
  if (Error e = inferAs(forward, "Conv"))
    return unmodelledError(std::move(e));
  Work conv = workAs(forward, "Conv");
  Work work = withTrafficOf(op, conv);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  work.items.clear();
  for (unsigned gradient : {0, 1})
    if (wants(op, gradient))
      work.items.append(conv.items);
  if (wants(op, 2))
    addElementwise(work, op.in(0).dtype, op.in(0).elements(), 1);
  return work;
}

//===----------------------------------------------------------------------===//
// GatherGrad
//===----------------------------------------------------------------------===//

Error shapeGatherGrad(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 3))
    return e;
  ValueInfo out = ValueInfo::tensor(op.in(2).dtype);
  if (auto shape = op.intData(0))
    out.shape = Shape(shape->begin(), shape->end());
  setOutput(op, 0, std::move(out));
  return Error::success();
}

/// R2: zeros, and an addition for each element of dY.
Work workGatherGrad(const OpView &op, const RuleParams &) {
  Work work = tensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  addElementwise(work, op.in(2).dtype, op.in(2).elements(), 1);
  return work;
}

//===----------------------------------------------------------------------===//
// LayerNormalizationGrad
//===----------------------------------------------------------------------===//

Error shapeNormGrad(OpView &op, const RuleParams &params) {
  if (Error e = requireInputs(op, 3))
    return e;
  setOutput(op, 0, op.in(1).dtype, op.in(1).shape);
  setOutput(op, 1, op.in(2).dtype, op.in(2).shape);
  if (!params.a)
    setOutput(op, 2, op.in(2).dtype, op.in(2).shape);
  return Error::success();
}

/// R3: per element: normalize x (2), dY*scale (1), two sums of it and of its
/// product with x (3), dX from them (5), dScale (2), dBias (1); without a mean
/// one sum and one term of dX less, and no dBias.
Work workNormGrad(const OpView &op, const RuleParams &params) {
  Work work = tensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  addElementwise(work, op.in(1).dtype, op.in(1).elements(), params.a ? 10 : 14);
  return work;
}

//===----------------------------------------------------------------------===//
// Recv
//===----------------------------------------------------------------------===//

Error shapeReceive(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 1))
    return e;
  setOutput(op, 0, likeInput(op, 0));
  auto types = op.intsAttr("element_types");
  for (unsigned i = 1; i < op.outputs.size(); ++i)
    if (types && i - 1 < types->size())
      setOutput(op, i, static_cast<DType>((*types)[i - 1]));
  return Error::success();
}

Work workReceive(const OpView &op, const RuleParams &) { return tensorWork(op); }

} // namespace

const Family energyopt::convGradFamily = {"gradient", "R1: macs = 2 * the convolution's",
                                          shapeConvGrad, workConvGrad};
const Family energyopt::gatherGradFamily = {"gradient", "R2: one addition per element of dY",
                                            shapeGatherGrad, workGatherGrad};
const Family energyopt::layerNormGradFamily = {
    "gradient", "R3: 14 operations per element, 10 for RMS", shapeNormGrad, workNormGrad};
const Family energyopt::receiveFamily = {"communication", "none: tensors arrive", shapeReceive,
                                         workReceive};
