//===- Load.h - What a kernel asks of the hardware --------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_LOAD_H
#define ENERGY_OPT_LIB_ANALYSIS_LOAD_H

#include "Kernels.h"

#include "energy-opt/EnergyModel.h"

namespace energyopt {

/// Operations of one row, for one execution.
struct LoadItem {
  int32_t row;
  WorkClass cls;
  Precision precision; // asked for; the target may lack it
  double operations;   // 2 per MAC
  double groups, m, n, k;
};

/// KN5: bytes that cross the kernel's border, for one execution; what one of
/// its rows makes for another one never leaves the chip.
struct KernelLoad {
  llvm::SmallVector<LoadItem, 2> items;
  double activationBytes = 0, weightBytes = 0;
  double executions = 1;
};

/// Bytes of one row that cross its kernel's border, for one execution.
struct RowTraffic {
  double activationBytes = 0, weightBytes = 0;
};

struct Loads {
  std::vector<KernelLoad> kernels; // aligned with the plan
  std::vector<RowTraffic> rows;    // aligned with the graph
  double parameterBytes = 0;       // of the whole graph, as stored
  double peakActivationBytes = 0;
  double largestExecutions = 1;
};

/// `precision`: the format of all float tensors and ops; nullopt: as they are.
Loads measureLoads(const GraphIndex &index, const KernelPlan &plan,
                   std::optional<Precision> precision, Traffic traffic = Traffic::Typical);

/// Equal kernels as one entry, executed as often as all of them.
std::vector<KernelLoad> distinctLoads(llvm::ArrayRef<KernelLoad> loads);

/// The format that work on `type` runs in.
Precision precisionOf(DType type);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_LOAD_H
