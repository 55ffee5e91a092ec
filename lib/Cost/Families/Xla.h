//===- Xla.h - Families of stablehlo, mhlo and chlo -------------*- C++ -*-===//
//
// Contractions by dimension numbers, and ops that apply a region: to windows,
// slices, updates or comparisons.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_XLA_H
#define ENERGY_OPT_LIB_COST_FAMILIES_XLA_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family dotGeneralFamily;
extern const Family xlaConvFamily;
extern const Family xlaEinsumFamily;
extern const Family xlaReduceFamily;
extern const Family xlaReduceWindowFamily;
extern const Family selectAndScatterFamily;
extern const Family xlaScatterFamily;
extern const Family xlaSortFamily;
extern const Family collectiveFamily;
extern const Family xlaFftFamily;
extern const Family solveFamily;
extern const Family drawFamily;
extern const Family xlaBatchNormFamily;
extern const Family xlaTopKFamily;
extern const Family xlaScanFamily;
extern const Family customCallFamily;
extern const Family externalCallFamily;

/// M2 by dot_dimension_numbers.
constexpr FamilyUse dotGeneral() { return {&dotGeneralFamily, {}}; }
/// M5 by dimension_numbers; M6 where the image is dilated.
constexpr FamilyUse xlaConv() { return {&xlaConvFamily, {}}; }
/// M4.
constexpr FamilyUse xlaEinsum() { return {&xlaEinsumFamily, {}}; }
/// C2: the region once per input element.
constexpr FamilyUse xlaReduce() { return {&xlaReduceFamily, {}}; }
/// C2: the region once per window element.
constexpr FamilyUse xlaReduceWindow() { return {&xlaReduceWindowFamily, {}}; }
/// C2: both regions, per window element and per update.
constexpr FamilyUse selectAndScatter() { return {&selectAndScatterFamily, {}}; }
/// D6, and the region once per update.
constexpr FamilyUse xlaScatter() { return {&xlaScatterFamily, {}}; }
/// D7 comparisons, each the region once.
constexpr FamilyUse xlaSort() { return {&xlaSortFamily, {}}; }
/// The local part: bytes in and out, and the region once per element.
constexpr FamilyUse collective() { return {&collectiveFamily, {}}; }
constexpr FamilyUse xlaFft() { return {&xlaFftFamily, {}}; }

enum class Solve : int16_t { Cholesky, Triangular };
/// M14: n^3/3 per Cholesky factor, n^2 per right-hand side.
constexpr FamilyUse solve(Solve kind) { return {&solveFamily, {static_cast<int16_t>(kind)}}; }
/// D10 for every 32 bits of the last result.
constexpr FamilyUse draw() { return {&drawFamily, {}}; }

enum class BatchNorm : int16_t { Inference, Training, Gradient };
constexpr FamilyUse xlaBatchNorm(BatchNorm mode) {
  return {&xlaBatchNormFamily, {static_cast<int16_t>(mode)}};
}
constexpr FamilyUse xlaTopK() { return {&xlaTopKFamily, {}}; }
/// C2: the region once per slice along `dimension`.
constexpr FamilyUse xlaScan() { return {&xlaScanFamily, {}}; }
/// Annotations are free, anything else is unmodelled, by name.
constexpr FamilyUse customCall() { return {&customCallFamily, {}}; }
/// A call of a function that the module only declares: likewise.
constexpr FamilyUse externalCall() { return {&externalCallFamily, {}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_XLA_H
