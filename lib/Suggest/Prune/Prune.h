//===- Prune.h - What the checks of prune-* share ---------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRUNE_PRUNE_H
#define ENERGY_OPT_LIB_SUGGEST_PRUNE_PRUNE_H

#include "energy-opt/Checks.h"

namespace energyopt {

/// Whose channels: of groups with a convolution, of heads of attention, or of
/// matrix products alone; or those of any that add nothing.
enum class PrunedKind : uint8_t { Channels, Heads, Hidden, Zeros };
void pruneGroups(Rewrite &rewrite, PrunedKind kind);

/// prune-zeros, prune-near-zeros.
void adviseZeros(Advisor &advisor);
void adviseNearZeros(Advisor &advisor);

/// prune-embedding-rows.
void pruneEmbeddingRows(Rewrite &rewrite);
void adviseEmbeddingRows(Advisor &advisor);

/// prune-trees.
void pruneTrees(Rewrite &rewrite);

/// prune-2-4.
void adviseSparsity(Advisor &advisor);
void zeroTwoOfFour(Rewrite &rewrite);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRUNE_PRUNE_H
