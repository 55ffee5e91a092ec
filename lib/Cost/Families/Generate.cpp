//===- Generate.cpp - Constants, ranges, one-hot rows ---------------------===//

#include "Cost/Families/Generate.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"
#include "Cost/PartialEval.h"

#include <cmath>

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

static Work freeWork(const OpView &, const RuleParams &) { return Work::free(); }
static Work writeWork(const OpView &op, const RuleParams &) { return wholeTensorWork(op); }

//===----------------------------------------------------------------------===//
// Constant
//===----------------------------------------------------------------------===//

/// A scalar or a vector of attribute values.
static ValueInfo constantOf(DType type, std::optional<size_t> length, TensorData data) {
  ValueInfo info = ValueInfo::tensor(type, Shape{});
  if (length)
    info.shape->push_back(static_cast<int64_t>(*length));
  if (data.size() <= static_cast<size_t>(kMaxEvaluatedElements))
    info.data = std::make_shared<const TensorData>(std::move(data));
  return info;
}

static TensorData scalarsOf(const AttrValue &value) {
  TensorData data;
  for (int64_t i : value.ints)
    data.emplace_back(i);
  for (double f : value.floats)
    data.emplace_back(f);
  data.resize(data.size() + value.strings.size());
  return data;
}

static std::optional<ValueInfo> constantValue(const OpView &op) {
  for (llvm::StringRef name : {"value", "sparse_value"})
    if (auto value = op.attr(name); value && value->kind == AttrValue::Tensor)
      return value->tensor;
  if (auto value = op.attr("value_int"))
    return constantOf(DType::I64, std::nullopt, {Scalar(value->i)});
  if (auto value = op.attr("value_float"))
    return constantOf(DType::F32, std::nullopt, {Scalar(value->f)});
  if (op.attr("value_string"))
    return constantOf(DType::String, std::nullopt, TensorData(1));
  if (auto value = op.attr("value_ints"))
    return constantOf(DType::I64, value->ints.size(), scalarsOf(*value));
  if (auto value = op.attr("value_floats"))
    return constantOf(DType::F32, value->floats.size(), scalarsOf(*value));
  if (auto value = op.attr("value_strings"))
    return constantOf(DType::String, value->strings.size(), scalarsOf(*value));
  return std::nullopt;
}

static Error constantShape(OpView &op, const RuleParams &) {
  auto value = constantValue(op);
  if (!value)
    return op.error("has no value");
  value->isParameter = true;
  setOutput(op, 0, std::move(*value));
  return Error::success();
}

const Family energyopt::constantFamily = {"view", "D0: stored, not computed", constantShape,
                                          freeWork};

//===----------------------------------------------------------------------===//
// ConstantOfShape
//===----------------------------------------------------------------------===//

static Error fillShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  auto value = op.attr("value");
  bool given = value && value->kind == AttrValue::Tensor;
  int64_t type = op.intAttr("dtype", static_cast<int64_t>(DType::F32)); // of ConstantFill
  if (type <= 0 || type > kLastDType)
    return op.error("attribute 'dtype' is " + Twine(type) + ", no element type");
  setOutput(op, 0, given ? value->tensor.dtype : static_cast<DType>(type));
  auto length = lengthOf(op, 0);
  constexpr int64_t kMaxRank = 64;
  if (!length || *length > kMaxRank || !wants(op, 0))
    return Error::success();
  auto contents = op.data(0);
  Shape out;
  for (int64_t i = 0; i < *length; ++i) {
    auto dim = contents ? (*contents)[i].asInt() : std::nullopt;
    if (dim && dim->constant().value_or(0) < 0)
      return op.error("the shape has a negative entry, " + dim->str());
    out.push_back(dim ? *dim : runtimeDim(op, "size", 1));
  }
  op.outputs[0].shape = out;
  if (!smallShape(op.outputs[0]))
    return Error::success();
  Scalar element(op.floatAttr("value", 0));
  if (given && value->tensor.data && value->tensor.data->size() == 1)
    element = value->tensor.data->front();
  else if (given)
    element = Scalar();
  setData(op, 0, TensorData(*op.outputs[0].elements().constant(), element));
  return Error::success();
}

const Family energyopt::fillFamily = {"generate", "D1: bytes = output", fillShape, writeWork};

//===----------------------------------------------------------------------===//
// Range
//===----------------------------------------------------------------------===//

/// max(ceil((limit - start) / delta), 0) of integers; nullopt if a sign is not
/// known.
static std::optional<Expr> integerLength(const Expr &start, const Expr &limit, const Expr &delta) {
  auto step = delta.constant();
  if (!step && delta.lowerBound().value_or(0) <= 0)
    return std::nullopt;
  if (step && *step < 0)
    return Expr::max((start - limit).ceilDiv(-delta), 0);
  return Expr::max((limit - start).ceilDiv(delta), 0);
}

static std::optional<Expr> floatLength(double start, double limit, double delta) {
  double length = std::ceil((limit - start) / delta);
  constexpr double kMost = 1e15; // larger ones are no sizes
  if (std::isnan(length) || length > kMost)
    return std::nullopt;
  return Expr(static_cast<int64_t>(std::max(length, 0.0)));
}

static Error rangeShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  for (unsigned i : {0u, 1u, 2u})
    if (op.ranked(i) && op.in(i).elements().constant().value_or(1) != 1)
      return op.error("input " + Twine(i) + " must be a scalar");
  Scalar operands[3];
  for (unsigned i : {0u, 1u, 2u})
    if (auto contents = op.data(i); contents && contents->size() == 1)
      operands[i] = contents->front();
  auto start = operands[0].asInt(), limit = operands[1].asInt(), delta = operands[2].asInt();
  auto from = operands[0].asFloat(), to = operands[1].asFloat(), step = operands[2].asFloat();
  if (step && *step == 0)
    return op.error("'delta' is 0");
  std::optional<Expr> length;
  if (start && limit && delta)
    length = integerLength(*start, *limit, *delta);
  else if (from && to && step)
    length = floatLength(*from, *to, *step);
  setOutput(op, 0, op.in(0).dtype, Shape{length ? *length : runtimeDim(op, "length", 1)});
  if (!length || !start || !delta || !wants(op, 0) || !smallShape(op.outputs[0]))
    return Error::success();
  TensorData values;
  for (int64_t i = 0, e = *length->constant(); i < e; ++i)
    values.push_back(fitScalar(*start + *delta * i, op.in(0).dtype));
  setData(op, 0, std::move(values));
  return Error::success();
}

/// D9: start + i*delta.
static Work rangeWork(const OpView &op, const RuleParams &) {
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  constexpr int64_t kOps = 2;
  Expr count = op.outputs[0].elements();
  work.add(WorkClass::Vector, op.outputs[0].dtype, count * kOps);
  explainProduct(op, work, "ops = 2*elements", {kOps, count});
  return work;
}

const Family energyopt::rangeFamily = {"generate", "D9: 2 operations per element", rangeShape,
                                       rangeWork};

//===----------------------------------------------------------------------===//
// OneHot, EyeLike
//===----------------------------------------------------------------------===//

static Error oneHotShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  setOutput(op, 0, op.in(2).dtype);
  if (!op.ranked(0))
    return Error::success();
  auto axis = normalizeAxis(op, op.intAttr("axis", -1), op.in(0).rank() + 1);
  if (!axis)
    return axis.takeError();
  auto given = op.intData(1);
  if (given && given->size() != 1)
    return op.error("'depth' has " + Twine(given->size()) + " entries, expected 1");
  Expr depth = given ? given->front() : runtimeDim(op, "depth", 1);
  if (depth.constant().value_or(0) < 0)
    return op.error("'depth' is " + depth.str());
  Shape out = *op.in(0).shape;
  out.insert(out.begin() + *axis, depth);
  setOutput(op, 0, op.in(2).dtype, out);
  return Error::success();
}

const Family energyopt::oneHotFamily = {"generate", "D1: bytes = indices + output", oneHotShape,
                                        writeWork};

static Error eyeShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireRank(op, 0, 2))
    return error;
  int64_t type = op.intAttr("dtype", static_cast<int64_t>(op.in(0).dtype));
  if (type < 0 || type > kLastDType)
    return op.error("attribute 'dtype' is " + Twine(type) + ", no element type");
  setOutput(op, 0, static_cast<DType>(type), op.in(0).shape);
  return Error::success();
}

/// Only the shape of the input is read.
static Work eyeWork(const OpView &op, const RuleParams &params) {
  Work work = wholeTensorWork(op);
  if (work.status != WorkStatus::Unmodelled)
    work.readBytes[0] = 0;
  return work;
}

const Family energyopt::eyeFamily = {"generate", "D1: bytes = output", eyeShape, eyeWork};
