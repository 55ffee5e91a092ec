//===- Rearrange.cpp - DepthToSpace, SpaceToDepth, Col2Im, Cast -----------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Movement.h"
#include "Cost/Families/RunTime.h"
#include "Cost/PartialEval.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// DepthToSpace and SpaceToDepth
//===----------------------------------------------------------------------===//

/// dim / divisor, which must be whole.
static llvm::Expected<Expr> dividedDim(const OpView &op, unsigned axis, const Expr &divisor) {
  const Expr &dim = op.in(0).dim(axis);
  if (auto exact = dim.exactDiv(divisor))
    return *exact;
  if (dim.isConstant() && divisor.isConstant())
    return op.error("axis " + Twine(axis) + " of size " + dim.str() + " is no multiple of " +
                    divisor.str());
  return dim.floorDiv(divisor);
}

static Error depthSpaceShape(OpView &op, const RuleParams &params) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireRank(op, 0, 4))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  int64_t block = op.intAttr("blocksize", 0);
  if (block < 1)
    return op.error("'blocksize' must be positive, got " + Twine(block));
  if (!op.ranked(0))
    return Error::success();
  bool toSpace = params.a;
  Expr area = Expr(block) * block;
  Shape out = *op.in(0).shape;
  out[1] = toSpace ? out[1] : out[1] * area;
  if (toSpace) {
    auto depth = dividedDim(op, 1, area);
    if (!depth)
      return depth.takeError();
    out[1] = *depth;
  }
  for (unsigned axis : {2u, 3u}) {
    if (toSpace) {
      out[axis] = out[axis] * block;
      continue;
    }
    auto size = dividedDim(op, axis, block);
    if (!size)
      return size.takeError();
    out[axis] = *size;
  }
  setOutput(op, 0, op.in(0).dtype, out);
  return Error::success();
}

static Work depthSpaceWork(const OpView &op, const RuleParams &) {
  return op.intAttr("blocksize", 0) == 1 ? Work::free() : wholeTensorWork(op);
}

const Family energyopt::depthSpaceFamily = {"movement",
                                            "D1: bytes = input + output; free for blocks of 1",
                                            depthSpaceShape, depthSpaceWork};

//===----------------------------------------------------------------------===//
// Col2Im
//===----------------------------------------------------------------------===//

/// Dims from a vector operand; those that only the run knows are taken as 1.
static std::optional<Shape> dimsFrom(OpView &op, unsigned input) {
  auto length = lengthOf(op, input);
  constexpr int64_t kMaxRank = 64;
  if (!length || *length > kMaxRank)
    return std::nullopt;
  auto contents = op.data(input);
  Shape dims;
  for (int64_t i = 0; i < *length; ++i) {
    auto dim = contents ? (*contents)[i].asInt() : std::nullopt;
    dims.push_back(dim ? *dim : runtimeDim(op, "size", 1));
  }
  return dims;
}

static Error col2ImShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  if (Error error = requireRank(op, 0, 3))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  auto image = dimsFrom(op, 1), block = dimsFrom(op, 2);
  if (!op.ranked(0) || !image || !block)
    return Error::success();
  if (image->size() != block->size())
    return op.error("the image has " + Twine(image->size()) + " dims, the block " +
                    Twine(block->size()));
  Expr blockSize = numElements(*block);
  if (blockSize.is(0))
    return op.error("the block is empty");
  auto channels = dividedDim(op, 1, blockSize);
  if (!channels)
    return channels.takeError();
  Shape out = {op.in(0).dim(0), *channels};
  out.append(image->begin(), image->end());
  setOutput(op, 0, op.in(0).dtype, out);
  return Error::success();
}

/// Every element of a column is added to its pixel.
static Work col2ImWork(const OpView &op, const RuleParams &) {
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  work.add(WorkClass::Vector, op.in(0).dtype, op.in(0).elements());
  explainProduct(op, work, "ops = input elements", {op.in(0).elements()});
  return work;
}

const Family energyopt::col2ImFamily = {"movement", "D4: one addition per input element",
                                        col2ImShape, col2ImWork};

//===----------------------------------------------------------------------===//
// Cast
//===----------------------------------------------------------------------===//

/// The attribute 'to': a number, before opset 6 a name.
static llvm::Expected<DType> castTarget(const OpView &op) {
  auto to = op.attr("to");
  if (to && to->kind == AttrValue::String)
    if (auto type = parseDType(to->s.lower()))
      return *type;
  if (to && to->kind == AttrValue::Int && to->i > 0 && to->i <= kLastDType)
    return static_cast<DType>(to->i);
  return op.error("attribute 'to' names no element type");
}

static Error castShape(OpView &op, const RuleParams &params) {
  if (Error error = requireInputs(op, params.a ? 2 : 1))
    return error;
  DType type = DType::Undefined;
  if (params.a) {
    type = op.in(1).dtype;
  } else {
    auto target = castTarget(op);
    if (!target)
      return target.takeError();
    type = *target;
  }
  setOutput(op, 0, type, op.in(0).shape);
  evaluateElementwise(op);
  return Error::success();
}

/// D3: one conversion per element, in the wider type; none where the type stays.
/// Converting to and from strings is one operation per element too.
static Work castWork(const OpView &op, const RuleParams &) {
  DType from = op.in(0).dtype, to = op.outputs[0].dtype;
  if (from == to)
    return Work::free();
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  // A type that is only looked at moves no bytes.
  if (work.readBytes.size() > 1)
    work.readBytes[1] = 0;
  bool computesInTarget =
      isFloat(to) == isFloat(from) ? bitWidth(to) > bitWidth(from) : isFloat(to);
  work.add(WorkClass::Vector, computesInTarget ? to : from, op.in(0).elements());
  explainProduct(op, work, "ops = elements", {op.in(0).elements()});
  return work;
}

const Family energyopt::castFamily = {
    "elementwise", "D3: one conversion per element; free if the type stays", castShape, castWork};
