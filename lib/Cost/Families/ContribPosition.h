//===- ContribPosition.h - Positions in attention ---------------*- C++ -*-===//
//
// Rotary embeddings and position biases of com.microsoft.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBPOSITION_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBPOSITION_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family contribRotaryFamily;
enum class RotaryForm : int16_t {
  Plain, // RotaryEmbedding: data, positions, cosines, sines
  Multi, // MRotaryEmbedding: three streams of positions
  Gemma, // GemmaRotaryEmbedding: angles, then q, rotated q, k, rotated k
};
constexpr FamilyUse contribRotary(RotaryForm form) {
  return {&contribRotaryFamily, {static_cast<int16_t>(form)}};
}

extern const Family positionBiasFamily;
/// RelativePositionBias; `gated`: GatedRelativePositionBias.
constexpr FamilyUse positionBias(bool gated = false) { return {&positionBiasFamily, {gated}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBPOSITION_H
