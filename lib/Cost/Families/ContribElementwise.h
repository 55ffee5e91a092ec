//===- ContribElementwise.h - Fused activations and dropouts ----*- C++ -*-===//
//
// com.microsoft's fusions that make one result per element, beyond what the
// elementwise family's fixed numbers express.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBELEMENTWISE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBELEMENTWISE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family fastGeluFamily;
/// M9 in tanh form; the optional bias is one more operation.
constexpr FamilyUse fastGelu() { return {&fastGeluFamily, {}}; }

extern const Family biasSplitGeluFamily;
constexpr FamilyUse biasSplitGelu() { return {&biasSplitGeluFamily, {}}; }

extern const Family biasDropoutFamily;
/// M11 and an addition for each of bias and residual. `bitmask`: the mask is
/// packed 32 to a uint32; `bias`: data, bias, residual?, ratio?, training?, else
/// data, ratio?, training?.
constexpr FamilyUse biasDropout(bool bias, bool bitmask) {
  return {&biasDropoutFamily, {bias, bitmask}};
}

extern const Family attentionGateFamily;
/// LinearAttentionGate: decay = scale*Softplus(a + bias), beta = Sigmoid(b).
constexpr FamilyUse attentionGate() { return {&attentionGateFamily, {}}; }

extern const Family biasSoftmaxFamily;
constexpr FamilyUse biasSoftmax() { return {&biasSoftmaxFamily, {}}; }

extern const Family allFiniteFamily;
/// IsAllFinite, ReduceAllL2: variadic to one scalar; `ops` per element.
constexpr FamilyUse toScalar(int ops, bool boolean) {
  return {&allFiniteFamily, {static_cast<int16_t>(ops), boolean}};
}

extern const Family likeInputFamily;
/// Outputs typed and shaped as inputs: output i as input min(i + first, last).
/// `ops` and `transcendentals` per element of output 0.
constexpr FamilyUse likeInputs(int first, int ops, int transcendentals = 0) {
  return {&likeInputFamily,
          {static_cast<int16_t>(first), static_cast<int16_t>(ops),
           static_cast<int16_t>(transcendentals)}};
}

extern const Family murmurFamily;
constexpr FamilyUse murmurHash() { return {&murmurFamily, {}}; }

extern const Family opaqueFamily;
/// Ops whose meaning stands in a vendor's binary payload or another process.
constexpr FamilyUse opaque() { return {&opaqueFamily, {}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBELEMENTWISE_H
