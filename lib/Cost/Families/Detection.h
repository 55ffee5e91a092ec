//===- Detection.h - Boxes and regions of interest --------------*- C++ -*-===//
//
// Non-maximum suppression and pooling over boxes.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_DETECTION_H
#define ENERGY_OPT_LIB_COST_FAMILIES_DETECTION_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family nonMaxSuppressionFamily;
constexpr FamilyUse nonMaxSuppression() { return {&nonMaxSuppressionFamily, {}}; }

extern const Family roiFamily;
enum class RoiForm : int16_t {
  Align,        // ai.onnx RoiAlign
  CropAndResize // com.microsoft: one sample per output element
};
constexpr FamilyUse roi(RoiForm form) { return {&roiFamily, {static_cast<int16_t>(form)}}; }

/// B1: operations of one intersection over union and its comparison with the
/// threshold: 2 max, 2 min, 2 subtractions, 2 clamps at 0, 1 product, 2 for
/// the union, 1 division, 1 compare. The areas are kept: 3 a box.
constexpr int64_t kIouOps = 13;
constexpr int64_t kAreaOps = 3;

/// B1: upper bound of the comparisons that suppression makes for one class of
/// `boxes` candidates, of which at most `kept` stay: a threshold test and
/// log2(boxes) sorting steps each, then each against all that were kept.
struct SuppressionBound {
  Expr compares, overlaps;
};
SuppressionBound suppressionBound(const Expr &boxes, const Expr &kept);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_DETECTION_H
