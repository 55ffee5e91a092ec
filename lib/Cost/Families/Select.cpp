//===- Select.cpp - TopK, NonZero, Unique, Compress -----------------------===//

#include "Cost/Families/Select.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Movement.h"
#include "Cost/Families/RunTime.h"
#include "Cost/PartialEval.h"

#include "llvm/Support/MathExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

Expr energyopt::sortComparisons(const Expr &elements, const Expr &k) {
  constexpr unsigned kUnknownLog = 16;
  auto c = k.constant();
  unsigned steps = c ? llvm::Log2_64_Ceil(std::max<int64_t>(*c, 2)) : kUnknownLog;
  return elements * steps;
}

/// Whole tensors and `comparisons`, an upper bound.
static Work comparingWork(const OpView &op, const Expr &comparisons, llvm::StringRef formula) {
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  work.add(WorkClass::Vector, op.in(0).dtype, comparisons);
  explainFormula(op, work, formula, comparisons, {{"elements", op.in(0).elements()}});
  markBounded(work, "the number of comparisons depends on run-time data");
  return work;
}

//===----------------------------------------------------------------------===//
// TopK
//===----------------------------------------------------------------------===//

static Error topKShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  setOutput(op, 1, DType::I64);
  if (!op.ranked(0))
    return Error::success();
  auto axis = normalizeAxis(op, op.intAttr("axis", -1), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  const Expr &dim = op.in(0).dim(*axis);
  auto given = op.intData(1);
  if (given && given->size() != 1)
    return op.error("'K' has " + Twine(given->size()) + " entries, expected 1");
  Expr k = given ? given->front() : op.ctx->dataDependentDim("k", op.ctx->upperBound(dim));
  if (k.constant() && (*k.constant() < 0 || *k.constant() > dim.constant().value_or(INT64_MAX)))
    return op.error("cannot take " + k.str() + " of " + dim.str() + " elements");
  Shape out = *op.in(0).shape;
  out[*axis] = k;
  setOutput(op, 0, op.in(0).dtype, out);
  setOutput(op, 1, DType::I64, out);
  return Error::success();
}

static Work topKWork(const OpView &op, const RuleParams &) {
  const ValueInfo &out = wants(op, 0) ? op.outputs[0] : op.outputs.back();
  if (!op.ranked(0) || !out.hasRank())
    return unknownShape(op);
  int64_t axis = op.intAttr("axis", -1);
  Expr k = out.dim(axis < 0 ? axis + out.rank() : axis);
  return comparingWork(op, sortComparisons(op.in(0).elements(), op.ctx->upperBound(k)),
                       "comparisons <= elements*ceil(log2 k)");
}

const Family energyopt::topKFamily = {"sort", "D7: comparisons <= elements * ceil(log2 k)",
                                      topKShape, topKWork};

//===----------------------------------------------------------------------===//
// NonZero
//===----------------------------------------------------------------------===//

/// Coordinates of the elements that are not 0, if all are known.
static std::optional<std::vector<int64_t>> nonZeroPositions(const OpView &op) {
  auto contents = op.data(0);
  if (!contents)
    return std::nullopt;
  std::vector<int64_t> positions;
  for (size_t i = 0; i < contents->size(); ++i) {
    // A dim is not 0.
    auto e = (*contents)[i].asInt();
    bool positive = e && e->lowerBound().value_or(0) > 0;
    auto value = (*contents)[i].asFloat();
    if (!value && !positive)
      return std::nullopt;
    if (positive || *value != 0)
      positions.push_back(static_cast<int64_t>(i));
  }
  return positions;
}

static Error nonZeroShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  setOutput(op, 0, DType::I64);
  if (!op.ranked(0) || !wants(op, 0))
    return Error::success();
  // A scalar counts as a vector of one.
  int64_t rank = std::max<int64_t>(op.in(0).rank(), 1);
  auto positions = nonZeroPositions(op);
  auto sizes = smallShape(op.in(0));
  if (!positions || !sizes) {
    Expr count = op.ctx->dataDependentDim("nonzero", op.ctx->upperBound(op.in(0).elements()));
    op.outputs[0].shape = Shape{rank, count};
    return Error::success();
  }
  op.outputs[0].shape = Shape{rank, static_cast<int64_t>(positions->size())};
  if (sizes->empty())
    sizes->push_back(1);
  auto strides = rowMajorStrides(*sizes);
  TensorData coordinates;
  for (int64_t axis = 0; axis < rank; ++axis)
    for (int64_t position : *positions)
      coordinates.emplace_back(position / strides[axis] % (*sizes)[axis]);
  setData(op, 0, std::move(coordinates));
  return Error::success();
}

static Work nonZeroWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  return comparingWork(op, op.in(0).elements(), "comparisons = elements");
}

const Family energyopt::nonZeroFamily = {"select", "D8: one comparison per element", nonZeroShape,
                                         nonZeroWork};

//===----------------------------------------------------------------------===//
// Unique
//===----------------------------------------------------------------------===//

static Error uniqueShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  for (unsigned i = 1; i < 4; ++i)
    setOutput(op, i, DType::I64);
  if (!op.ranked(0))
    return Error::success();
  Expr size = op.in(0).elements();
  Shape out;
  std::optional<int64_t> axis;
  if (op.hasAttr("axis")) {
    auto normal = normalizeAxis(op, op.intAttr("axis", 0), op.in(0).rank());
    if (!normal)
      return normal.takeError();
    axis = *normal;
    size = op.in(0).dim(*axis);
    out = *op.in(0).shape;
  }
  Expr count = op.ctx->dataDependentDim("unique", op.ctx->upperBound(size));
  if (axis)
    out[*axis] = count;
  else
    out = {count};
  setOutput(op, 0, op.in(0).dtype, out);
  setOutput(op, 1, DType::I64, Shape{count}); // first occurrences
  setOutput(op, 2, DType::I64, Shape{size});  // inverse
  setOutput(op, 3, DType::I64, Shape{count}); // counts
  return Error::success();
}

static Work uniqueWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  Expr elements = op.in(0).elements();
  return comparingWork(op, sortComparisons(elements, op.ctx->upperBound(elements)),
                       "comparisons <= elements*ceil(log2 elements)");
}

const Family energyopt::uniqueFamily = {"sort", "D7: comparisons <= elements * ceil(log2 elements)",
                                        uniqueShape, uniqueWork};

//===----------------------------------------------------------------------===//
// Compress
//===----------------------------------------------------------------------===//

static Error compressShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireRank(op, 1, 1))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0))
    return Error::success();
  Shape out = {op.in(0).elements()};
  int64_t axis = 0;
  if (op.hasAttr("axis")) {
    auto normal = normalizeAxis(op, op.intAttr("axis", 0), op.in(0).rank());
    if (!normal)
      return normal.takeError();
    axis = *normal;
    out = *op.in(0).shape;
  }
  // The condition may be shorter than the axis.
  Expr limit = op.ctx->upperBound(out[axis]);
  if (op.ranked(1))
    limit = Expr::min(limit, op.ctx->upperBound(op.in(1).dim(0)));
  if (auto kept = op.constIntData(1))
    out[axis] = llvm::count_if(*kept, [](int64_t keep) { return keep != 0; });
  else
    out[axis] = op.ctx->dataDependentDim("compress", limit);
  setOutput(op, 0, op.in(0).dtype, out);
  return Error::success();
}

static Work compressWork(const OpView &op, const RuleParams &) {
  return partialReadWork(op, op.outputs[0].bytes());
}

const Family energyopt::compressFamily = {"select", "D2: bytes = 2*output + condition",
                                          compressShape, compressWork};
