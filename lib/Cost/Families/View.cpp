//===- View.cpp - The same elements under another shape -------------------===//

#include "Cost/Families/View.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Twine;

/// Shapes of run-time contents get one dim per entry up to this rank.
constexpr int64_t kMaxRank = 64;

Shape energyopt::dimsOfProduct(const OpView &op, const Expr &elements, size_t count) {
  if (count == 1)
    return {elements};
  Shape dims;
  for (size_t i = 0; i < count; ++i)
    dims.push_back(op.ctx->dataDependentDim("dim", i ? Expr(1) : elements));
  return dims;
}

/// Output 0 with the type and contents of input 0.
static Error passThrough(OpView &op, std::optional<Shape> shape) {
  auto contents = op.data(0);
  ValueInfo out = likeInput(op, 0);
  out.shape = std::move(shape);
  setOutput(op, 0, std::move(out));
  if (contents)
    setData(op, 0, *contents);
  return Error::success();
}

static Error identityShape(OpView &op) {
  setOutput(op, 0, likeInput(op, 0));
  if (wants(op, 0))
    op.outputs[0].data = op.data(0);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

namespace {
/// The requested shape, entry by entry.
struct Target {
  Shape dims;                           // 1 where `inferred` or `unknown` holds
  std::optional<size_t> inferred;       // the entry that is -1
  llvm::SmallVector<size_t, 4> unknown; // entries that only the run knows
  bool sized = true;                    // every known entry is (no copy of an unknown dim)
};
} // namespace

static Error readEntry(const OpView &op, const Scalar &scalar, size_t i, Target &target) {
  auto entry = scalar.asInt();
  target.dims.push_back(1);
  if (!entry) {
    target.unknown.push_back(i);
  } else if (entry->is(-1)) {
    if (target.inferred)
      return op.error("the shape has more than one -1");
    target.inferred = i;
  } else if (entry->is(0) && !op.intAttr("allowzero", 0)) {
    if (!op.ranked(0))
      target.sized = false;
    else if (static_cast<int64_t>(i) >= op.in(0).rank())
      return op.error("entry " + Twine(i) + " of the shape copies a dim that input 0 lacks");
    else
      target.dims.back() = op.in(0).dim(i);
  } else if (entry->constant().value_or(0) < 0) {
    return op.error("the shape has a negative entry, " + entry->str());
  } else {
    target.dims.back() = *entry;
  }
  return Error::success();
}

/// The elements must stay: what is left of `total` goes to the one entry that
/// is not known.
static Error fillRest(const OpView &op, const Expr &total, Target &target) {
  Expr known = numElements(target.dims);
  auto mismatch = [&] {
    return op.error(total.str() + " elements do not fit the shape " +
                    ValueInfo::tensor(op.in(0).dtype, target.dims).str());
  };
  llvm::SmallVector<size_t, 4> open(target.unknown);
  if (target.inferred)
    open.push_back(*target.inferred);
  if (open.empty()) {
    if (total.isConstant() && known.isConstant() && total != known)
      return mismatch();
    if (total != known)
      (void)op.ctx->unify(total, known);
    return Error::success();
  }
  if (known.is(0)) {
    // 0 elements say nothing of the open entry; runtimes take 0.
    for (size_t i : open)
      target.dims[i] = 0;
    return Error::success();
  }
  auto quotient = total.exactDiv(known);
  if (!quotient && total.isConstant() && known.isConstant())
    return mismatch();
  Expr rest = quotient ? *quotient : total.floorDiv(known);
  Shape dims = dimsOfProduct(op, rest, open.size());
  for (auto [position, i] : llvm::enumerate(open))
    target.dims[i] = dims[position];
  return Error::success();
}

static Error reshapeShape(OpView &op) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireRank(op, 1, 1))
    return error;
  auto contents = op.data(1);
  TensorData unknown;
  if (!contents) {
    auto rank = lengthOf(op, 1);
    if (!rank || *rank > kMaxRank)
      return passThrough(op, std::nullopt);
    unknown.resize(*rank);
  }
  Target target;
  for (auto [i, scalar] : llvm::enumerate(contents ? *contents : unknown))
    if (Error error = readEntry(op, scalar, i, target))
      return error;
  if (!op.ranked(0)) {
    bool complete = target.sized && !target.inferred && target.unknown.empty();
    return passThrough(op, complete ? std::optional<Shape>(target.dims) : std::nullopt);
  }
  if (Error error = fillRest(op, op.in(0).elements(), target))
    return error;
  return passThrough(op, target.dims);
}

//===----------------------------------------------------------------------===//
// Squeeze, Unsqueeze, Flatten
//===----------------------------------------------------------------------===//

static Error squeezeShape(OpView &op) {
  if (!op.ranked(0))
    return passThrough(op, std::nullopt);
  const Shape &in = *op.in(0).shape;
  auto axes = axesFrom(op, 1, in.size());
  if (!axes)
    return axes.takeError();
  if (op.has(1) && !*axes) {
    auto count = lengthOf(op, 1);
    if (!count || *count > static_cast<int64_t>(in.size()))
      return passThrough(op, std::nullopt);
    return passThrough(op, dimsOfProduct(op, op.in(0).elements(), in.size() - *count));
  }
  Shape out;
  for (auto [i, dim] : llvm::enumerate(in)) {
    bool named = *axes && llvm::is_contained(**axes, static_cast<int64_t>(i));
    if (named && dim.isConstant() && !dim.is(1))
      return op.error("axis " + Twine(i) + " has size " + dim.str() + ", only 1 can be squeezed");
    if (named && !dim.isConstant())
      (void)op.ctx->unify(dim, 1);
    if (!named && (op.has(1) || !dim.is(1)))
      out.push_back(dim);
  }
  return passThrough(op, out);
}

static Error unsqueezeShape(OpView &op) {
  if (Error error = requireInputs(op, 2))
    return error;
  auto count = lengthOf(op, 1);
  if (!op.ranked(0) || !count || *count > kMaxRank)
    return passThrough(op, std::nullopt);
  const Shape &in = *op.in(0).shape;
  int64_t rank = static_cast<int64_t>(in.size()) + *count;
  auto axes = axesFrom(op, 1, rank);
  if (!axes)
    return axes.takeError();
  if (!*axes)
    return passThrough(op, dimsOfProduct(op, op.in(0).elements(), rank));
  Shape out;
  size_t next = 0;
  for (int64_t i = 0; i < rank; ++i)
    out.push_back(llvm::is_contained(**axes, i) ? Expr(1) : in[next++]);
  return passThrough(op, out);
}

static Error flattenShape(OpView &op) {
  if (!op.ranked(0))
    return passThrough(op, std::nullopt);
  ArrayRef<Expr> in = *op.in(0).shape;
  int64_t axis = op.intAttr("axis", 1), rank = in.size();
  // Here the rank itself is an axis too: everything goes to the rows.
  if (axis < -rank || axis > rank)
    return op.error("axis " + Twine(axis) + " is out of range for rank " + Twine(rank));
  size_t split = axis < 0 ? axis + rank : axis;
  return passThrough(op,
                     Shape{numElements(in.take_front(split)), numElements(in.drop_front(split))});
}

//===----------------------------------------------------------------------===//
// BitCast, Shape, Size
//===----------------------------------------------------------------------===//

/// The bits of each element read as another type of the same width.
static Error bitCastShape(OpView &op) {
  auto to = op.attr("to");
  if (!to || to->kind != AttrValue::Int)
    return op.error("attribute 'to' is missing");
  DType type = static_cast<DType>(to->i);
  if (to->i <= 0 || to->i > kLastDType || bitWidth(type) == 0)
    return op.error("attribute 'to' is " + Twine(to->i) + ", no type with a bit pattern");
  unsigned from = bitWidth(op.in(0).dtype);
  if (from && from != bitWidth(type))
    return op.error("cannot reinterpret " + name(op.in(0).dtype) + " as " + name(type) +
                    ": the widths differ");
  setOutput(op, 0, type, op.in(0).shape);
  return Error::success();
}

static Error shapeOfShape(OpView &op) {
  if (!op.ranked(0)) {
    setOutput(op, 0, DType::I64, Shape{op.ctx->dataDependentDim("rank", 8)});
    return Error::success();
  }
  int64_t rank = op.in(0).rank();
  auto clampAxis = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = clampAxis(op.intAttr("start", 0));
  int64_t end = std::max(start, clampAxis(op.intAttr("end", rank)));
  TensorData dims;
  for (int64_t i = start; i < end; ++i)
    dims.emplace_back(op.in(0).dim(i));
  setOutput(op, 0, DType::I64, Shape{Expr(end - start)});
  setData(op, 0, std::move(dims));
  return Error::success();
}

static Error sizeOfShape(OpView &op) {
  setOutput(op, 0, DType::I64, Shape{});
  if (op.ranked(0))
    setData(op, 0, {Scalar(op.in(0).elements())});
  return Error::success();
}

static Error viewShape(OpView &op, const RuleParams &params) {
  if (Error error = requireInputs(op, 1))
    return error;
  switch (static_cast<ViewForm>(params.a)) {
  case ViewForm::Identity:
    return identityShape(op);
  case ViewForm::Reshape:
    return reshapeShape(op);
  case ViewForm::Squeeze:
    return squeezeShape(op);
  case ViewForm::Unsqueeze:
    return unsqueezeShape(op);
  case ViewForm::Flatten:
    return flattenShape(op);
  case ViewForm::BitCast:
    return bitCastShape(op);
  case ViewForm::Shape:
    return shapeOfShape(op);
  case ViewForm::Size:
    return sizeOfShape(op);
  }
  return Error::success();
}

static Work viewWork(const OpView &, const RuleParams &) { return Work::free(); }

const Family energyopt::viewFamily = {"view", "D0: metadata only, no element moves", viewShape,
                                      viewWork};
