//===- Reduce.h - Sums, maxima and their kin over axes ----------*- C++ -*-===//
//
// Reduce* ops, and ArgMax and ArgMin, which keep an index.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_REDUCE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_REDUCE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family reduceFamily;
extern const Family argReduceFamily;

/// M12: one operation to accumulate each input element, `before` (and
/// `beforeT` transcendentals) on each beforehand, `after` (`afterT`) on each
/// result.
constexpr FamilyUse reduce(int before = 0, int beforeT = 0, int after = 0, int afterT = 0) {
  return {&reduceFamily,
          {static_cast<int16_t>(before), static_cast<int16_t>(beforeT), static_cast<int16_t>(after),
           static_cast<int16_t>(afterT)}};
}
constexpr FamilyUse argReduce() { return {&argReduceFamily, {}}; }

/// Shape of `input` reduced over the normalized `axes`.
Shape reducedShape(llvm::ArrayRef<Expr> input, llvm::ArrayRef<int64_t> axes, bool keepDims);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_REDUCE_H
