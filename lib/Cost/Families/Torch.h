//===- Torch.h - Families of torch.aten -------------------------*- C++ -*-===//
//
// PyTorch's signatures: sizes of kernels and axes are operands, lists of them
// results of prim.ListConstruct. Result shapes come from the types.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_TORCH_H
#define ENERGY_OPT_LIB_COST_FAMILIES_TORCH_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family torchListFamily;
extern const Family torchMatMulFamily;
extern const Family torchConvFamily;
extern const Family torchPoolFamily;
extern const Family torchNormFamily;
extern const Family torchAttentionFamily;
extern const Family torchSortFamily;
extern const Family torchSampleFamily;

/// The numbers or tensors of a list, for the ops that take it.
constexpr FamilyUse torchList() { return {&torchListFamily, {}}; }

enum class TorchMatMul : int16_t { MatMul, Linear, Add };
/// M2; `Linear`: x, weight [out, in], bias; `Add`: self + a*b.
constexpr FamilyUse torchMatMul(TorchMatMul form) {
  return {&torchMatMulFamily, {static_cast<int16_t>(form)}};
}
/// M5 or M6; `transposedAt`: operand that says which (-1: never). `backward`:
/// grad, input, weight: both gradients are contractions of the same size.
constexpr FamilyUse torchConv(int transposedAt, bool backward = false) {
  return {&torchConvFamily, {static_cast<int16_t>(transposedAt), backward}};
}
/// M15; the kernel's sizes are operand 1.
constexpr FamilyUse torchPool(bool average) { return {&torchPoolFamily, {average}}; }

enum class TorchNorm : int16_t { Batch, Layer, Group, Instance };
/// M18, M20.
constexpr FamilyUse torchNorm(TorchNorm form) {
  return {&torchNormFamily, {static_cast<int16_t>(form)}};
}
/// M2 twice and M13: softmax(Q K^T) V.
constexpr FamilyUse torchAttention() { return {&torchAttentionFamily, {}}; }
/// D7; `k`: operand with the number to keep, -1 for all.
constexpr FamilyUse torchSort(int k) { return {&torchSortFamily, {static_cast<int16_t>(k)}}; }
/// M37: each result a weighted sum of neighbours along its spatial axes.
constexpr FamilyUse torchSample() { return {&torchSampleFamily, {}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_TORCH_H
