//===- Disguise.h - Plain ops by another name or layout ---------*- C++ -*-===//
//
// Ops of com.microsoft and of ONNX Runtime's internal domains that are an op of
// ai.onnx: with channels last, with an activation fused, or just the same.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_DISGUISE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_DISGUISE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family disguiseFamily;

enum class Plain : int16_t {
  AveragePool,
  BatchNormalization,
  Conv,
  ConvTranspose,
  DepthToSpace,
  GatherND,
  GlobalAveragePool,
  GlobalMaxPool,
  GridSample,
  InstanceNormalization,
  LRN,
  MaxPool,
  Pad,
  QLinearConv,
  Range,
  Resize,
  SpaceToDepth,
  Trilu,
  Upsample,
};

/// What is different; may be joined.
enum DisguiseFlags : int16_t {
  kSame = 0,
  kChannelsLast = 1,       // input 0 and the outputs are [N, spatial..., C]
  kChannelsLastByAttr = 2, // if the attribute channels_last says so
  kFused = 4,              // attribute activation; a residual after the plain inputs
  kPadsOperand = 8,        // pads at input 2, in front of the bias
  kFirstInputOnly = 16,    // further inputs do not shape the result
};

/// N2: the plain op; one operation per result for a residual, and the
/// activation's.
constexpr FamilyUse disguise(Plain plain, int flags = kSame) {
  return {&disguiseFamily, {static_cast<int16_t>(plain), static_cast<int16_t>(flags)}};
}

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_DISGUISE_H
