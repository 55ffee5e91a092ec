//===- Quantize.cpp - Between float and integer tensors -------------------===//

#include "Cost/Families/Quantize.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {
enum Input : unsigned { X, Scale, ZeroPoint };
} // namespace

//===----------------------------------------------------------------------===//
// Granularity
//===----------------------------------------------------------------------===//

/// One scale for each slice along `axis`, a rank-1 scale.
static Error checkPerAxis(const OpView &op) {
  // A single value serves the whole tensor whatever the axis says.
  if (op.in(Scale).dim(0).is(1))
    return Error::success();
  auto axis = normalizeAxis(op, op.intAttr("axis", 1), op.in(X).rank());
  if (!axis)
    return axis.takeError();
  return requireVector(op, Scale, op.in(X).dim(*axis));
}

/// Blocks of `block` elements along `axis` share a scale: the scale's shape is
/// x's with that dim divided, rounding up.
static Error checkBlocked(const OpView &op, int64_t block) {
  auto axis = normalizeAxis(op, op.intAttr("axis", 1), op.in(X).rank());
  if (!axis)
    return axis.takeError();
  if (Error error = requireRank(op, Scale, op.in(X).rank()))
    return error;
  for (int64_t i = 0; i < op.in(X).rank(); ++i) {
    Expr expected = i == *axis ? op.in(X).dim(i).ceilDiv(block) : op.in(X).dim(i);
    if (!op.ctx->unify(expected, op.in(Scale).dim(i)))
      return op.error("the scale has " + op.in(Scale).dim(i).str() + " in dim " + Twine(i) +
                      ", expected " + expected.str());
  }
  return Error::success();
}

/// A scale of x's rank without a block size: the shapes say how long a block
/// is, if they fit any.
static Error checkBlockedByShape(const OpView &op) {
  auto axis = normalizeAxis(op, op.intAttr("axis", 1), op.in(X).rank());
  if (!axis)
    return axis.takeError();
  auto size = op.in(X).dim(*axis).constant(), scales = op.in(Scale).dim(*axis).constant();
  if (!size || !scales)
    return Error::success();
  if (*scales < 1 || *scales > *size)
    return op.error("the scale has " + Twine(*scales) + " in dim " + Twine(*axis) +
                    ", which no 'block_size' makes of " + Twine(*size));
  return checkBlocked(op, (*size + *scales - 1) / *scales);
}

/// The scale's shape fits x, the zero point's is the scale's.
static Error checkGranularity(const OpView &op) {
  if (op.ranked(Scale) && op.ranked(ZeroPoint)) {
    const Shape &scale = *op.in(Scale).shape, &zero = *op.in(ZeroPoint).shape;
    bool same = scale.size() == zero.size() ||
                (op.in(Scale).elements().is(1) && op.in(ZeroPoint).elements().is(1));
    for (size_t i = 0; same && i < scale.size() && i < zero.size(); ++i)
      same = op.ctx->unify(scale[i], zero[i]).has_value();
    if (!same)
      return op.error("the zero point (" + op.in(ZeroPoint).str() +
                      ") differs in shape from the scale (" + op.in(Scale).str() + ")");
  }
  int64_t block = op.intAttr("block_size", 0);
  if (block < 0)
    return op.error("attribute 'block_size' is " + Twine(block) + ", expected at least 0");
  if (!op.ranked(X) || !op.ranked(Scale) || op.in(Scale).rank() == 0)
    return Error::success();
  if (block > 0)
    return checkBlocked(op, block);
  if (op.in(Scale).rank() == 1)
    return checkPerAxis(op);
  if (op.in(Scale).elements().is(1))
    return Error::success();
  if (op.in(Scale).rank() == op.in(X).rank())
    return checkBlockedByShape(op);
  return op.error("the scale has rank " + Twine(op.in(Scale).rank()) +
                  ", expected 0 or 1 without 'block_size'");
}

//===----------------------------------------------------------------------===//
// QuantizeLinear
//===----------------------------------------------------------------------===//

/// The type that an attribute names, if it is there and not 0.
static std::optional<DType> typeAttr(const OpView &op, llvm::StringRef name) {
  int64_t type = op.intAttr(name, 0);
  if (type <= 0 || type > kLastDType)
    return std::nullopt;
  return static_cast<DType>(type);
}

static Error quantizeShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireAtMostInputs(op, 3))
    return error;
  auto asked = typeAttr(op, "output_dtype");
  DType type = op.has(ZeroPoint) ? op.in(ZeroPoint).dtype : asked.value_or(DType::U8);
  if (asked && *asked != type)
    return op.error("attribute 'output_dtype' is " + name(*asked) + ", the zero point is " +
                    name(type));
  setOutput(op, 0, type, op.in(X).shape);
  return checkGranularity(op);
}

static Work quantizeWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(X))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  int64_t each = quantizeOps(op.has(ZeroPoint));
  DType type = isFloat(op.in(Scale).dtype) ? op.in(Scale).dtype : DType::F32;
  addElementwise(work, type, op.in(X).elements(), each);
  explainProduct(op, work, (Twine("ops = ") + Twine(each) + "*elements").str(),
                 {each, op.in(X).elements()});
  return work;
}

const Family energyopt::quantizeFamily = {
    "quantize", "M40: divide, round, add the zero point, clamp twice, convert: 6 per element",
    quantizeShape, quantizeWork};

//===----------------------------------------------------------------------===//
// DequantizeLinear
//===----------------------------------------------------------------------===//

static Error dequantizeShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireAtMostInputs(op, 3))
    return error;
  if (Error error = requireSameType(op, {X, ZeroPoint}))
    return error;
  setOutput(op, 0, typeAttr(op, "output_dtype").value_or(op.in(Scale).dtype), op.in(X).shape);
  return checkGranularity(op);
}

static Work dequantizeWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(X))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  int64_t each = dequantizeOps(op.has(ZeroPoint));
  addElementwise(work, op.in(Scale).dtype, op.in(X).elements(), each);
  explainProduct(op, work, (Twine("ops = ") + Twine(each) + "*elements").str(),
                 {each, op.in(X).elements()});
  return work;
}

const Family energyopt::dequantizeFamily = {
    "dequantize", "M41: convert, subtract the zero point, multiply: 3 per element", dequantizeShape,
    dequantizeWork};

//===----------------------------------------------------------------------===//
// DynamicQuantizeLinear
//===----------------------------------------------------------------------===//

static Error dynamicQuantizeShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireFloat(op, 0))
    return error;
  setOutput(op, 0, DType::U8, op.in(0).shape);
  setOutput(op, 1, DType::F32, Shape());
  setOutput(op, 2, DType::U8, Shape());
  return Error::success();
}

/// M42: minimum and maximum, then M40: 8*elements, and 12 operations on the
/// range. Source: function body in ONNX Operators.md.
static Work dynamicQuantizeWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  constexpr int64_t kRangeOps = 12;
  Expr ops = Expr(2 + quantizeOps(true)) * op.in(0).elements() + kRangeOps;
  work.add(WorkClass::Vector, op.in(0).dtype, ops);
  explainFormula(op, work, "ops = 8*elements + 12", ops, {{"elements", op.in(0).elements()}});
  return work;
}

const Family energyopt::dynamicQuantizeFamily = {"dynamicquantize", "M42: ops = 8*elements + 12",
                                                 dynamicQuantizeShape, dynamicQuantizeWork};
