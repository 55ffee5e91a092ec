//===- ContribMath.cpp - Distances, inverses, alignments ------------------===//

#include "Cost/Families/ContribMath.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Determinant.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {

//===----------------------------------------------------------------------===//
// CDist
//===----------------------------------------------------------------------===//

Error shapeDistance(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 2))
    return e;
  for (unsigned input : {0, 1})
    if (Error e = requireRank(op, input, 2))
      return e;
  std::optional<Shape> shape;
  if (op.ranked(0) && op.ranked(1)) {
    if (!op.ctx->unify(op.in(0).dim(1), op.in(1).dim(1)))
      return op.error("points of " + op.in(0).dim(1).str() + " and " + op.in(1).dim(1).str() +
                      " coordinates");
    shape = Shape{op.in(0).dim(0), op.in(1).dim(0)};
  }
  setOutput(op, 0, op.in(0).dtype, shape);
  return Error::success();
}

/// L1: |a|^2 + |b|^2 - 2*a.b: macs = M*K*N, squares and sums of both sides, 4
/// operations a pair, and a root for the Euclidean distance. Other metrics
/// subtract coordinate by coordinate: 3*M*K*N operations.
Work workDistance(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  DType type = op.in(0).dtype;
  const Expr &m = op.in(0).dim(0), &k = op.in(1).dim(0), &n = op.in(0).dim(1);
  std::string metric = op.stringAttr("metric", "sqeuclidean");
  if (metric != "sqeuclidean" && metric != "euclidean") {
    addElementwise(work, type, m * k * n, 3);
    return work;
  }
  addMatMul(op, work, type, op.in(0).isParameter || op.in(1).isParameter, {1, m, k, n});
  addElementwise(work, type, (m + k) * n, 2);
  addElementwise(work, type, m * k, metric == "euclidean" ? 5 : 4);
  return work;
}

//===----------------------------------------------------------------------===//
// Inverse
//===----------------------------------------------------------------------===//

Error shapeInverse(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 1))
    return e;
  if (op.ranked(0))
    if (auto batch = squareBatch(op); !batch)
      return batch.takeError();
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  return Error::success();
}

/// L2: 2*n^3 operations a matrix: M14, and two triangular systems for each
/// column of the identity. Source: Golub and Van Loan, section 3.4.
Work workInverse(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  auto batch = squareBatch(op);
  if (!batch)
    return unmodelledError(batch.takeError());
  const Expr &n = op.in(0).shape->back();
  work.add(WorkClass::Vector, op.in(0).dtype, numElements(*batch) * n * n * n * 2);
  return work;
}

//===----------------------------------------------------------------------===//
// DynamicTimeWarping
//===----------------------------------------------------------------------===//

Error shapeTimeWarp(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 1))
    return e;
  std::optional<Shape> shape;
  if (op.ranked(0)) {
    const Shape &cost = *op.in(0).shape;
    if (cost.size() != 2 && !(cost.size() == 3 && cost[0].constant().value_or(1) == 1))
      return op.error("costs " + op.in(0).str() + " are neither [M,N] nor [1,M,N]");
    Expr bound = op.ctx->upperBound(cost[cost.size() - 2]) + op.ctx->upperBound(cost.back()) - 1;
    shape = Shape{2, op.ctx->dataDependentDim("path", bound)};
  }
  setOutput(op, 0, DType::I32, shape);
  return Error::success();
}

/// L3: each cell takes the least of three neighbours and adds its cost; the
/// path is then followed back.
Work workTimeWarp(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  addElementwise(work, op.in(0).dtype, op.in(0).elements(), 3);
  return work;
}

//===----------------------------------------------------------------------===//
// UnfoldTensor, ExpandDims
//===----------------------------------------------------------------------===//

Error shapeUnfold(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 1))
    return e;
  auto size = positiveAttr(op, "size");
  if (!size)
    return size.takeError();
  int64_t step = op.intAttr("step", 1);
  if (step < 1)
    return op.error("attribute step is " + Twine(step) + ", expected at least 1");
  std::optional<Shape> shape = op.in(0).shape;
  if (shape) {
    auto axis = normalizeAxis(op, op.intAttr("dim", -1), shape->size());
    if (!axis)
      return axis.takeError();
    Expr &dim = (*shape)[*axis];
    if (dim.constant() && *dim.constant() < *size)
      return op.error("slices of " + Twine(*size) + " do not fit a dim of " + dim.str());
    dim = (dim - *size).floorDiv(step) + 1;
    shape->push_back(*size);
  }
  setOutput(op, 0, op.in(0).dtype, shape);
  return Error::success();
}

Work workUnfold(const OpView &op, const RuleParams &) { return resultWork(op); }

Error shapeExpandDims(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 2))
    return e;
  ValueInfo out = likeInput(op, 0);
  auto where = op.constIntData(1);
  if (out.hasRank() && where && where->size() == 1) {
    auto axis = normalizeAxis(op, where->front(), out.rank() + 1);
    if (!axis)
      return axis.takeError();
    out.shape->insert(out.shape->begin() + *axis, Expr(1));
  } else {
    out.shape = std::nullopt;
  }
  setOutput(op, 0, std::move(out));
  return Error::success();
}

Work workExpandDims(const OpView &, const RuleParams &) { return Work::free(); }

//===----------------------------------------------------------------------===//
// Unique
//===----------------------------------------------------------------------===//

Error shapeFirstSeen(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 1))
    return e;
  if (Error e = requireRank(op, 0, 1))
    return e;
  std::optional<Shape> all = op.in(0).shape, found;
  if (all)
    found = Shape{op.ctx->dataDependentDim("unique", op.ctx->upperBound((*all)[0]))};
  setOutput(op, 0, op.in(0).dtype, found);
  setOutput(op, 1, DType::I64, all);
  setOutput(op, 2, DType::I64, found);
  return Error::success();
}

/// L4: one lookup an element.
Work workFirstSeen(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status != WorkStatus::Unmodelled)
    addElementwise(work, DType::I64, op.in(0).elements(), 1);
  return work;
}

} // namespace

const Family energyopt::distanceFamily = {"distance",
                                          "L1: macs = M*K*N (Euclidean), else 3*M*K*N operations",
                                          shapeDistance, workDistance};
const Family energyopt::inverseFamily = {"inverse", "L2: flops = matrices*2*n^3", shapeInverse,
                                         workInverse};
const Family energyopt::timeWarpFamily = {"time-warp", "L3: flops = 3*M*N", shapeTimeWarp,
                                          workTimeWarp};
const Family energyopt::unfoldFamily = {"movement", "D1: bytes = input + output", shapeUnfold,
                                        workUnfold};
const Family energyopt::expandDimsFamily = {"view", "D0: no arithmetic, no bytes", shapeExpandDims,
                                            workExpandDims};
const Family energyopt::firstSeenFamily = {"hash", "L4: int_ops = elements", shapeFirstSeen,
                                           workFirstSeen};
