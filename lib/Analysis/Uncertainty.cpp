//===- Uncertainty.cpp - How wrong a figure can be ------------------------===//
//
// Two sources, combined in quadrature: what the model missed on devices that
// were left out of its fit, by class (sigma_time, sigma_energy), and the
// ranges of the target's own numbers, each moved to both its ends while the
// equations run again. Published numbers have no range: their error is part of
// the first.
//
//===----------------------------------------------------------------------===//

#include "Estimate.h"

#include <cmath>

using namespace energyopt;

namespace {

/// Ends of a 90 % range are this many sigma apart.
constexpr double kRangeInSigma = 2 * 1.645;

struct Variances {
  double time = 0, energy = 0;
};

/// Sum over the target's ranged numbers of the squared effect on ln T, ln E.
Variances fromRanges(const Pricing &pricing, const EnergyOptions &options) {
  Variances sum;
  Target moved = pricing.target;
  auto at = [&](Quantity &number, double value) {
    double kept = number.value;
    number.value = value;
    Figures figures = evaluate(
        resolveCoefficients(moved, pricing.constants, pricing.run, options),
        pricing.loads.kernels);
    number.value = kept;
    return figures;
  };
  std::vector<std::string> ranged;
  visitQuantities(pricing.target, [&](llvm::StringRef path, const Quantity &number) {
    if (number.low > 0 && number.low < number.high)
      ranged.push_back(path.str());
  });
  for (const std::string &path : ranged) {
    Quantity &number = *findQuantity(moved, path);
    Figures low = at(number, number.low), high = at(number, number.high);
    if (low.latencyS <= 0 || high.latencyS <= 0)
      continue;
    sum.time += std::pow(std::log(high.latencyS / low.latencyS) / kRangeInSigma, 2);
    sum.energy += std::pow(std::log(high.energyJ / low.energyJ) / kRangeInSigma, 2);
  }
  return sum;
}

} // namespace

Sigmas energyopt::estimateSigmas(const Pricing &pricing, const EnergyOptions &options,
                                 const Figures &figures) {
  Sigmas sigma;
  if (figures.latencyS <= 0)
    return sigma;
  const ClassConstants &c = pricing.constants.of(pricing.target.cls);
  const Quantity &time = pricing.target.sigmaTime ? pricing.target.sigmaTime : c.sigmaTime;
  const Quantity &energy = pricing.target.sigmaEnergy ? pricing.target.sigmaEnergy : c.sigmaEnergy;
  Variances ranges = fromRanges(pricing, options);
  double unknownRuntime =
      options.runtime.empty() ? pricing.constants.sigmaUnknownRuntime.valueOr(0) : 0;
  sigma.time = std::sqrt(std::pow(time.valueOr(0), 2) + ranges.time + std::pow(unknownRuntime, 2));
  sigma.energy =
      std::sqrt(std::pow(energy.valueOr(0), 2) + ranges.energy + std::pow(unknownRuntime, 2));
  sigma.host = std::hypot(sigma.time, pricing.constants.sigmaUnknownHost.valueOr(0));
  return sigma;
}
