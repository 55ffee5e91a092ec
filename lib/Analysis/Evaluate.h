//===- Evaluate.h - The equations of time and energy ------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_EVALUATE_H
#define ENERGY_OPT_LIB_ANALYSIS_EVALUATE_H

#include "Coefficients.h"
#include "Load.h"

namespace energyopt {

/// One kernel, all executions, before caps and dispatch.
struct KernelFigures {
  double computeS = 0, memoryS = 0, busyS = 0;
  double computeJ = 0, dramJ = 0, onchipJ = 0;
  double dramBytes = 0, onchipBytes = 0;
};

/// The graph on the device.
struct Figures {
  double busyS = 0;     // sum over kernels
  double uncappedS = 0; // with dispatch
  double latencyS = 0;  // under the power limit
  double dynamicJ = 0;
  double demandW = 0, powerW = 0;
  double energyJ = 0, hostJ = 0;
  double launches = 0;
  /// Factors that turn a kernel's uncapped figures into final ones.
  double timeScale = 1, energyScale = 1;
};

// TM1–TM8, EN1–EN6 of docs/energy-model.md, as pure functions.
double utilization(const Coefficients &c, const Rate &rate, const LoadItem &item);
double memoryJoule(const Coefficients &c, const Bytes &bytes);
double onchipJoule(const Coefficients &c, const Bytes &bytes);
KernelFigures priceKernel(const Coefficients &c, const KernelLoad &load);
double dispatchTime(const Coefficients &c, double busyS, double launches);
double limitedPower(const Coefficients &c, double demandW);
double capSlowdown(const Coefficients &c, double demandW);

/// `perKernel`, if given, receives each kernel's figures.
Figures evaluate(const Coefficients &c, llvm::ArrayRef<KernelLoad> kernels,
                 std::vector<KernelFigures> *perKernel = nullptr);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_EVALUATE_H
