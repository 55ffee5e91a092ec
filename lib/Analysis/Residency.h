//===- Residency.h - What stays on chip between kernels ---------*- C++ -*-===//
//
// Which bytes of a plan cross DRAM depends on what is alive at the same time and
// on the room there is. Decided once, before the equations run.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_RESIDENCY_H
#define ENERGY_OPT_LIB_ANALYSIS_RESIDENCY_H

#include "Load.h"

namespace energyopt {

/// The room that a target has on chip.
struct OnChipRoom {
  double bytes = 0;         // for what lives between kernels, and for tiles
  double pinnedWeights = 0; // for parameters that stay there between runs
  bool tiled = false;       // there is a DRAM that tiles come from
  bool training = false;    // every result is kept for the backward pass
};

/// KN6–KN8: decides of every transfer of `loads` where it goes, and sums up the
/// kernels' and rows' bytes anew. May be called again with another room.
void placeTraffic(const GraphIndex &index, const KernelPlan &plan, const OnChipRoom &room,
                  Loads &loads);

/// KN6: liveness of the activations alone; sets `place` of their transfers.
void placeActivations(const GraphIndex &index, const KernelPlan &plan, double room, Loads &loads);

/// KN8: the bytes that a contraction moves at least through a fast memory of
/// `room` bytes. `inputs`: elements of its greatest activation.
double tilingBound(const LoadItem &item, double inputs, double room);

/// "stays on chip"
const char *reason(Place place);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_RESIDENCY_H
