//===- Pool.h - Pooling -----------------------------------------*- C++ -*-===//
//
// Maxima, means and norms over sliding windows, whole images or regions.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_POOL_H
#define ENERGY_OPT_LIB_COST_FAMILIES_POOL_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family poolFamily;
extern const Family globalPoolFamily;
extern const Family maxUnpoolFamily;
extern const Family maxRoiPoolFamily;

enum class PoolKind : int16_t { Max, Average, Lp };
/// M15: the kernel's elements for each output element.
constexpr FamilyUse pool(PoolKind kind) { return {&poolFamily, {static_cast<int16_t>(kind)}}; }
/// The same with one window over all spatial dims.
constexpr FamilyUse globalPool(PoolKind kind) {
  return {&globalPoolFamily, {static_cast<int16_t>(kind)}};
}
constexpr FamilyUse maxUnpool() { return {&maxUnpoolFamily, {}}; }
constexpr FamilyUse maxRoiPool() { return {&maxRoiPoolFamily, {}}; }

/// M15: adds `outputs` results over windows of `window` elements each: one
/// operation per element (compare or add), a division for a mean; for an
/// L-norm also |x|^p before and the root after.
void addPool(Work &work, PoolKind kind, int64_t p, DType dtype, const Expr &outputs,
             const Expr &window);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_POOL_H
