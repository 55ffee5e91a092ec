//===- Quantize.h - Between float and integer tensors -----------*- C++ -*-===//
//
// QuantizeLinear, DequantizeLinear (whole tensor, per axis, blocked) and
// DynamicQuantizeLinear.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_QUANTIZE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_QUANTIZE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family quantizeFamily;
extern const Family dequantizeFamily;
extern const Family dynamicQuantizeFamily;

constexpr FamilyUse quantize() { return {&quantizeFamily, {}}; }
constexpr FamilyUse dequantize() { return {&dequantizeFamily, {}}; }
constexpr FamilyUse dynamicQuantize() { return {&dynamicQuantizeFamily, {}}; }

/// M40: divide by the scale, round, clamp at both ends, convert, per element,
/// and add a zero point.
constexpr int64_t quantizeOps(bool zeroPoint) { return zeroPoint ? 6 : 5; }
/// M41: convert, multiply by the scale, per element, and subtract a zero point.
constexpr int64_t dequantizeOps(bool zeroPoint) { return zeroPoint ? 3 : 2; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_QUANTIZE_H
