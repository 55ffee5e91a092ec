//===- Contraction.cpp - Matrix products and their kin --------------------===//

#include "Cost/Families/Contraction.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Einsum.h"
#include "Cost/Families/Explain.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

Expr energyopt::contractionMacs(const ContractionDims &dims) {
  return dims.groups * dims.m * dims.n * dims.k;
}

void energyopt::addMatMul(const OpView &op, Work &work, DType dtype, bool parameter,
                          const ContractionDims &dims) {
  work.add(parameter ? WorkClass::MatMul : WorkClass::BatchMatMul, dtype, contractionMacs(dims),
           dims);
  explainProduct(op, work, "macs = groups*M*N*K", {dims.groups, dims.m, dims.n, dims.k});
}

DType energyopt::productType(DType lhs, DType rhs) {
  return bitWidth(rhs) > bitWidth(lhs) ? rhs : lhs;
}

//===----------------------------------------------------------------------===//
// MatMul
//===----------------------------------------------------------------------===//

/// A batch that only the left operand has is more rows of one product.
static ContractionDims matmulDims(ArrayRef<Expr> batch, ArrayRef<Expr> rhsBatch, const Expr &m,
                                  const Expr &n, const Expr &k) {
  bool shared = llvm::all_of(rhsBatch, [](const Expr &dim) { return dim.is(1); });
  if (shared)
    return {1, numElements(batch) * m, n, k};
  return {numElements(batch), m, n, k};
}

Expected<MatMulShape> energyopt::matmulShape(const OpView &op, ArrayRef<Expr> lhs,
                                             ArrayRef<Expr> rhs) {
  if (lhs.empty() || rhs.empty())
    return op.error("a matrix product needs operands of rank 1 or more, not scalars");
  Expr m = lhs.size() > 1 ? lhs[lhs.size() - 2] : Expr(1);
  Expr n = rhs.size() > 1 ? rhs.back() : Expr(1);
  const Expr &right = rhs.size() > 1 ? rhs[rhs.size() - 2] : rhs.back();
  auto k = op.ctx->unify(lhs.back(), right);
  if (!k)
    return op.error("inner dims " + lhs.back().str() + " and " + right.str() + " differ");
  ArrayRef<Expr> lhsBatch = lhs.drop_back(std::min<size_t>(2, lhs.size()));
  ArrayRef<Expr> rhsBatch = rhs.drop_back(std::min<size_t>(2, rhs.size()));
  auto batch = broadcastShapes(op, {lhsBatch, rhsBatch});
  if (!batch)
    return batch.takeError();
  MatMulShape shape;
  shape.dims = matmulDims(*batch, rhsBatch, m, n, *k);
  shape.result = *batch;
  if (lhs.size() > 1)
    shape.result.push_back(m);
  if (rhs.size() > 1)
    shape.result.push_back(n);
  return shape;
}

namespace {
/// Where a MatMul form keeps its operands; -1: it has none.
struct MatMulLayout {
  int lhs, rhs, lhsZero, rhsZero, outZero;
};
} // namespace

static const MatMulLayout &layoutOf(const RuleParams &params) {
  static const MatMulLayout layouts[] = {
      {0, 1, -1, -1, -1}, // Plain
      {0, 1, 2, 3, -1},   // Integer
      {0, 3, 2, 5, 7},    // QLinear
  };
  return layouts[params.a];
}

static Error checkMatMulTypes(const OpView &op, const RuleParams &params) {
  const MatMulLayout &at = layoutOf(params);
  MatMulForm form = static_cast<MatMulForm>(params.a);
  if (form == MatMulForm::Plain)
    return requireSameType(op, {0, 1});
  for (int input : {at.lhs, at.rhs})
    if (Error error = requireQuantized(op, input))
      return error;
  if (Error error = requireSameType(op, {at.lhs, at.lhsZero}))
    return error;
  return requireSameType(op, {at.rhs, at.rhsZero});
}

static Error matmulShapeRule(OpView &op, const RuleParams &params) {
  const MatMulLayout &at = layoutOf(params);
  if (Error error = requireInputs(op, std::max({2, at.rhs + 1, at.outZero + 1})))
    return error;
  if (Error error = checkMatMulTypes(op, params))
    return error;
  DType type = at.outZero >= 0                                            ? op.in(at.outZero).dtype
               : static_cast<MatMulForm>(params.a) == MatMulForm::Integer ? DType::I32
                                                                          : op.in(at.lhs).dtype;
  setOutput(op, 0, type);
  if (!op.ranked(at.lhs) || !op.ranked(at.rhs))
    return Error::success();
  auto shape = matmulShape(op, *op.in(at.lhs).shape, *op.in(at.rhs).shape);
  if (!shape)
    return shape.takeError();
  op.outputs[0].shape = shape->result;
  return Error::success();
}

static Work matmulWork(const OpView &op, const RuleParams &params) {
  const MatMulLayout &at = layoutOf(params);
  if (!op.ranked(at.lhs) || !op.ranked(at.rhs))
    return unknownShape(op);
  auto shape = matmulShape(op, *op.in(at.lhs).shape, *op.in(at.rhs).shape);
  if (!shape)
    return unmodelledError(shape.takeError());
  Work work = wholeTensorWork(op);
  const ValueInfo &lhs = op.in(at.lhs), &rhs = op.in(at.rhs);
  addMatMul(op, work, productType(lhs.dtype, rhs.dtype), lhs.isParameter || rhs.isParameter,
            shape->dims);
  // Zero points are subtracted from every element of an operand.
  for (auto [operand, zero] : {std::pair(at.lhs, at.lhsZero), std::pair(at.rhs, at.rhsZero)})
    if (zero >= 0 && op.has(zero))
      work.add(WorkClass::Vector, DType::I32, op.in(operand).elements());
  if (at.outZero >= 0)
    work.add(WorkClass::Vector, DType::F32, Expr(kRequantizeOps) * op.outputs[0].elements());
  return work;
}

const Family energyopt::matmulFamily = {"matmul",
                                        "M2: macs = groups*M*N*K of the (broadcast) matrix product",
                                        matmulShapeRule, matmulWork};

//===----------------------------------------------------------------------===//
// Gemm
//===----------------------------------------------------------------------===//

/// The matrix operand as [rows, columns] after its transposition.
static Expected<std::pair<Expr, Expr>> gemmOperand(const OpView &op, unsigned input,
                                                   llvm::StringRef transposed) {
  const Shape &shape = *op.in(input).shape;
  if (shape.size() != 2)
    return op.error("input " + Twine(input) + " has rank " + Twine(shape.size()) + ", expected 2");
  if (op.intAttr(transposed, 0))
    return std::pair(shape[1], shape[0]);
  return std::pair(shape[0], shape[1]);
}

static Expected<ContractionDims> gemmDims(const OpView &op) {
  auto lhs = gemmOperand(op, 0, "transA");
  if (!lhs)
    return lhs.takeError();
  auto rhs = gemmOperand(op, 1, "transB");
  if (!rhs)
    return rhs.takeError();
  auto k = op.ctx->unify(lhs->second, rhs->first);
  if (!k)
    return op.error("inner dims " + lhs->second.str() + " and " + rhs->first.str() + " differ");
  return ContractionDims{1, lhs->first, rhs->second, *k};
}

static Error gemmShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireSameType(op, {0, 1, 2}))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0) || !op.ranked(1))
    return Error::success();
  auto dims = gemmDims(op);
  if (!dims)
    return dims.takeError();
  Shape result = {dims->m, dims->n};
  if (op.ranked(2))
    if (Error error = requireBroadcastTo(op, 2, result))
      return error;
  op.outputs[0].shape = result;
  return Error::success();
}

/// M3: Y = alpha*A*B + beta*C: M2, one op per output element for each of the
/// addition, alpha != 1 and beta != 1. Source: ONNX Operators.md, Gemm.
static Work gemmWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.ranked(1))
    return unknownShape(op);
  auto dims = gemmDims(op);
  if (!dims)
    return unmodelledError(dims.takeError());
  Work work = wholeTensorWork(op);
  DType type = op.in(0).dtype;
  addMatMul(op, work, type, op.in(0).isParameter || op.in(1).isParameter, *dims);
  bool biased = op.has(2);
  int64_t perElement = (biased ? 1 : 0) + (op.floatAttr("alpha", 1) != 1 ? 1 : 0) +
                       (biased && op.floatAttr("beta", 1) != 1 ? 1 : 0);
  if (perElement)
    work.add(WorkClass::Vector, type, Expr(perElement) * dims->m * dims->n);
  return work;
}

const Family energyopt::gemmFamily = {
    "gemm", "M3: macs = M*N*K, and one op per output element for each of +C, alpha, beta",
    gemmShape, gemmWork};
