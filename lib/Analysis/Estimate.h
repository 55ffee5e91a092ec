//===- Estimate.h - A graph made ready for pricing on a target --*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_ESTIMATE_H
#define ENERGY_OPT_LIB_ANALYSIS_ESTIMATE_H

#include "Evaluate.h"

#include <memory>

namespace energyopt {

/// Everything that stands before the equations run. Refers to the graph, the
/// target and the constants.
struct Pricing {
  Pricing(GraphIndices &indices, const Target &target, const Constants &constants,
          const RuntimeProfile &runtime, const EnergyOptions &options);

  const Target &target;
  const Constants &constants;
  const RuntimeProfile &runtime;
  std::shared_ptr<const GraphIndex> sharedIndex;
  const GraphIndex &index;
  RunContext run;
  KernelPlan plan;
  Coefficients coefficients;
  Loads loads;

  /// The same under other limits of the device, which decide nothing of the above.
  void limitTo(const EnergyOptions &options) {
    coefficients = resolveCoefficients(target, constants, run, options);
  }

private:
  std::optional<Precision> storedPrecision(const EnergyOptions &options) const;
};

/// The constants that are given, those of the target's file, or the built-in
/// ones.
llvm::Expected<const Constants &> constantsFor(const Target &target, const EnergyOptions &options);

/// Without intervals; `perLimit` gets the report under each power limit, in W.
llvm::Error estimateUnderLimits(const WorkGraph &graph, const Target &target, EnergyOptions options,
                                llvm::ArrayRef<double> limitsW,
                                llvm::function_ref<void(double limitW, TargetReport)> perLimit);

/// `indices` may be gone before the result.
llvm::Expected<std::unique_ptr<Pricing>> preparePricing(GraphIndices &indices, const Target &target,
                                                        const EnergyOptions &options);

/// UN1: log-normal sigmas of the three results.
struct Sigmas {
  double time = 0, energy = 0, host = 0;
};
/// The share of ranged numbers of the target: sums of squared effects on the
/// logarithms of the three results.
struct Variances {
  double time = 0, energy = 0, host = 0;
};
Variances rangeVariances(const Pricing &pricing, const EnergyOptions &options);
/// What of them is beyond the widest sheet of the devices that a class's sigmas
/// were found on: those sigmas hold the rest.
Variances beyond(const Variances &ranges, double sheetTime, double sheetEnergy);
/// Adds what the model misses itself (`ownTime`, `ownEnergy`) and what the user
/// did not say.
Sigmas combineSigmas(const Pricing &pricing, const Variances &ranges, double ownTime,
                     double ownEnergy, bool runtimeGiven);
Sigmas estimateSigmas(const Pricing &pricing, const EnergyOptions &options, const Figures &figures);

/// Estimator::estimateValues() on one target.
llvm::Expected<TargetReport> estimateValues(const WorkGraph &graph, const Target &target,
                                            const EnergyOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_ESTIMATE_H
