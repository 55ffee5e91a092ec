//===- Sequences.h - Longest common subsequence -----------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_REVIEW_SEQUENCES_H
#define ENERGY_OPT_LIB_REVIEW_SEQUENCES_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace energyopt {

/// Pairs of positions (of `a`, of `b`) of a longest common subsequence, in
/// order. Takes O((|a| + |b|) · D) for D differences (E. Myers, "An O(ND)
/// difference algorithm and its variations", Algorithmica 1, 1986); beyond
/// some thousands of them only the common begin and end are paired.
std::vector<std::pair<int32_t, int32_t>> commonSubsequence(llvm::ArrayRef<uint64_t> a,
                                                           llvm::ArrayRef<uint64_t> b);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_REVIEW_SEQUENCES_H
