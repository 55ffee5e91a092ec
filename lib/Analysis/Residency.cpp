//===- Residency.cpp - Where the bytes of a plan move ---------------------===//

#include "Residency.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;

const char *energyopt::reason(Place place) {
  switch (place) {
  case Place::OnChip:
    return "stays on chip until its last reader";
  case Place::Boundary:
    return "DRAM: an input or output of the graph";
  case Place::TooLarge:
    return "DRAM: larger than the room on chip";
  case Place::Evicted:
    return "DRAM: no room beside what is needed sooner";
  case Place::Backward:
    return "DRAM: kept for the backward pass";
  case Place::NoRoom:
    return "DRAM: no memory between it and the units";
  case Place::Parameter:
    return "memory: a parameter";
  case Place::Pinned:
    return "stays on chip between runs, as far as parameters fit";
  case Place::Repeated:
    return "a parameter of a loop: from memory once, then on chip";
  }
  return "";
}

namespace {

class Placement {
public:
  Placement(const GraphIndex &index, const KernelPlan &plan, const OnChipRoom &room, Loads &loads)
      : index(index), plan(plan), room(room), loads(loads) {}

  void run() {
    if (loads.transfers.empty())
      return;
    placeResults();
    placeParameters();
    sum();
    if (room.tiled && room.bytes > 0)
      for (KernelLoad &load : loads.kernels)
        addTiles(load);
  }

private:
  void placeResults() {
    if (room.bytes <= 0)
      return setResults(Place::NoRoom);
    if (!room.training)
      return placeActivations(index, plan, room.bytes, loads);
    // TR4: every result lives until its backward pass.
    double kept = 0;
    for (const Transfer &t : loads.transfers)
      kept += t.write ? t.size : 0;
    if (kept > room.bytes)
      return setResults(Place::Backward);
    placeActivations(index, plan, room.bytes, loads);
  }

  void setResults(Place place) {
    for (Transfer &t : loads.transfers)
      if (!t.weight)
        t.place = place;
  }

  /// KN7: parameters are read from memory each time a kernel runs, unless they
  /// stay on chip between runs, or those that loops read whole fit there together.
  void placeParameters() {
    pinned = loads.parameterBytes > 0 && !room.training
                 ? std::min(1.0, room.pinnedWeights / loads.parameterBytes)
                 : 0;
    double looped = 0;
    for (const Transfer &t : loads.transfers)
      if (isRepeated(t))
        looped += t.bytes;
    bool repeat = looped > 0 && looped <= room.bytes && !room.training;
    for (Transfer &t : loads.transfers)
      if (t.weight)
        t.place = pinned > 0                ? Place::Pinned
                  : repeat && isRepeated(t) ? Place::Repeated
                                            : Place::Parameter;
  }

  /// A gather in a loop may read other rows of its table each time.
  bool isRepeated(const Transfer &t) const {
    return t.weight && executions(t) > 1 && t.bytes >= t.size;
  }

  double executions(const Transfer &t) const { return loads.kernels[t.kernel].executions; }

  /// The part of a transfer that does not reach memory.
  double cachedShare(const Transfer &t) const {
    switch (t.place) {
    case Place::OnChip:
      return 1;
    case Place::Pinned:
      return pinned;
    case Place::Repeated:
      return 1 - 1 / executions(t);
    default:
      return 0;
    }
  }

  void sum() {
    for (KernelLoad &load : loads.kernels)
      load.bytes = {};
    std::fill(loads.rows.begin(), loads.rows.end(), Bytes());
    for (const Transfer &t : loads.transfers) {
      double cached = cachedShare(t) * t.bytes, rest = t.bytes - cached;
      for (Bytes *to : {&loads.kernels[t.kernel].bytes, &loads.rows[t.row]}) {
        (t.weight ? to->weight : to->activation) += rest;
        (t.weight ? to->cachedWeight : to->cachedActivation) += cached;
      }
    }
  }

  /// KN8: what the tiles of contractions move beyond each tensor once.
  void addTiles(KernelLoad &load) {
    double bound = 0;
    int32_t row = -1;
    for (const LoadItem &item : load.items)
      if (isContraction(item.cls)) {
        bound += tilingBound(item, inputElements(item.row), room.bytes);
        row = item.row;
      }
    const Bytes &b = load.bytes;
    double once = b.activation + b.weight + b.cachedActivation + b.cachedWeight;
    if (bound <= once)
      return;
    load.bytes.activation += bound - once;
    loads.rows[row].activation += bound - once;
  }

  double inputElements(int32_t row) const {
    int64_t most = 0;
    for (int32_t root : index.activations(row))
      most = std::max(most, index.graph.tensors[root].elements);
    return static_cast<double>(most);
  }

  const GraphIndex &index;
  const KernelPlan &plan;
  const OnChipRoom &room;
  Loads &loads;
  double pinned = 0; // share of all parameters
};

} // namespace

/// KN8: Q = 2*G*M*N*K / sqrt(R*S) elements through S (Hong and Kung 1981;
/// Kwasniewski et al. SC'19); R = G*M*K / inputs: how often the windows of a
/// convolution read an input (Chen et al. HPCA'20).
double energyopt::tilingBound(const LoadItem &item, double inputs, double room) {
  double width = storageBits(item.precision) / 8.0, elements = room / width;
  bool windows = item.cls == WorkClass::Conv || item.cls == WorkClass::GroupedConv ||
                 item.cls == WorkClass::DepthwiseConv;
  double reuse = windows && inputs > 0 ? std::max(1.0, item.groups * item.m * item.k / inputs) : 1;
  return elements > 0 ? item.operations / std::sqrt(reuse * elements) * width : 0;
}

void energyopt::placeTraffic(const GraphIndex &index, const KernelPlan &plan,
                             const OnChipRoom &room, Loads &loads) {
  Placement(index, plan, room, loads).run();
}
