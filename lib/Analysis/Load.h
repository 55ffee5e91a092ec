//===- Load.h - What a kernel asks of the hardware --------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_LOAD_H
#define ENERGY_OPT_LIB_ANALYSIS_LOAD_H

#include "Kernels.h"

#include "energy-opt/EnergyModel.h"

#include <memory>

namespace energyopt {

/// Operations of one row, for one execution.
struct LoadItem {
  int32_t row;
  WorkClass cls;
  Precision precision; // asked for; the target may lack it
  double operations;   // 2 per MAC
  double groups, m, n, k;
};

/// Where a transfer goes, and why.
enum class Place : uint8_t {
  OnChip,
  Boundary,  // DRAM: what the caller gave, or asked for
  TooLarge,  // DRAM: larger than the room there is
  Evicted,   // DRAM: no room beside what is needed sooner
  Backward,  // DRAM: kept for the backward pass
  NoRoom,    // DRAM: nothing is known to be on chip
  Parameter, // DRAM, or flash
  Pinned,    // parameters that stay on chip between runs, wholly or in part
  Repeated,  // parameters of a loop: from DRAM once a run
};

/// KN5: one tensor that crosses the border of one kernel.
struct Transfer {
  int32_t kernel, row, root;
  double bytes; // for one execution
  double size;  // of the whole tensor, as stored
  bool write, weight;
  Place place;
};

/// Bytes by where they move, for one execution.
struct Bytes {
  double activation = 0, weight = 0;             // to and from memory
  double cachedActivation = 0, cachedWeight = 0; // on chip

  bool operator==(const Bytes &other) const {
    return activation == other.activation && weight == other.weight &&
           cachedActivation == other.cachedActivation && cachedWeight == other.cachedWeight;
  }
};

/// KN5: bytes that cross the kernel's border, for one execution; what one of
/// its rows makes for another one never leaves the chip.
struct KernelLoad {
  llvm::ArrayRef<LoadItem> items; // of the Loads that it is from
  Bytes bytes;
  double executions = 1;
};

struct Loads {
  std::vector<KernelLoad> kernels; // aligned with the plan
  /// Of all kernels; copies share them.
  std::shared_ptr<const std::vector<LoadItem>> items;
  std::vector<Bytes> rows;         // aligned with the graph
  std::vector<Transfer> transfers; // in order of the kernels
  double parameterBytes = 0;       // of the whole graph, as stored
  double peakActivationBytes = 0;
  double trainedBytes = 0;    // of trained parameters, as stored
  double activationScale = 1; // bytes as stored over bytes of the graph
  double largestExecutions = 1;
};

/// `precision`: the format of all float tensors and ops; nullopt: as they are.
/// All bytes go to memory; placeTraffic() finds what does not.
Loads measureLoads(const GraphIndex &index, const KernelPlan &plan,
                   std::optional<Precision> precision, Traffic traffic = Traffic::Typical);

/// Equal kernels as one entry, executed as often as all of them; the items stay
/// those of the Loads that `loads` are from.
std::vector<KernelLoad> distinctLoads(llvm::ArrayRef<KernelLoad> loads);

/// The format that work on `type` runs in.
Precision precisionOf(DType type);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_LOAD_H
