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

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/bit.h"

#include <cmath>
#include <unordered_map>

using namespace energyopt;

namespace {

/// Ends of a 90 % range are this many sigma apart.
constexpr double kRangeInSigma = 2 * 1.645;

struct Variances {
  double time = 0, energy = 0;
};

/// The same work in fewer entries: layers repeat, and the equations are linear
/// in executions.
std::vector<KernelLoad> distinctLoads(llvm::ArrayRef<KernelLoad> loads) {
  auto key = [](const KernelLoad &load) {
    auto bits = [](double x) { return llvm::bit_cast<uint64_t>(x); };
    llvm::hash_code hash = llvm::hash_combine(bits(load.activationBytes), bits(load.weightBytes));
    for (const LoadItem &i : load.items)
      hash = llvm::hash_combine(hash, unsigned(i.cls), unsigned(i.precision), bits(i.operations),
                                bits(i.groups), bits(i.m), bits(i.n), bits(i.k));
    return size_t(hash);
  };
  auto same = [](const KernelLoad &a, const KernelLoad &b) {
    auto equal = [](const LoadItem &x, const LoadItem &y) {
      return x.cls == y.cls && x.precision == y.precision && x.operations == y.operations &&
             x.groups == y.groups && x.m == y.m && x.n == y.n && x.k == y.k;
    };
    return a.activationBytes == b.activationBytes && a.weightBytes == b.weightBytes &&
           std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), equal);
  };
  std::vector<KernelLoad> distinct;
  std::unordered_map<size_t, size_t> places;
  for (const KernelLoad &load : loads) {
    auto [found, isNew] = places.try_emplace(key(load), distinct.size());
    if (!isNew && same(distinct[found->second], load))
      distinct[found->second].executions += load.executions;
    else
      distinct.push_back(load);
  }
  return distinct;
}

/// Sum over the target's ranged numbers of the squared effect on ln T, ln E.
Variances fromRanges(const Pricing &pricing, const EnergyOptions &options) {
  Variances sum;
  Target moved = pricing.target;
  std::vector<KernelLoad> loads = distinctLoads(pricing.loads.kernels);
  auto at = [&](Quantity &number, double value) {
    double kept = number.value;
    number.value = value;
    Figures figures = evaluate(
        resolveCoefficients(moved, pricing.constants, pricing.run, options),
        loads);
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
