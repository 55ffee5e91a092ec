//===- ContribQuantized.cpp - QLinear ops of com.microsoft ----------------===//

#include "Cost/Families/ContribQuantized.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Quantize.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {

struct QLinearLayout {
  const char *plain;
  llvm::SmallVector<int, 4> inputs; // of the plain op, by index of this one
  int outZero;                      // -1: the result is int32
};
/// A quantized result without a zero point.
constexpr int kNoZeroPoint = INT16_MAX;

/// Concat takes (tensor, scale, zero point) triples after its own two.
QLinearLayout concatLayout(const OpView &op) {
  QLinearLayout layout = {"Concat", {}, 1};
  for (unsigned i = 2; i < op.numInputs(); i += 3)
    layout.inputs.push_back(i);
  return layout;
}

QLinearLayout layoutOf(const OpView &op, const RuleParams &params) {
  switch (static_cast<QLinearForm>(params.a)) {
  case QLinearForm::Add:
    return {"Add", {0, 3}, 7};
  case QLinearForm::AveragePool:
    return {"AveragePool", {0}, 4};
  case QLinearForm::Concat:
    return concatLayout(op);
  case QLinearForm::Gelu:
    return {"Gelu", {0}, kNoZeroPoint};
  case QLinearForm::GlobalAveragePool:
    return {"GlobalAveragePool", {0}, 4};
  case QLinearForm::LeakyRelu:
    return {"LeakyRelu", {0}, 4};
  case QLinearForm::Mul:
    return {"Mul", {0, 3}, 7};
  case QLinearForm::ReduceMean:
    return {"ReduceMean", {0, -1}, 4};
  case QLinearForm::Sigmoid:
    return {"Sigmoid", {0}, 4};
  case QLinearForm::Softmax:
    return {"Softmax", {0}, 4};
  case QLinearForm::Where:
    return {"Where", {0, 1, 4}, 8};
  case QLinearForm::MulInteger:
    return {"Mul", {0, 2}, -1};
  case QLinearForm::ReduceSumInteger:
    return {"ReduceSum", {0, -1}, -1};
  }
  return {"Identity", {0}, -1};
}

/// The axes attribute as the operand that reductions take since opset 18.
ValueInfo axesOperand(const OpView &op) {
  auto axes = op.intsAttr("axes");
  if (!axes || axes->size() > static_cast<size_t>(kMaxEvaluatedElements))
    return ValueInfo::none();
  ValueInfo info = ValueInfo::tensor(DType::I64, Shape{static_cast<int64_t>(axes->size())});
  TensorData data;
  for (int64_t axis : *axes)
    data.push_back(Scalar(axis));
  info.data = std::make_shared<const TensorData>(std::move(data));
  return info;
}

/// Shows the plain op its inputs in the type that it is computed in.
void present(const OpView &op, const QLinearLayout &layout, InnerOp &inner) {
  DType type = layout.outZero < 0 ? DType::I32 : DType::F32;
  bool channelsAreLast = op.intAttr("channels_last", 0) != 0;
  for (unsigned i = 0; i < layout.inputs.size(); ++i) {
    if (layout.inputs[i] < 0) {
      inner.replace(i, axesOperand(op));
      continue;
    }
    if (!inner.view.has(i) || inner.view.in(i).dtype == DType::Bool)
      continue;
    ValueInfo info = channelsAreLast ? channelsFirst(inner.view.in(i)) : inner.view.in(i);
    info.dtype = type;
    inner.replace(i, std::move(info));
  }
}

/// Data inputs, bool conditions aside, are integers of 8 bits.
Error requireQuantizedInputs(const OpView &op, const QLinearLayout &layout) {
  for (int input : layout.inputs) {
    if (input < 0)
      continue;
    if (!op.has(input))
      return op.error("input " + Twine(input) + " is missing");
    if (op.in(input).dtype == DType::Bool)
      continue;
    if (Error e = requireQuantized(op, input))
      return e;
  }
  return Error::success();
}

Error shapeQLinear(OpView &op, const RuleParams &params) {
  QLinearLayout layout = layoutOf(op, params);
  if (layout.inputs.empty())
    return op.error("has no tensor to join");
  if (Error e = requireQuantizedInputs(op, layout))
    return e;
  InnerOp inner(op, layout.inputs);
  present(op, layout, inner);
  if (Error e = inferAs(inner, layout.plain))
    return e;
  if (inner.view.outputs.empty())
    return Error::success();
  ValueInfo out = inner.view.outputs[0];
  if (op.intAttr("channels_last", 0))
    out = channelsLast(std::move(out));
  DType in = op.in(std::max(0, layout.inputs.back())).dtype;
  if (layout.outZero < 0)
    out.dtype = isInteger(in) && in == DType::U8 ? DType::U32 : DType::I32;
  else
    out.dtype = op.has(layout.outZero) ? op.in(layout.outZero).dtype : in;
  if (static_cast<QLinearForm>(params.a) == QLinearForm::MulInteger)
    out.dtype = DType::I32;
  out.data = nullptr;
  setOutput(op, 0, std::move(out));
  return Error::success();
}

Work workQLinear(const OpView &op, const RuleParams &params) {
  QLinearLayout layout = layoutOf(op, params);
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  InnerOp inner(op, layout.inputs);
  present(op, layout, inner);
  if (op.intAttr("channels_last", 0))
    inner.view.outputs[0] = channelsFirst(inner.view.outputs[0]);
  Work work = withTrafficOf(op, workAs(inner, layout.plain));
  if (work.status == WorkStatus::Unmodelled)
    return work;
  bool quantized = layout.outZero >= 0;
  for (int input : layout.inputs)
    if (input >= 0 && op.in(input).dtype != DType::Bool)
      addElementwise(work, quantized ? DType::F32 : DType::I32, op.in(input).elements(),
                     quantized ? dequantizeOps(/*zeroPoint=*/true) : 1);
  if (quantized)
    addElementwise(work, DType::F32, op.outputs[0].elements(), quantizeOps(op.has(layout.outZero)));
  return work;
}

//===----------------------------------------------------------------------===//
// Other quantizers
//===----------------------------------------------------------------------===//

Error shapeOrdered(OpView &op, const RuleParams &params) {
  if (Error e = requireInputs(op, 2))
    return e;
  DType type = params.a ? static_cast<DType>(op.intAttr("to", 1)) : DType::I8;
  if (params.a && type != DType::F32 && type != DType::F16)
    return op.error("attribute to must be float or float16");
  setOutput(op, 0, type, op.in(0).shape);
  return Error::success();
}

Work workOrdered(const OpView &op, const RuleParams &params) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  addElementwise(work, DType::F32, op.in(0).elements(),
                 params.a ? dequantizeOps(false) : quantizeOps(false));
  return work;
}

/// Bytes per value in which a block's shared exponent and the sign and mantissa
/// of its values certainly fit: those of the float itself.
Error shapeBlockFloat(OpView &op, const RuleParams &params) {
  if (Error e = requireInputs(op, params.a ? 3 : 1))
    return e;
  if (params.a) {
    ValueInfo out = ValueInfo::tensor(static_cast<DType>(op.intAttr("dtype", 1)));
    if (auto shape = op.intData(1))
      out.shape = Shape(shape->begin(), shape->end());
    setOutput(op, 0, std::move(out));
    return Error::success();
  }
  ValueInfo packed = ValueInfo::tensor(DType::U8), dims = ValueInfo::tensor(DType::I64);
  if (op.ranked(0)) {
    packed.shape = Shape{op.ctx->dataDependentDim("packed", *op.in(0).bytes())};
    dims.shape = Shape{op.in(0).rank()};
  }
  setOutput(op, 0, std::move(packed));
  setOutput(op, 1, dims);
  setOutput(op, 2, std::move(dims));
  return Error::success();
}

/// Q2: for each value an exponent compare, a shift and a rounding.
Work workBlockFloat(const OpView &op, const RuleParams &params) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  const ValueInfo &values = params.a ? op.outputs[0] : op.in(0);
  addElementwise(work, values.dtype, values.elements(), params.a ? 1 : 3);
  return work;
}

} // namespace

const Family energyopt::qlinearFamily = {
    "qlinear", "Q1: the plain op in float + 3*inputs + 6*outputs", shapeQLinear, workQLinear};
const Family energyopt::orderedQuantizeFamily = {
    "quantize", "Q1: 5 (2 to dequantize) operations per element", shapeOrdered, workOrdered};
const Family energyopt::blockFloatFamily = {
    "quantize", "Q2: 3 (1 to dequantize) operations per element", shapeBlockFloat, workBlockFloat};
