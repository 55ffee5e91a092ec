//===- ContribElementwise.cpp - Fused activations and dropouts ------------===//

#include "Cost/Families/ContribElementwise.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"
#include "Cost/Families/Softmax.h"

using namespace energyopt;
using llvm::Error;

namespace {

/// Traffic whole; nullopt if a shape is unknown.
std::optional<Work> start(const OpView &op) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return std::nullopt;
  return work;
}

//===----------------------------------------------------------------------===//
// Gelu
//===----------------------------------------------------------------------===//

RuleParams tanhGelu(const OpView &op) {
  return {static_cast<int16_t>(GeluForm::Tanh), static_cast<int16_t>(op.has(1))};
}

Error shapeFastGelu(OpView &op, const RuleParams &) { return geluFamily.shape(op, tanhGelu(op)); }

Work workFastGelu(const OpView &op, const RuleParams &) {
  return geluFamily.work(op, tanhGelu(op));
}

Error shapeSplitGelu(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 2))
    return e;
  if (Error e = requireRank(op, 0, 3))
    return e;
  ValueInfo out = ValueInfo::tensor(op.in(0).dtype, op.in(0).shape);
  if (out.hasRank()) {
    Expr &hidden = out.shape->back();
    if (Error e = requireVector(op, 1, hidden))
      return e;
    if (hidden.constant().value_or(0) % 2 != 0)
      return op.error("a hidden size of " + hidden.str() + " does not split into two halves");
    hidden = hidden.exactDiv(2).value_or(hidden.floorDiv(2));
  }
  setOutput(op, 0, std::move(out));
  return Error::success();
}

/// N4: both halves get their bias, one its Gelu, and they are multiplied.
Work workSplitGelu(const OpView &op, const RuleParams &) {
  auto work = start(op);
  if (!work)
    return unknownShape(op);
  DType type = op.in(0).dtype;
  Expr results = op.outputs[0].elements();
  addElementwise(*work, type, results, 3);
  if (!addActivation(op, *work, "Gelu", type, results))
    return unknownActivation("Gelu");
  return *work;
}

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

/// Inputs of the plain Dropout: data, ratio, training_mode.
InnerOp *plainDropout(const OpView &op, bool bias, std::optional<InnerOp> &inner) {
  inner.emplace(op, bias ? llvm::ArrayRef<int>({0, 3, 4}) : llvm::ArrayRef<int>({0, 1, 2}));
  return &*inner;
}

Error shapeBiasDropout(OpView &op, const RuleParams &params) {
  if (Error e = requireInputs(op, params.a ? 2 : 1))
    return e;
  if (params.a) {
    if (Error e = requireSameType(op, {0, 1, 2}))
      return e;
    if (op.ranked(0))
      if (Error e = requireBroadcastTo(op, 1, *op.in(0).shape))
        return e;
  }
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  ValueInfo mask = ValueInfo::tensor(params.b ? DType::U32 : DType::Bool, op.in(0).shape);
  if (params.b && mask.hasRank())
    mask.shape = Shape{mask.elements().ceilDiv(32)};
  setOutput(op, 1, std::move(mask));
  return Error::success();
}

Work workBiasDropout(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0))
    return unknownShape(op);
  std::optional<InnerOp> inner;
  Work dropped = workAs(*plainDropout(op, params.a, inner), "Dropout");
  int64_t additions = params.a ? 1 + op.has(2) : 0;
  if (dropped.status == WorkStatus::Free && additions == 0)
    return dropped;
  if (dropped.status == WorkStatus::Free)
    dropped.status = WorkStatus::Modelled;
  Work work = withTrafficOf(op, std::move(dropped));
  if (work.status != WorkStatus::Unmodelled)
    addElementwise(work, op.in(0).dtype, op.in(0).elements(), additions);
  return work;
}

//===----------------------------------------------------------------------===//
// Gates, softmax
//===----------------------------------------------------------------------===//

Error shapeGate(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 3))
    return e;
  for (unsigned vector : {1, 2})
    if (op.ranked(0) && op.in(0).rank() > 0)
      if (Error e = requireVector(op, vector, op.in(0).shape->back()))
        return e;
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  if (op.has(3))
    setOutput(op, 1, op.in(3).dtype, op.in(3).shape);
  return Error::success();
}

Work workGate(const OpView &op, const RuleParams &) {
  auto work = start(op);
  if (!work)
    return unknownShape(op);
  Expr elements = op.in(0).elements();
  addElementwise(*work, DType::F32, elements, 2); // + bias, * scale
  if (!addActivation(op, *work, "Softplus", DType::F32, elements))
    return unknownActivation("Softplus");
  if (op.has(3) && !addActivation(op, *work, "Sigmoid", DType::F32, op.in(3).elements()))
    return unknownActivation("Sigmoid");
  return *work;
}

Error shapeBiasSoftmax(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 2))
    return e;
  if (Error e = requireSameType(op, {0, 1}))
    return e;
  if (op.ranked(0))
    if (auto axis = normalizeAxis(op, op.intAttr("axis", 1), std::max<int64_t>(1, op.in(0).rank()));
        !axis)
      return axis.takeError();
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  return Error::success();
}

Work workBiasSoftmax(const OpView &op, const RuleParams &) {
  auto work = start(op);
  if (!work)
    return unknownShape(op);
  Expr elements = op.in(0).elements();
  addElementwise(*work, op.in(0).dtype, elements, 1);
  addSoftmax(*work, op.in(0).dtype, elements);
  return *work;
}

//===----------------------------------------------------------------------===//
// To a scalar, like an input, hashed, opaque
//===----------------------------------------------------------------------===//

Error shapeToScalar(OpView &op, const RuleParams &params) {
  if (Error e = requireInputs(op, 1))
    return e;
  setOutput(op, 0, params.b ? DType::Bool : DType::F32, Shape{});
  return Error::success();
}

Work workToScalar(const OpView &op, const RuleParams &params) {
  auto work = start(op);
  if (!work)
    return unknownShape(op);
  for (const ValueInfo *in : op.inputs)
    if (in->kind == ValueKind::Tensor)
      addElementwise(*work, in->dtype, in->elements(), params.a);
  return *work;
}

Error shapeLike(OpView &op, const RuleParams &params) {
  unsigned first = params.a;
  if (Error e = requireInputs(op, first + 1))
    return e;
  for (unsigned i = 0; i < op.outputs.size(); ++i) {
    unsigned source = std::min(first + i, op.numInputs() - 1);
    if (op.has(source))
      setOutput(op, i, likeInput(op, source));
  }
  return Error::success();
}

Work workLike(const OpView &op, const RuleParams &params) {
  auto work = start(op);
  if (!work)
    return unknownShape(op);
  addElementwise(*work, op.outputs[0].dtype, op.outputs[0].elements(), params.b, params.c);
  return *work;
}

Error shapeMurmur(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 1))
    return e;
  setOutput(op, 0, op.intAttr("positive", 1) ? DType::U32 : DType::I32, op.in(0).shape);
  return Error::success();
}

/// X6: MurmurHash3_x86_32: a block of 4 bytes takes 3 products, 2 rotations of
/// 3 operations, an xor and an addition; the end 9 more. Source: Appleby's
/// public-domain reference.
Work workMurmur(const OpView &op, const RuleParams &) {
  auto work = start(op);
  if (!work)
    return unknownShape(op);
  const ValueInfo &in = op.in(0);
  Expr blocks = bytesOf(in.dtype, in.elements()).ceilDiv(4);
  work->add(WorkClass::Vector, DType::U32, blocks * 11 + in.elements() * 9);
  return *work;
}

Error shapeOpaque(OpView &, const RuleParams &) { return Error::success(); }

Work workOpaque(const OpView &op, const RuleParams &) {
  return Work::unmodelled(
      "what it computes stands in a payload that only its vendor's runtime reads");
}

} // namespace

const Family energyopt::fastGeluFamily = {"gelu", "M9: 8 operations and a tanh per element, + bias",
                                          shapeFastGelu, workFastGelu};
const Family energyopt::biasSplitGeluFamily = {"gelu", "N4: M9 + 3 operations per result",
                                               shapeSplitGelu, workSplitGelu};
const Family energyopt::biasDropoutFamily = {
    "dropout", "M11 + elements for each of bias and residual", shapeBiasDropout, workBiasDropout};
const Family energyopt::attentionGateFamily = {
    "elementwise", "M7: 2 operations, a Softplus and a Sigmoid per element", shapeGate, workGate};
const Family energyopt::biasSoftmaxFamily = {"softmax", "M13 + one addition per element",
                                             shapeBiasSoftmax, workBiasSoftmax};
const Family energyopt::allFiniteFamily = {
    "reduce", "M12: a fixed number of operations per element of every input", shapeToScalar,
    workToScalar};
const Family energyopt::likeInputFamily = {
    "elementwise", "M7: a fixed number of operations per element of the first output", shapeLike,
    workLike};
const Family energyopt::murmurFamily = {"hash", "X6: int_ops = 11*blocks + 9*elements", shapeMurmur,
                                        workMurmur};
const Family energyopt::opaqueFamily = {"opaque", "none: the payload is not readable", shapeOpaque,
                                        workOpaque};
