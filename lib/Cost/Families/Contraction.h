//===- Contraction.h - Matrix products and their kin ------------*- C++ -*-===//
//
// MatMul, Gemm, Einsum and their integer forms all come down to `groups`
// independent products [m,k]x[k,n]; the same product written in any of these
// ways has the same ContractionDims.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRACTION_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRACTION_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family matmulFamily;
extern const Family gemmFamily;
extern const Family einsumFamily;

/// How the operands of a MatMul are laid out and typed.
enum class MatMulForm : int16_t {
  Plain,   // A, B
  Integer, // A, B, a_zero_point?, b_zero_point? -> int32
  QLinear  // a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point
};
constexpr FamilyUse matmul(MatMulForm form = MatMulForm::Plain) {
  return {&matmulFamily, {static_cast<int16_t>(form)}};
}
constexpr FamilyUse gemm() { return {&gemmFamily, {}}; }
constexpr FamilyUse einsum() { return {&einsumFamily, {}}; }

/// M2: macs = groups*m*n*k.
Expr contractionMacs(const ContractionDims &dims);

/// Adds M2 to `work`. `parameter`: one operand is a parameter, which makes it
/// a MatMul, else it is a BatchMatMul.
void addMatMul(const OpView &op, Work &work, DType dtype, bool parameter,
               const ContractionDims &dims);

/// What numpy.matmul makes of two shapes.
struct MatMulShape {
  Shape result;
  ContractionDims dims;
};
/// Batch dims broadcast, inner dims must agree; a vector operand is a row or a
/// column. Batch dims that only the left operand has join its rows: a stack of
/// matrices times one matrix is a single taller product.
llvm::Expected<MatMulShape> matmulShape(const OpView &op, llvm::ArrayRef<Expr> lhs,
                                        llvm::ArrayRef<Expr> rhs);

/// Type that a product of two integer (or float) types is computed in: the
/// wider operand's.
DType productType(DType lhs, DType rhs);

/// Requantization of one int32 accumulator to 8 bits: convert, scale, round,
/// add the zero point, clamp at both ends.
constexpr int64_t kRequantizeOps = 6;

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRACTION_H
