//===- Select.h - Results whose size or order is in the data ----*- C++ -*-===//
//
// TopK, NonZero, Unique, Compress: sizes are bounded by the input, counts are
// those of the worst case.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_SELECT_H
#define ENERGY_OPT_LIB_COST_FAMILIES_SELECT_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family topKFamily;
extern const Family nonZeroFamily;
extern const Family uniqueFamily;
extern const Family compressFamily;

/// D7: comparisons = elements * ceil(log2 k).
constexpr FamilyUse topK() { return {&topKFamily, {}}; }
/// D8: one comparison per element.
constexpr FamilyUse nonZero() { return {&nonZeroFamily, {}}; }
/// D7 with k = elements.
constexpr FamilyUse unique() { return {&uniqueFamily, {}}; }
constexpr FamilyUse compress() { return {&compressFamily, {}}; }

/// D7: comparisons to keep the k best of `elements` in a heap, at most
/// elements * ceil(log2 k); with k = elements, to sort them. A k that is no
/// number counts as 2^16. Source: Knuth, The Art of Computer Programming 3,
/// 5.2.3 and 5.3.1.
Expr sortComparisons(const Expr &elements, const Expr &k);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_SELECT_H
