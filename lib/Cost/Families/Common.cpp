//===- Common.cpp - What every family needs -------------------------------===//

#include "Cost/Families/Common.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/RunTime.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

using namespace energyopt;
using llvm::ArrayRef;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

bool energyopt::wants(const OpView &op, unsigned index) {
  return index < op.outputs.size() && op.outputs[index].kind != ValueKind::None;
}

void energyopt::setOutput(OpView &op, unsigned index, ValueInfo info) {
  if (wants(op, index))
    op.outputs[index] = std::move(info);
}

void energyopt::setOutput(OpView &op, unsigned index, DType dtype, std::optional<Shape> shape) {
  setOutput(op, index, ValueInfo::tensor(dtype, std::move(shape)));
}

ValueInfo energyopt::likeInput(const OpView &op, unsigned input) {
  ValueInfo info = op.in(input);
  info.data = nullptr;
  info.isParameter = false;
  return info;
}

void energyopt::setData(OpView &op, unsigned output, TensorData data) {
  if (!wants(op, output) || data.size() > static_cast<size_t>(kMaxEvaluatedElements))
    return;
  ValueInfo &out = op.outputs[output];
  if (!out.hasRank() || !out.elements().is(static_cast<int64_t>(data.size())))
    return;
  if (llvm::none_of(data, [](const Scalar &scalar) { return scalar.isKnown(); }) && !data.empty())
    return;
  out.data = std::make_shared<const TensorData>(std::move(data));
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// One dim of a broadcast: 1 gives way, others must be equal. A symbol that
/// meets a constant might also be 1; the result is the constant either way.
static std::optional<Expr> broadcastDim(const OpView &op, const Expr &a, const Expr &b) {
  if (a.is(1) || a == b)
    return b;
  if (b.is(1))
    return a;
  if (a.isOverflow() || b.isOverflow())
    return Expr::overflow();
  return op.ctx->unify(a, b);
}

llvm::Expected<Shape> energyopt::broadcastShapes(const OpView &op,
                                                 ArrayRef<ArrayRef<Expr>> shapes) {
  size_t rank = 0;
  for (ArrayRef<Expr> shape : shapes)
    rank = std::max(rank, shape.size());
  Shape result(rank, Expr(1));
  for (ArrayRef<Expr> shape : shapes)
    for (size_t i = 0; i < shape.size(); ++i) {
      Expr &dim = result[rank - shape.size() + i];
      auto common = broadcastDim(op, dim, shape[i]);
      if (!common)
        return op.error("dims " + dim.str() + " and " + shape[i].str() +
                        " do not broadcast (axis " + Twine(rank - shape.size() + i) + ")");
      dim = std::move(*common);
    }
  return result;
}

llvm::Expected<int64_t> energyopt::normalizeAxis(const OpView &op, int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return op.error("axis " + Twine(axis) + " is out of range for rank " + Twine(rank));
  return axis < 0 ? axis + rank : axis;
}

llvm::Expected<Axes> energyopt::normalizeAxes(const OpView &op, ArrayRef<int64_t> axes,
                                              int64_t rank) {
  Axes result;
  for (int64_t axis : axes) {
    auto normal = normalizeAxis(op, axis, rank);
    if (!normal)
      return normal.takeError();
    if (llvm::is_contained(result, *normal))
      return op.error("axis " + Twine(axis) + " is given twice");
    result.push_back(*normal);
  }
  return result;
}

llvm::Expected<std::optional<Axes>> energyopt::axesFrom(const OpView &op, unsigned input,
                                                        int64_t rank) {
  auto values = op.constIntData(input);
  if (!values)
    return std::nullopt;
  auto axes = normalizeAxes(op, *values, rank);
  if (!axes)
    return axes.takeError();
  return std::optional<Axes>(std::move(*axes));
}

std::optional<int64_t> energyopt::lengthOf(const OpView &op, unsigned input) {
  if (op.ranked(input) && op.in(input).rank() <= 1)
    return op.in(input).elements().constant();
  if (auto contents = op.data(input))
    return static_cast<int64_t>(contents->size());
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

Work energyopt::wholeTensorWork(const OpView &op) {
  Work work;
  for (const ValueInfo *input : op.inputs) {
    auto bytes = input->bytes();
    if (!bytes)
      return unknownShape(op);
    work.readBytes.push_back(std::move(*bytes));
  }
  for (const ValueInfo &output : op.outputs) {
    auto bytes = output.bytes();
    if (!bytes)
      return unknownShape(op);
    work.writeBytes.push_back(std::move(*bytes));
  }
  markBounded(op, work);
  return work;
}
