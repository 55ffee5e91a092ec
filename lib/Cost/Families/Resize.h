//===- Resize.h - Resampling images -----------------------------*- C++ -*-===//
//
// Resize and Upsample, sampling at the points of a grid, and the arithmetic of
// interpolation that other sampling ops share.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_RESIZE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_RESIZE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family resizeFamily;
extern const Family gridSampleFamily;
extern const Family affineGridFamily;

/// Which input holds the scales; sizes, if any, follow them.
constexpr FamilyUse resize(int scalesInput = 2) {
  return {&resizeFamily, {static_cast<int16_t>(scalesInput)}};
}
constexpr FamilyUse gridSample() { return {&gridSampleFamily, {}}; }
constexpr FamilyUse affineGrid() { return {&affineGridFamily, {}}; }

/// M37: one sample as a weighted sum of taps^axes neighbours: as many
/// multiplications, one addition less. Nearest (one tap) computes nothing.
Expr interpolationOps(const Expr &taps, int64_t axes);
/// M37: weights of a sampling point that is data: per axis the position
/// (addition, floor) and the two fractions; and the products of fractions over
/// the axes.
Expr coordinateOps(int64_t axes);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_RESIZE_H
