//===- Kernels.h - Which ops run as one launch ------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_KERNELS_H
#define ENERGY_OPT_LIB_ANALYSIS_KERNELS_H

#include "Patterns.h"

namespace energyopt {

struct Kernel {
  Role role = Role::Other; // of its main op
  const char *why = "";
  llvm::SmallVector<int32_t, 4> rows; // in order
};

/// KN1–KN4: every row that runs something is in exactly one kernel.
struct KernelPlan {
  std::vector<Kernel> kernels; // a kernel depends on earlier ones only
  std::vector<int32_t> of;     // per row, -1: none
};

/// `runtime`: that of the index, or one that folds alike.
KernelPlan planKernels(const GraphIndex &index, const RuntimeProfile &runtime);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_KERNELS_H
