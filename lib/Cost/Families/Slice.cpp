//===- Slice.cpp - Ranges of every axis -----------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Movement.h"
#include "Cost/PartialEval.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {
/// One axis of a slice: `size` elements, the first at `start`, `step` apart.
/// Without a known start the contents cannot be told, the size still can.
struct Range {
  Expr size;
  std::optional<int64_t> start;
  int64_t step = 1;
};
} // namespace

/// Exporters write "to the end" as the greatest int64 or int32, or a little
/// less; no dim that is not known is as large.
static bool isFarEnd(const Expr &e, const Expr &dim) {
  auto c = e.constant();
  int64_t far = dim.isConstant() ? int64_t(1) << 62 : std::numeric_limits<int32_t>::max() - 1;
  return c && (*c >= far || *c <= -far);
}

/// A start or end counted from the front; negative ones count from `dim`.
/// nullopt if its sign is not known.
static std::optional<Expr> fromFront(const Expr &position, const Expr &dim) {
  if (position.lowerBound().value_or(-1) >= 0)
    return position;
  if ((-position).lowerBound().value_or(0) > 0)
    return position + dim;
  // What was computed as dim - x is meant from the front.
  if ((dim - position).lowerBound().value_or(-1) >= 0)
    return position;
  return std::nullopt;
}

/// Clamped to [low, high], both simplified away where the bounds show it.
static Expr clamp(const Expr &e, const Expr &low, const Expr &high) {
  return Expr::min(Expr::max(e, low), high);
}

/// D2: with start and end clamped to the axis, size = ceil((end - start)/step),
/// at least 0. Source: ONNX Operators.md, Slice.
static std::optional<Range> sliceAxis(const OpView &op, const Expr &dim, const Expr &start,
                                      const Expr &end, int64_t step) {
  bool forward = step > 0;
  // A backward slice runs from the last element down to before the first.
  Expr last = forward ? dim : dim - 1, before = forward ? Expr(0) : Expr(-1);
  auto resolve = [&](const Expr &position) -> std::optional<Expr> {
    if (isFarEnd(position, dim))
      return *position.constant() > 0 ? last : before;
    auto front = fromFront(position, dim);
    if (!front)
      return std::nullopt;
    // A table of positions is cut to the length of a sequence: it is meant to
    // be long enough.
    if (dim.isConstant() && !front->isConstant() && !op.ctx->isDataDependent(*front)) {
      op.ctx->assume(front->str() + " is at most " + dim.str());
      return Expr::max(*front, before);
    }
    return clamp(*front, before, last);
  };
  auto from = resolve(start), to = resolve(end);
  if (!from || !to)
    return std::nullopt;
  if (!forward)
    from = Expr::max(*from, 0); // a start before the first element is the first
  Expr span = forward ? *to - *from : *from - *to;
  Range range;
  range.step = step;
  range.start = from->constant();
  range.size = dim.is(0) ? Expr(0) : Expr::max(span.ceilDiv(forward ? step : -step), 0);
  return range;
}

/// The slices of all axes; nullopt where only the run knows which axes.
static llvm::Expected<std::optional<std::vector<Range>>> sliceRanges(const OpView &op) {
  const Shape &in = *op.in(0).shape;
  std::vector<Range> ranges;
  for (const Expr &dim : in)
    ranges.push_back({dim, 0, 1});
  auto count = lengthOf(op, 1);
  if (!count)
    return std::nullopt;
  if (*count > static_cast<int64_t>(in.size()))
    return op.error("'starts' has " + Twine(*count) + " entries, input 0 has rank " +
                    Twine(in.size()));
  auto axes = axesFrom(op, 3, in.size());
  if (!axes)
    return axes.takeError();
  if (op.has(3) && !*axes)
    return std::nullopt;
  auto starts = op.data(1), ends = op.data(2);
  auto steps = op.constIntData(4);
  for (int64_t i = 0; i < *count; ++i) {
    if ((*axes && (*axes)->size() != static_cast<size_t>(*count)) ||
        (ends && ends->size() != static_cast<size_t>(*count)) ||
        (steps && steps->size() != static_cast<size_t>(*count)))
      return op.error("'starts', 'ends', 'axes' and 'steps' must be of the same length");
    int64_t axis = *axes ? (**axes)[i] : i;
    int64_t step = steps ? (*steps)[i] : 1;
    if (step == 0 || step == std::numeric_limits<int64_t>::min())
      return op.error("'steps' has the entry " + Twine(step));
    auto start = starts ? (*starts)[i].asInt() : std::nullopt;
    auto end = ends ? (*ends)[i].asInt() : std::nullopt;
    std::optional<Range> range;
    if (start && end && (steps || !op.has(4)))
      range = sliceAxis(op, in[axis], *start, *end, step);
    if (!range)
      range = Range{op.ctx->dataDependentDim("slice", op.ctx->upperBound(in[axis])), std::nullopt,
                    step};
    ranges[axis] = *range;
  }
  return std::optional(std::move(ranges));
}

static Error sliceShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0) || !wants(op, 0))
    return Error::success();
  auto ranges = sliceRanges(op);
  if (!ranges)
    return ranges.takeError();
  Shape out;
  if (!*ranges) {
    // Any axis may have been cut.
    for (const Expr &dim : *op.in(0).shape)
      out.push_back(op.ctx->dataDependentDim("slice", op.ctx->upperBound(dim)));
    op.outputs[0].shape = out;
    return Error::success();
  }
  for (const Range &range : **ranges)
    out.push_back(range.size);
  op.outputs[0].shape = out;
  auto in = smallShape(op.in(0)), sizes = smallShape(op.outputs[0]);
  if (!in || !sizes)
    return Error::success();
  auto strides = rowMajorStrides(*in);
  int64_t origin = 0;
  for (auto [i, range] : llvm::enumerate(**ranges)) {
    if (!range.start)
      return Error::success();
    origin += *range.start * strides[i];
    // A step past the axis leaves one element: its length does not matter.
    strides[i] *= (*sizes)[i] > 1 ? range.step : 0;
  }
  takeElements(op, 0, walkIndices(*sizes, strides, origin));
  return Error::success();
}

/// All elements in their order: a full range that is not walked backwards.
static bool takesAll(const OpView &op) {
  if (!op.ranked(0) || !op.outputs[0].hasRank() || *op.in(0).shape != *op.outputs[0].shape)
    return false;
  auto steps = op.constIntData(4);
  return !op.has(4) || (steps && llvm::all_of(*steps, [](int64_t step) { return step > 0; }));
}

static Work sliceWork(const OpView &op, const RuleParams &) {
  if (takesAll(op))
    return Work::free();
  return partialReadWork(op, op.outputs[0].bytes());
}

const Family energyopt::sliceFamily = {"movement", "D2: bytes = 2*output; free if it takes all",
                                       sliceShape, sliceWork};
