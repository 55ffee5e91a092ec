//===- ContribMatMul.cpp - Fused and integer products of com.microsoft ----===//

#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {

//===----------------------------------------------------------------------===//
// FusedMatMul
//===----------------------------------------------------------------------===//

/// An operand as MatMul sees it. transBatch: dim 0 is the matrix' row, and the
/// dims between it and the last are the batch. trans: rows and columns swap.
/// Source: ContribOperators.md, FusedMatMul.
ValueInfo matrixOperand(const OpView &op, unsigned input, llvm::StringRef side) {
  ValueInfo info = op.in(input);
  info.kind = ValueKind::Tensor;
  if (!info.hasRank() || info.rank() < 2)
    return info;
  Shape &shape = *info.shape;
  if (op.intAttr(("transBatch" + side).str(), 0) && shape.size() > 2)
    std::rotate(shape.begin(), shape.begin() + 1, shape.end() - 1);
  if (op.intAttr(("trans" + side).str(), 0))
    std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  return info;
}

/// Where the fused forms keep their operands: all at 0 and 1.
void presentOperands(const OpView &op, InnerOp &inner) {
  inner.replace(0, matrixOperand(op, 0, "A"));
  inner.replace(1, matrixOperand(op, 1, "B"));
}

std::string activationOf(const OpView &op, FusedMatMulForm form) {
  return form == FusedMatMulForm::Gelu ? "com.microsoft.FastGelu" : op.stringAttr("activation", "");
}

Error shapeFusedMatMul(OpView &op, const RuleParams &params) {
  auto form = static_cast<FusedMatMulForm>(params.a);
  if (Error e = requireInputs(op, 2))
    return e;
  if (form == FusedMatMulForm::Sparse) {
    if (Error e = requireRank(op, 0, 2))
      return e;
  } else if (Error e = requireFloat(op, 0)) {
    return e;
  }
  InnerOp inner(op, {0, 1});
  presentOperands(op, inner);
  if (Error e = inferAs(inner, "MatMul"))
    return e;
  const ValueInfo &product = inner.view.outputs[0];
  if (form == FusedMatMulForm::Gelu && op.ranked(2) && product.hasRank() && product.rank() > 0)
    if (Error e = requireVector(op, 2, inner.view.outputs[0].shape->back()))
      return e;
  setOutput(op, 0, inner.view.outputs[0]);
  return Error::success();
}

Work workFusedMatMul(const OpView &op, const RuleParams &params) {
  auto form = static_cast<FusedMatMulForm>(params.a);
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  InnerOp inner(op, {0, 1});
  presentOperands(op, inner);
  Work work = withTrafficOf(op, workAs(inner, "MatMul"));
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Expr results = op.outputs[0].elements();
  DType type = op.outputs[0].dtype;
  addElementwise(work, type, results,
                 (op.floatAttr("alpha", 1) != 1) + (form == FusedMatMulForm::Gelu && op.has(2)));
  std::string activation = activationOf(op, form);
  if (!addActivation(op, work, activation, type, results))
    return unknownActivation(activation);
  if (form == FusedMatMulForm::Sparse)
    markBounded(work, "how many elements of the sparse operand are stored is not in the model");
  return work;
}

//===----------------------------------------------------------------------===//
// FusedGemm
//===----------------------------------------------------------------------===//

/// Gemm takes operands of one type; those of GemmFloat8 differ.
void presentGemm(const OpView &op, InnerOp &inner) {
  for (unsigned i = 1; i < 3; ++i)
    inner.retype(i, op.in(0).dtype);
}

Error shapeFusedGemm(OpView &op, const RuleParams &params) {
  if (Error e = requireInputs(op, 2))
    return e;
  InnerOp inner(op, {0, 1, 2});
  if (params.a)
    presentGemm(op, inner);
  if (Error e = inferAs(inner, "Gemm"))
    return e;
  ValueInfo out = inner.view.outputs[0];
  if (params.a)
    out.dtype = static_cast<DType>(op.intAttr("dtype", static_cast<int64_t>(DType::F32)));
  setOutput(op, 0, std::move(out));
  return Error::success();
}

Work workFusedGemm(const OpView &op, const RuleParams &params) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  InnerOp inner(op, {0, 1, 2});
  if (params.a)
    presentGemm(op, inner);
  Work work = withTrafficOf(op, workAs(inner, "Gemm"));
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Expr results = op.outputs[0].elements();
  DType type = op.outputs[0].dtype;
  std::string activation = op.stringAttr("activation", "");
  if (!addActivation(op, work, activation, type, results))
    return unknownActivation(activation);
  // scaleA*scaleB in one factor, and scaleY.
  if (params.a)
    addElementwise(work, DType::F32, results, (op.has(3) || op.has(4)) + op.has(5));
  return work;
}

//===----------------------------------------------------------------------===//
// Integer products
//===----------------------------------------------------------------------===//

/// Inputs of an integer product; -1: it has none.
struct IntegerLayout {
  int lhs, rhs, lhsScale, rhsScale, lhsZero, rhsZero, bias, outScale, outZero;
};

const IntegerLayout &integerLayout(const RuleParams &params) {
  static const IntegerLayout layouts[] = {
      {0, 1, -1, 2, -1, 3, 4, -1, -1},    // Dynamic
      {0, 1, 2, 3, 4, 5, 6, -1, -1},      // ToFloat
      {0, 1, -1, -1, -1, -1, -1, -1, -1}, // Int16
      {0, 3, 1, 4, 2, 5, 6, 7, 8},        // Gemm
      {0, 2, 1, 3, -1, -1, 5, 4, -1},     // Ordered
  };
  return layouts[params.a];
}

bool isFloatScale(DType type) { return isFloat(type) && bitWidth(type) >= 16; }
bool isInt16(DType type) { return type == DType::I16 || type == DType::U16; }
bool isByte(DType type) { return type == DType::I8 || type == DType::U8; }

/// A scale or zero point is one value or one for each column of its operand.
Error requirePerColumn(const OpView &op, int input, int operand, bool transposed) {
  if (input < 0 || !op.ranked(input) || !op.ranked(operand))
    return Error::success();
  const ValueInfo &info = op.in(input);
  if (info.rank() == 0 || info.elements().is(1))
    return Error::success();
  const Shape &shape = *op.in(operand).shape;
  if (info.rank() > 1)
    return op.error("input " + Twine(input) + " has rank " + Twine(info.rank()) +
                    ", expected one value or one per column");
  if (shape.empty())
    return Error::success();
  const Expr &columns = shape.size() > 1 && transposed ? shape[shape.size() - 2] : shape.back();
  if (!op.ctx->unify(columns, info.dim(0)))
    return op.error("input " + Twine(input) + " has " + info.dim(0).str() + " values for " +
                    columns.str() + " columns");
  return Error::success();
}

Error checkInteger(const OpView &op, IntegerMatMulForm form, const IntegerLayout &at) {
  bool wide = form == IntegerMatMulForm::Int16, dynamic = form == IntegerMatMulForm::Dynamic;
  int needed = std::max({at.lhs, at.rhs, at.lhsScale, at.rhsScale}) + 1;
  if (Error e = requireInputs(op, form == IntegerMatMulForm::Ordered ? at.outScale + 1 : needed))
    return e;
  for (int operand : {at.lhs, at.rhs}) {
    if (dynamic && operand == at.lhs)
      continue;
    if (Error e = requireType(op, operand, wide ? isInt16 : isByte,
                              wide ? "a 16-bit integer" : "an 8-bit integer"))
      return e;
  }
  for (int scale : {at.lhsScale, at.rhsScale})
    if (scale >= 0)
      if (Error e = requireType(op, scale, isFloatScale, "a float"))
        return e;
  if (Error e = requireSameType(op, {at.lhsScale, at.rhsScale}))
    return e;
  if (Error e = requireSameType(op, {at.lhs, at.lhsZero}))
    return e;
  if (Error e = requireSameType(op, {at.rhs, at.rhsZero}))
    return e;
  bool transposed = form == IntegerMatMulForm::Gemm && op.intAttr("transB", 0);
  for (auto [input, operand] : {std::pair(at.lhsScale, at.lhs), std::pair(at.rhsScale, at.rhs),
                                std::pair(at.lhsZero, at.lhs), std::pair(at.rhsZero, at.rhs)})
    if (Error e = requirePerColumn(op, input, operand, transposed && operand == at.rhs))
      return e;
  return Error::success();
}

DType integerResult(const OpView &op, IntegerMatMulForm form, const IntegerLayout &at) {
  switch (form) {
  case IntegerMatMulForm::Dynamic:
    return op.in(at.lhs).dtype;
  case IntegerMatMulForm::ToFloat:
    return op.in(at.lhsScale).dtype;
  case IntegerMatMulForm::Int16:
    return op.in(0).dtype == DType::U16 && op.in(1).dtype == DType::U16 ? DType::U32 : DType::I32;
  case IntegerMatMulForm::Gemm:
    return op.has(at.outScale) && op.has(at.outZero) ? op.in(at.outZero).dtype : DType::F32;
  case IntegerMatMulForm::Ordered:
    return DType::I8;
  }
  return DType::Undefined;
}

/// The product as the plain op sees it: both operands of the type that is
/// multiplied in.
void presentProduct(const OpView &op, IntegerMatMulForm form, const IntegerLayout &at,
                    InnerOp &inner) {
  DType type = form == IntegerMatMulForm::Dynamic
                   ? op.in(at.rhs).dtype
                   : productType(op.in(at.lhs).dtype, op.in(at.rhs).dtype);
  inner.retype(0, type);
  inner.retype(1, type);
}

const char *plainProduct(IntegerMatMulForm form) {
  return form == IntegerMatMulForm::Gemm ? "Gemm" : "MatMul";
}

Error shapeInteger(OpView &op, const RuleParams &params) {
  auto form = static_cast<IntegerMatMulForm>(params.a);
  const IntegerLayout &at = integerLayout(params);
  if (Error e = checkInteger(op, form, at))
    return e;
  InnerOp inner(op, {at.lhs, at.rhs});
  presentProduct(op, form, at, inner);
  if (Error e = inferAs(inner, plainProduct(form)))
    return e;
  ValueInfo out = inner.view.outputs[0];
  out.dtype = integerResult(op, form, at);
  if (at.bias >= 0 && out.hasRank() && out.rank() > 0 && op.ranked(at.bias))
    if (Error e = form == IntegerMatMulForm::Gemm ? requireBroadcastTo(op, at.bias, *out.shape)
                                                  : requireVector(op, at.bias, out.shape->back()))
      return e;
  setOutput(op, 0, std::move(out));
  return Error::success();
}

Work workInteger(const OpView &op, const RuleParams &params) {
  auto form = static_cast<IntegerMatMulForm>(params.a);
  const IntegerLayout &at = integerLayout(params);
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  InnerOp inner(op, {at.lhs, at.rhs});
  presentProduct(op, form, at, inner);
  Work product = workAs(inner, plainProduct(form));
  // What the plain op does besides its product is done differently here.
  llvm::erase_if(product.items, [](const WorkItem &item) { return !isContraction(item.cls); });
  Work work = withTrafficOf(op, std::move(product));
  if (work.status == WorkStatus::Unmodelled || form == IntegerMatMulForm::Int16)
    return work;
  if (form == IntegerMatMulForm::Dynamic)
    addElementwise(work, DType::F32, op.in(at.lhs).elements(), kDynamicQuantizeOps);
  for (auto [operand, zero] : {std::pair(at.lhs, at.lhsZero), std::pair(at.rhs, at.rhsZero)})
    if (zero >= 0 && op.has(zero))
      addElementwise(work, DType::I32, op.in(operand).elements(), 1);
  bool quantized = bitWidth(op.outputs[0].dtype) == 8;
  addElementwise(work, DType::F32, op.outputs[0].elements(),
                 (quantized ? kRequantizeOps : dequantizeOps(false)) +
                     (at.bias >= 0 && op.has(at.bias)) +
                     (form == IntegerMatMulForm::Ordered && op.has(6) ? 2 : 0));
  return work;
}

} // namespace

const Family energyopt::fusedMatMulFamily = {
    "matmul", "M2: macs = groups*M*N*K; alpha, bias, activation per result", shapeFusedMatMul,
    workFusedMatMul};
const Family energyopt::fusedGemmFamily = {
    "gemm", "M3: macs = M*N*K; alpha, beta, activation per result", shapeFusedGemm, workFusedGemm};
const Family energyopt::integerMatMulFamily = {
    "matmul", "Q3: integer macs = groups*M*N*K; scaling and bias per result", shapeInteger,
    workInteger};
