//===- ContribMatMul.h - Matrix products of com.microsoft -------*- C++ -*-===//
//
// Fused, integer and weight-quantized matrix products: M2 or M3 of the plain
// product, and what is done to operands and results around it.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBMATMUL_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBMATMUL_H

#include "Cost/Families/Quantize.h"
#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family fusedMatMulFamily;
extern const Family fusedGemmFamily;
extern const Family integerMatMulFamily;
extern const Family packedMatMulFamily;
extern const Family packedProjectionsFamily;

/// FusedMatMul and its kin: transposed operands, alpha, an activation.
enum class FusedMatMulForm : int16_t {
  Plain,  // FusedMatMul, TransposeMatMul, FusedMatMulActivation
  Gelu,   // GemmFastGelu: X, W, bias?
  Sparse, // SparseToDenseMatMul: the sparse operand counted dense, as a bound
};
constexpr FamilyUse fusedMatMul(FusedMatMulForm form = FusedMatMulForm::Plain) {
  return {&fusedMatMulFamily, {static_cast<int16_t>(form)}};
}

/// FusedGemm; `float8`: GemmFloat8, with scales and an output type.
constexpr FamilyUse fusedGemm(bool float8 = false) { return {&fusedGemmFamily, {float8}}; }

enum class IntegerMatMulForm : int16_t {
  Dynamic, // DynamicQuantizeMatMul: float A, quantized on the way
  ToFloat, // MatMulIntegerToFloat
  Int16,   // MatMulInteger16
  Gemm,    // QGemm
  Ordered, // QOrderedMatMul
};
/// Q3: macs in the integer type; per result a conversion and a scaling (or
/// kRequantizeOps), the bias; per operand element its zero point.
constexpr FamilyUse integerMatMul(IntegerMatMulForm form) {
  return {&integerMatMulFamily, {static_cast<int16_t>(form)}};
}

/// How weights are packed.
enum class PackedForm : int16_t {
  NBits,    // MatMulNBits: bits, block_size, scales, zero points
  Bnb4,     // MatMulBnb4: FP4 or NF4, absmax per block
  FpQ4,     // MatMulFpQ4: an opaque blob and its shape
  BlockFp4, // MatMulBlockQuantizedFp4Weight
  BlockFp8, // MatMulBlockQuantizedFp8Weight
};
/// Q4: macs = rows*N*K in the activations' type (int8 at accuracy_level 4);
/// each of the N*K weights is dequantized once.
constexpr FamilyUse packedMatMul(PackedForm form) {
  return {&packedMatMulFamily, {static_cast<int16_t>(form)}};
}

/// MatMulNBitsMlp and, if `qkv`, MatMulNBitsQkv: projections of one input.
constexpr FamilyUse packedProjections(bool qkv) { return {&packedProjectionsFamily, {qkv}}; }

/// Quantizing an activation on the way: its range (2 compares an element) and
/// M40.
constexpr int64_t kDynamicQuantizeOps = 2 + quantizeOps(/*zeroPoint=*/true);

/// N, K, bits and block size of a MatMulNBits-like op, checked.
struct PackedWeight {
  int64_t n, k, bits, block;
  Expr blocks() const { return Expr(k).ceilDiv(block); }
  Expr elements() const { return Expr(n) * Expr(k); }
};
/// Checks one packed weight: its bytes at input `weight`, its scales at `scales`.
llvm::Error checkPackedWeight(const OpView &op, const PackedWeight &packed, unsigned weight,
                              unsigned scales);
/// Attributes of a weight with `n` columns; an error if they make no sense.
llvm::Expected<PackedWeight> readPackedWeight(const OpView &op, int64_t n);
/// An attribute that must be at least 1.
llvm::Expected<int64_t> positiveAttr(const OpView &op, llvm::StringRef name);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBMATMUL_H
