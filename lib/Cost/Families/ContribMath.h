//===- ContribMath.h - Distances, inverses, alignments ----------*- C++ -*-===//
//
// Mathematical ops of com.microsoft that no plain op stands for.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBMATH_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBMATH_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family distanceFamily;
constexpr FamilyUse distances() { return {&distanceFamily, {}}; }

extern const Family inverseFamily;
constexpr FamilyUse inverse() { return {&inverseFamily, {}}; }

extern const Family timeWarpFamily;
constexpr FamilyUse dynamicTimeWarping() { return {&timeWarpFamily, {}}; }

extern const Family unfoldFamily;
constexpr FamilyUse unfoldTensor() { return {&unfoldFamily, {}}; }

extern const Family expandDimsFamily;
constexpr FamilyUse expandDims() { return {&expandDimsFamily, {}}; }

extern const Family firstSeenFamily;
/// com.microsoft.Unique: values in the order they come, found by hashing.
constexpr FamilyUse firstSeenUnique() { return {&firstSeenFamily, {}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBMATH_H
