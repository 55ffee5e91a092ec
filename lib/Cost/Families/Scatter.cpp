//===- Scatter.cpp - ScatterElements, ScatterND, TensorScatter ------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Gather.h"
#include "Cost/PartialEval.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {
/// Operand positions: Scatter* are (data, indices, updates), TensorScatter is
/// (past_cache, update, write_indices).
struct Layout {
  unsigned indices, updates;
};
} // namespace

static Layout layoutOf(const RuleParams &params) {
  bool cache = static_cast<ScatterForm>(params.a) == ScatterForm::Cache;
  return cache ? Layout{2, 1} : Layout{1, 2};
}

static Error checkElements(const OpView &op) {
  int64_t rank = op.in(0).rank();
  for (unsigned input : {1u, 2u})
    if (Error error = requireRank(op, input, rank))
      return error;
  auto axis = normalizeAxis(op, op.intAttr("axis", 0), rank);
  if (!axis)
    return axis.takeError();
  for (int64_t i = 0; op.ranked(1) && op.ranked(2) && i < rank; ++i)
    if (!op.ctx->unify(op.in(1).dim(i), op.in(2).dim(i)))
      return op.error("indices and updates differ on axis " + Twine(i) + ": " +
                      op.in(1).dim(i).str() + " and " + op.in(2).dim(i).str());
  return Error::success();
}

static Error checkND(const OpView &op) {
  if (Error error = requireRankAtLeast(op, 1, 1))
    return error;
  if (!op.ranked(1))
    return Error::success();
  auto tuple = op.in(1).shape->back().constant();
  if (!tuple)
    return Error::success();
  int64_t rank = op.in(0).rank();
  if (*tuple > rank)
    return op.error("indices of " + Twine(*tuple) + " entries exceed rank " + Twine(rank));
  return requireRank(op, 2, op.in(1).rank() - 1 + rank - *tuple);
}

/// The update is a part of the cache on one axis, of all others whole.
static Error checkCache(const OpView &op) {
  if (Error error = requireRank(op, 1, op.in(0).rank()))
    return error;
  auto axis = normalizeAxis(op, op.intAttr("axis", -2), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  for (int64_t i = 0; op.ranked(1) && i < op.in(0).rank(); ++i)
    if (i != *axis && !op.ctx->unify(op.in(0).dim(i), op.in(1).dim(i)))
      return op.error("cache and update differ on axis " + Twine(i) + ": " + op.in(0).dim(i).str() +
                      " and " + op.in(1).dim(i).str());
  return Error::success();
}

/// Writes single elements of small constant tensors, for shape arithmetic.
static void scatterData(OpView &op, const std::vector<int64_t> &positions) {
  auto base = op.data(0), updates = op.data(2);
  if (!base || !updates || updates->size() != positions.size())
    return;
  if (op.stringAttr("reduction", "none") != "none")
    return;
  TensorData result = *base;
  for (auto [i, position] : llvm::enumerate(positions)) {
    if (position < 0 || position >= static_cast<int64_t>(result.size()))
      return;
    result[position] = (*updates)[i];
  }
  setData(op, 0, std::move(result));
}

/// Positions that a ScatterND of whole or partial tuples writes.
static void scatterNDData(OpView &op) {
  auto indices = op.constIntData(1);
  auto sizes = smallShape(op.in(0)), shape = smallShape(op.in(1));
  if (!indices || !sizes || !shape || shape->empty() || shape->back() == 0)
    return;
  int64_t tuple = shape->back();
  auto strides = rowMajorStrides(*sizes);
  auto rest = llvm::ArrayRef(*sizes).drop_front(tuple);
  std::vector<int64_t> positions;
  for (size_t row = 0; row + tuple <= indices->size(); row += tuple) {
    int64_t start = 0;
    for (int64_t i = 0; i < tuple; ++i) {
      int64_t index = (*indices)[row + i], size = (*sizes)[i];
      if (index < -size || index >= size)
        return;
      start += (index < 0 ? index + size : index) * strides[i];
    }
    auto slice = walkIndices(rest, llvm::ArrayRef(strides).drop_front(tuple), start);
    positions.insert(positions.end(), slice.begin(), slice.end());
    if (positions.size() > static_cast<size_t>(kMaxEvaluatedElements))
      return;
  }
  scatterData(op, positions);
}

static void scatterElementsData(OpView &op) {
  auto indices = op.constIntData(1);
  auto sizes = smallShape(op.in(0)), shape = smallShape(op.in(1));
  if (!indices || !sizes || !shape)
    return;
  int64_t axis = op.intAttr("axis", 0);
  axis += axis < 0 ? op.in(0).rank() : 0;
  auto strides = rowMajorStrides(*sizes);
  int64_t step = strides[axis], size = (*sizes)[axis];
  strides[axis] = 0;
  std::vector<int64_t> positions = walkIndices(*shape, strides);
  for (size_t i = 0; i < positions.size(); ++i) {
    int64_t index = (*indices)[i];
    if (index < -size || index >= size)
      return;
    positions[i] += (index < 0 ? index + size : index) * step;
  }
  scatterData(op, positions);
}

static Error scatterShape(OpView &op, const RuleParams &params) {
  Layout at = layoutOf(params);
  // A cache may be written from its start, without indices.
  bool cache = static_cast<ScatterForm>(params.a) == ScatterForm::Cache;
  if (Error error = requireInputs(op, cache ? 2 : 3))
    return error;
  if (Error error = requireType(op, at.indices, isInteger, "an integer type"))
    return error;
  if (Error error = requireSameType(op, {0, static_cast<int>(at.updates)}))
    return error;
  if (Error error = requireOneOf(op, "reduction", op.stringAttr("reduction", "none"),
                                 {"none", "add", "mul", "max", "min"}))
    return error;
  setOutput(op, 0, likeInput(op, 0));
  if (!op.ranked(0))
    return Error::success();
  if (Error error = requireRankAtLeast(op, 0, 1))
    return error;
  switch (static_cast<ScatterForm>(params.a)) {
  case ScatterForm::Elements:
    if (Error error = checkElements(op))
      return error;
    if (wants(op, 0) && op.data(0))
      scatterElementsData(op);
    return Error::success();
  case ScatterForm::ND:
    if (Error error = checkND(op))
      return error;
    if (wants(op, 0) && op.data(0))
      scatterNDData(op);
    return Error::success();
  case ScatterForm::Cache:
    return checkCache(op);
  }
  return Error::success();
}

/// D6. TensorScatter exists to update a cache in place: only the update moves.
static Work scatterWork(const OpView &op, const RuleParams &params) {
  Layout at = layoutOf(params);
  if (!op.has(at.updates) || !op.in(at.updates).hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  const ValueInfo &updates = op.in(at.updates);
  if (static_cast<ScatterForm>(params.a) == ScatterForm::Cache) {
    work.readBytes[0] = 0;
    work.writeBytes[0] = *updates.bytes();
  }
  if (op.stringAttr("reduction", "none") != "none") {
    work.add(WorkClass::Vector, updates.dtype, updates.elements());
    explainProduct(op, work, "ops = updates", {updates.elements()});
  }
  return work;
}

const Family energyopt::scatterFamily = {
    "scatter",
    "D6: bytes = data + indices + updates + output; one operation per update if it "
    "reduces; a cache is updated in place",
    scatterShape, scatterWork};
