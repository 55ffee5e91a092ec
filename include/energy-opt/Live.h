//===- Live.h - What is in memory while a graph runs ------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIVE_H
#define ENERGY_OPT_LIVE_H

#include "energy-opt/WorkGraph.h"

namespace energyopt {

/// The tensor whose memory `tensor` is a view of, or itself.
int32_t rootOf(const WorkGraph &graph, int32_t tensor);

/// T3: for each row the bytes of activations that are written and not yet read
/// for the last time while it runs, of the forward pass. Views share their
/// owner's memory; sizes that data decides are at their bounds.
std::vector<int64_t> liveActivations(const WorkGraph &graph);

/// T3: the most bytes that are alive at once with floats of `floatBits` bits each;
/// 0: in the formats of the graph.
int64_t peakActivations(const WorkGraph &graph, unsigned floatBits = 0);

/// What a tensor takes with floats of `floatBits` bits, whole bytes; 0: as it is.
int64_t bytesAt(const GraphTensor &tensor, unsigned floatBits);

} // namespace energyopt

#endif // ENERGY_OPT_LIVE_H
