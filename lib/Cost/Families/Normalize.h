//===- Normalize.h - Normalizations -----------------------------*- C++ -*-===//
//
// Batch, instance, layer, group and RMS normalization, and the older local
// response, mean-variance and L-norm ones.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_NORMALIZE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_NORMALIZE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family batchNormFamily;
extern const Family instanceNormFamily;
extern const Family layerNormFamily;
extern const Family groupNormFamily;
extern const Family lrnFamily;
extern const Family lpNormFamily;
extern const Family meanVarianceFamily;

constexpr FamilyUse batchNorm() { return {&batchNormFamily, {}}; }
constexpr FamilyUse instanceNorm() { return {&instanceNormFamily, {}}; }
/// `rms`: root of the mean square instead of mean and variance.
constexpr FamilyUse layerNorm(bool rms = false) { return {&layerNormFamily, {rms}}; }
constexpr FamilyUse groupNorm() { return {&groupNormFamily, {}}; }
constexpr FamilyUse lrn() { return {&lrnFamily, {}}; }
constexpr FamilyUse lpNorm() { return {&lpNormFamily, {}}; }
constexpr FamilyUse meanVarianceNorm() { return {&meanVarianceFamily, {}}; }

/// What a normalization over `rows` groups of elements/rows elements does
/// besides M20's or M21's basic steps.
struct NormSteps {
  bool rms = false;     // no mean
  bool scale = true;    // multiply by a scale
  bool bias = true;     // add a bias
  bool inverse = false; // also write 1/deviation
};

/// M20: mean and mean of squares (elements + rows each), square (elements),
/// variance, epsilon and root (4*rows), deviation and division (2*elements),
/// scale and bias (elements each). M21 (RMS): square, mean, epsilon, root,
/// division, scale. Source: function bodies in ONNX Operators.md.
Expr normalizationOps(const Expr &elements, const Expr &rows, const NormSteps &steps);
void addNormalization(const OpView &op, Work &work, DType dtype, const Expr &elements,
                      const Expr &rows, const NormSteps &steps);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_NORMALIZE_H
