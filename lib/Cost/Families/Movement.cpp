//===- Movement.cpp - Transpose, Concat, Split -----------------------===//

#include "Cost/Families/Movement.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/PartialEval.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

/// Every family here says the same of itself under --explain.
static void explainBytes(const OpView &op, Work &work) {
  Expr read = 0, written = 0;
  for (const Expr &bytes : work.readBytes)
    read += bytes;
  for (const Expr &bytes : work.writeBytes)
    written += bytes;
  explainFormula(op, work, "bytes = read + written", read + written,
                 {{"read", read}, {"written", written}});
}

static Work movementWork(const OpView &op, const RuleParams &) {
  Work work = wholeTensorWork(op);
  explainBytes(op, work);
  return work;
}

Work energyopt::partialReadWork(const OpView &op, std::optional<Expr> taken) {
  if (!taken)
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  work.readBytes[0] = *taken;
  explainBytes(op, work);
  return work;
}

Work energyopt::freeIfSameShape(const OpView &op) {
  if (op.ranked(0) && op.outputs[0].hasRank() && *op.in(0).shape == *op.outputs[0].shape)
    return Work::free();
  return movementWork(op, {});
}

void energyopt::takeElements(OpView &op, unsigned output, ArrayRef<int64_t> positions) {
  auto contents = op.data(0);
  if (!contents)
    return;
  TensorData taken;
  for (int64_t position : positions) {
    if (position < 0 || position >= static_cast<int64_t>(contents->size()))
      return;
    taken.push_back((*contents)[position]);
  }
  setData(op, output, std::move(taken));
}

static Error copyShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  setOutput(op, 0, likeInput(op, 0));
  return Error::success();
}

const Family energyopt::copyFamily = {"movement", "D1: bytes = operands read + results written",
                                      copyShape, movementWork};

//===----------------------------------------------------------------------===//
// Transpose
//===----------------------------------------------------------------------===//

static llvm::Expected<Axes> permutation(const OpView &op, int64_t rank) {
  auto given = op.intsAttr("perm");
  if (!given) {
    Axes reversed;
    for (int64_t i = rank; i-- > 0;)
      reversed.push_back(i);
    return reversed;
  }
  if (static_cast<int64_t>(given->size()) != rank)
    return op.error("'perm' has " + Twine(given->size()) + " entries, input 0 has rank " +
                    Twine(rank));
  return normalizeAxes(op, *given, rank);
}

static Error transposeShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0) || !wants(op, 0))
    return Error::success();
  auto perm = permutation(op, op.in(0).rank());
  if (!perm)
    return perm.takeError();
  Shape out;
  for (int64_t axis : *perm)
    out.push_back(op.in(0).dim(axis));
  op.outputs[0].shape = out;
  auto in = smallShape(op.in(0));
  if (!in || !op.data(0))
    return Error::success();
  auto strides = rowMajorStrides(*in);
  llvm::SmallVector<int64_t, 4> sizes, steps;
  for (int64_t axis : *perm) {
    sizes.push_back((*in)[axis]);
    steps.push_back(strides[axis]);
  }
  takeElements(op, 0, walkIndices(sizes, steps));
  return Error::success();
}

/// The order of elements stays if the dims larger than 1 keep theirs.
static Work transposeWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0))
    return unknownShape(op);
  auto perm = permutation(op, op.in(0).rank());
  if (!perm)
    return unmodelledError(perm.takeError());
  Axes moved;
  for (int64_t axis : *perm)
    if (!op.in(0).dim(axis).is(1))
      moved.push_back(axis);
  return llvm::is_sorted(moved) ? Work::free() : movementWork(op, params);
}

const Family energyopt::transposeFamily = {
    "movement", "D1: bytes = input + output; free if only dims of size 1 move", transposeShape,
    transposeWork};

//===----------------------------------------------------------------------===//
// Concat
//===----------------------------------------------------------------------===//

/// Joins the shapes along `axis`; every other dim must agree.
static llvm::Expected<Shape> concatShapes(const OpView &op, int64_t axis) {
  Shape out = *op.in(0).shape;
  for (unsigned i = 1; i < op.numInputs(); ++i) {
    if (Error error = requireRank(op, i, out.size()))
      return error;
    for (size_t d = 0; d < out.size(); ++d) {
      const Expr &dim = op.in(i).dim(d);
      if (static_cast<int64_t>(d) == axis) {
        out[d] += dim;
        continue;
      }
      auto common = op.ctx->unify(out[d], dim);
      if (!common)
        return op.error("input " + Twine(i) + " has size " + dim.str() + " on axis " + Twine(d) +
                        ", input 0 has " + out[d].str());
      out[d] = *common;
    }
  }
  return out;
}

/// Row-major contents of a concatenation: rows of all inputs in turn.
static void concatData(OpView &op, int64_t axis) {
  if (!smallShape(op.outputs[0]))
    return;
  std::vector<TensorData> parts;
  std::vector<int64_t> run; // consecutive elements of each part
  int64_t outer = 1;
  for (unsigned i = 0; i < op.numInputs(); ++i) {
    auto sizes = smallShape(op.in(i));
    if (!sizes)
      return;
    int64_t count = *op.in(i).elements().constant();
    auto contents = op.data(i);
    parts.push_back(contents ? *contents : TensorData(count));
    if (static_cast<int64_t>(parts.back().size()) != count)
      return;
    outer = 1;
    for (int64_t d = 0; d < axis; ++d)
      outer *= (*sizes)[d];
    run.push_back(outer ? count / outer : 0);
  }
  TensorData joined;
  for (int64_t row = 0; row < outer; ++row)
    for (size_t i = 0; i < parts.size(); ++i)
      joined.insert(joined.end(), parts[i].begin() + row * run[i],
                    parts[i].begin() + (row + 1) * run[i]);
  setData(op, 0, std::move(joined));
}

static Error concatShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, op.numInputs() ? op.numInputs() : 1))
    return error;
  for (unsigned i = 1; i < op.numInputs(); ++i)
    if (Error error = requireSameType(op, {0, static_cast<int>(i)}))
      return error;
  setOutput(op, 0, op.in(0).dtype);
  for (unsigned i = 0; i < op.numInputs(); ++i)
    if (!op.ranked(i))
      return Error::success();
  auto axis = normalizeAxis(op, op.intAttr("axis", 1), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  auto shape = concatShapes(op, *axis);
  if (!shape)
    return shape.takeError();
  setOutput(op, 0, op.in(0).dtype, *shape);
  if (wants(op, 0))
    concatData(op, *axis);
  return Error::success();
}

static Work concatWork(const OpView &op, const RuleParams &params) {
  return op.numInputs() == 1 ? Work::free() : movementWork(op, params);
}

const Family energyopt::concatFamily = {"movement", "D1: bytes = inputs + output; free for one",
                                        concatShape, concatWork};

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

/// Equal parts, the last one smaller if they do not divide.
static Shape equalParts(const Expr &dim, size_t count) {
  Expr part = dim.ceilDiv(static_cast<int64_t>(count));
  Shape sizes(count, part);
  if (count > 1 && part * static_cast<int64_t>(count) != dim)
    for (size_t i = 0; i < count; ++i) {
      // Small dims leave later parts short or empty.
      Expr left = Expr::max(0, dim - part * static_cast<int64_t>(i));
      sizes[i] = Expr::min(part, left);
    }
  return sizes;
}

static llvm::Expected<Shape> splitSizes(const OpView &op, const Expr &dim) {
  size_t count = op.outputs.size();
  if (!op.has(1)) {
    int64_t parts = op.intAttr("num_outputs", count);
    if (parts != static_cast<int64_t>(count))
      return op.error("'num_outputs' is " + Twine(parts) + ", but the node has " + Twine(count) +
                      " outputs");
    return equalParts(dim, count);
  }
  Shape sizes;
  auto given = op.intData(1);
  if (!given) {
    for (size_t i = 0; i < count; ++i)
      sizes.push_back(count == 1 ? dim
                                 : op.ctx->dataDependentDim("split", op.ctx->upperBound(dim)));
    return sizes;
  }
  if (given->size() != count)
    return op.error("'split' has " + Twine(given->size()) + " entries, but the node has " +
                    Twine(count) + " outputs");
  Expr sum = 0;
  for (const Expr &size : *given) {
    if (size.constant().value_or(0) < 0)
      return op.error("'split' has a negative entry, " + size.str());
    sizes.push_back(size);
    sum += size;
  }
  if (!op.ctx->unify(dim, sum))
    return op.error("'split' sums to " + sum.str() + ", the axis has size " + dim.str());
  return sizes;
}

static Error splitShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  for (unsigned i = 0; i < op.outputs.size(); ++i)
    setOutput(op, i, op.in(0).dtype);
  if (!op.ranked(0))
    return Error::success();
  auto axis = normalizeAxis(op, op.intAttr("axis", 0), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  auto sizes = splitSizes(op, op.in(0).dim(*axis));
  if (!sizes)
    return sizes.takeError();
  auto in = smallShape(op.in(0));
  Expr start = 0;
  for (auto [i, size] : llvm::enumerate(*sizes)) {
    Shape part = *op.in(0).shape;
    part[*axis] = size;
    setOutput(op, i, op.in(0).dtype, part);
    if (in && start.isConstant() && wants(op, i))
      if (auto dims = smallShape(op.outputs[i])) {
        auto strides = rowMajorStrides(*in);
        takeElements(op, i, walkIndices(*dims, strides, *start.constant() * strides[*axis]));
      }
    start += size;
  }
  return Error::success();
}

static Work splitWork(const OpView &op, const RuleParams &params) {
  return op.outputs.size() == 1 ? Work::free() : movementWork(op, params);
}

const Family energyopt::splitFamily = {"movement", "D1: bytes = input + outputs; free for one",
                                       splitShape, splitWork};
