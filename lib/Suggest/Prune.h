//===- Prune.h - What the checks of prune-* share ---------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRUNE_H
#define ENERGY_OPT_LIB_SUGGEST_PRUNE_H

#include "energy-opt/Checks.h"

namespace energyopt {

/// Whose channels: of groups with a convolution, of heads of attention, or of
/// matrix products alone.
enum class PrunedKind : uint8_t { Channels, Heads, Hidden };
void pruneGroups(Rewrite &rewrite, PrunedKind kind);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRUNE_H
