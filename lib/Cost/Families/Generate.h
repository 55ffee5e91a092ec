//===- Generate.h - Values out of little or nothing -------------*- C++ -*-===//
//
// Constants, ranges, one-hot rows, random numbers: what they cost is the bytes
// they write, and the arithmetic of a generator.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_GENERATE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_GENERATE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family constantFamily;
extern const Family fillFamily;
extern const Family rangeFamily;
extern const Family oneHotFamily;
extern const Family eyeFamily;
extern const Family randomFamily;
extern const Family bernoulliFamily;
extern const Family multinomialFamily;

/// D0: a constant is stored, not computed.
constexpr FamilyUse constant() { return {&constantFamily, {}}; }
constexpr FamilyUse fill() { return {&fillFamily, {}}; }
/// D9: an addition and a multiplication per element.
constexpr FamilyUse range() { return {&rangeFamily, {}}; }
constexpr FamilyUse oneHot() { return {&oneHotFamily, {}}; }
constexpr FamilyUse eye() { return {&eyeFamily, {}}; }

enum class Distribution : int16_t { Uniform, Normal };
/// D10; `like`: shape (and type) are input 0's.
constexpr FamilyUse random(Distribution distribution, bool like) {
  return {&randomFamily, {static_cast<int16_t>(distribution), static_cast<int16_t>(like)}};
}
constexpr FamilyUse bernoulli() { return {&bernoulliFamily, {}}; }
constexpr FamilyUse multinomial() { return {&multinomialFamily, {}}; }

/// D10: integer operations to draw one 32-bit random number. Philox4x32-10
/// makes four at once in 10 rounds, each with 2 products (high and low half
/// each), 4 xors and 2 additions to the keys: 10 * 10 / 4. Source: Salmon et
/// al., Parallel random numbers: as easy as 1, 2, 3, SC 2011.
constexpr int64_t kDrawOps = 25;

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_GENERATE_H
