//===- Uncertainty.cpp - How wrong a figure can be ------------------------===//
//
// Two sources, combined in quadrature: what the model missed where it could not
// be fitted (`calibrate` finds it by leaving devices out, and, for devices that
// it has seen, by leaving rows out), and the ranges of the target's own numbers,
// each moved to both its ends while the equations run again. What the sheets of
// the devices left out were wrong by is part of the first: ranges count beyond
// the widest of theirs.
//
//===----------------------------------------------------------------------===//

#include "Estimate.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <optional>

using namespace energyopt;

/// Ends of a 90 % range are this many sigma apart.
constexpr double kRangeInSigma = 2 * 1.645;

/// Whether the host's power is a guess about equipment that nobody named.
static bool isHostUnknown(const Target &target) {
  return (target.host == HostKind::Server || target.host == HostKind::Pc) && !target.hostW;
}

Variances energyopt::rangeVariances(const Pricing &pricing, const EnergyOptions &options) {
  Variances sum;
  Target moved = pricing.target;
  const std::vector<KernelLoad> loads = distinctLoads(pricing.loads.kernels);
  std::optional<Loads> other;
  auto at = [&](Quantity &number, double value) {
    double kept = number.value;
    number.value = value;
    Coefficients c = resolveCoefficients(moved, pricing.constants, pricing.run, options);
    number.value = kept;
    const OnChipRoom &room = pricing.coefficients.room;
    if (c.room.bytes == room.bytes && c.room.pinnedWeights == room.pinnedWeights)
      return evaluate(c, loads);
    // More or less of it stays on chip.
    if (!other)
      other = pricing.loads;
    placeTraffic(pricing.index, pricing.plan, c.room, *other);
    return evaluate(c, distinctLoads(other->kernels));
  };
  auto add = [](double &variance, double low, double high) {
    if (low > 0 && high > 0)
      variance += std::pow(std::log(high / low) / kRangeInSigma, 2);
  };
  std::vector<std::string> ranged;
  visitQuantities(pricing.target, [&](llvm::StringRef path, const Quantity &number) {
    if (number.low > 0 && number.low < number.high)
      ranged.push_back(path.str());
  });
  for (const std::string &path : ranged) {
    Quantity &number = *findQuantity(moved, path);
    Figures low = at(number, number.low), high = at(number, number.high);
    add(sum.time, low.latencyS, high.latencyS);
    add(sum.energy, low.energyJ, high.energyJ);
    add(sum.host, low.hostJ, high.hostJ);
  }
  return sum;
}

Variances energyopt::beyond(const Variances &ranges, double sheetTime, double sheetEnergy) {
  return {std::max(0.0, ranges.time - sheetTime * sheetTime),
          std::max(0.0, ranges.energy - sheetEnergy * sheetEnergy), ranges.host};
}

Sigmas energyopt::combineSigmas(const Pricing &pricing, const Variances &ranges, double ownTime,
                                double ownEnergy, bool runtimeGiven) {
  const Constants &constants = pricing.constants;
  double runtime = runtimeGiven ? 0 : constants.sigmaUnknownRuntime.valueOr(0);
  double host = isHostUnknown(pricing.target) ? constants.sigmaUnknownHost.valueOr(0) : 0;
  auto sum = [](std::initializer_list<double> squares) {
    double total = 0;
    for (double square : squares)
      total += square;
    return std::sqrt(total);
  };
  double time2 = ownTime * ownTime, energy2 = ownEnergy * ownEnergy, runtime2 = runtime * runtime;
  return {sum({time2, ranges.time, runtime2}), sum({energy2, ranges.energy, runtime2}),
          sum({time2, ranges.host, runtime2, host * host})};
}

Sigmas energyopt::estimateSigmas(const Pricing &pricing, const EnergyOptions &options,
                                 const Figures &figures) {
  if (figures.latencyS <= 0)
    return {};
  const Target &target = pricing.target;
  const ClassConstants &c = pricing.constants.of(target.cls);
  bool given = !options.runtime.empty();
  // The errors of a device that was measured hold those of its sheet.
  if (target.sigmaTime || target.sigmaEnergy)
    return combineSigmas(pricing, {}, target.sigmaTime.valueOr(c.sigmaTime.valueOr(0)),
                         target.sigmaEnergy.valueOr(c.sigmaEnergy.valueOr(0)), given);
  if (c.calibratedSigmaTime && llvm::is_contained(pricing.constants.calibrated, target.name))
    return combineSigmas(pricing, {}, c.calibratedSigmaTime.value,
                         c.calibratedSigmaEnergy.valueOr(c.sigmaEnergy.valueOr(0)), given);
  Variances ranges = beyond(rangeVariances(pricing, options), c.sheetSigmaTime.valueOr(0),
                            c.sheetSigmaEnergy.valueOr(0));
  return combineSigmas(pricing, ranges, c.sigmaTime.valueOr(0), c.sigmaEnergy.valueOr(0), given);
}
