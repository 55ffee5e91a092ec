//===- ContribNorm.h - Fused normalizations of com.microsoft ----*- C++ -*-===//
//
// M20 and M21 with what optimizers fuse in front (residuals, biases, embedding
// lookups) and behind (activations, gates).
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBNORM_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBNORM_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family skipNormFamily;

enum class SkipNormForm : int16_t {
  Layer,      // SkipLayerNormalization: x, skip, gamma, beta?, bias?
  Rms,        // SkipSimplifiedLayerNormalization: x, skip, gamma, bias?
  Simplified, // SimplifiedLayerNormalization: x, scale
};
constexpr FamilyUse skipNorm(SkipNormForm form) {
  return {&skipNormFamily, {static_cast<int16_t>(form)}};
}

extern const Family embedNormFamily;
/// EmbedLayerNormalization; `quantized`: its tables are int8.
constexpr FamilyUse embedNorm(bool quantized = false) { return {&embedNormFamily, {quantized}}; }

extern const Family contribGroupNormFamily;
/// GroupNorm; `skip`: SkipGroupNorm.
constexpr FamilyUse contribGroupNorm(bool skip = false) {
  return {&contribGroupNormFamily, {skip}};
}

extern const Family gatedNormFamily;
enum class GatedNormForm : int16_t {
  Rms,       // GatedRMSNorm: RMS norm times SiLU of a gate
  Engram,    // EngramGate: two RMS norms, their dot product as a gate
  Quantized, // QOrderedLayerNormalization: int8 in and out
};
constexpr FamilyUse gatedNorm(GatedNormForm form) {
  return {&gatedNormFamily, {static_cast<int16_t>(form)}};
}

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBNORM_H
