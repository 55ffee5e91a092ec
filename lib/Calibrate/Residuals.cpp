//===- Residuals.cpp - What a model missed, summed up ---------------------===//

#include "Calibrate/Residuals.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace energyopt;

/// 90 % of a normal distribution lies within this many sigma.
constexpr double kNinetyPercent = 1.645;
/// No interval is narrower: meters and repeated runs scatter by this much.
constexpr double kLeastSigma = 0.05, kMostSigma = 2;

using Weighted = std::vector<std::pair<double, double>>;

/// The smallest value whose cumulated weight reaches q of the total.
static double quantile(Weighted &pairs, double q) {
  llvm::sort(pairs);
  double total = 0, sum = 0;
  for (const auto &pair : pairs)
    total += pair.second;
  for (const auto &[value, weight] : pairs)
    if ((sum += weight) >= q * total)
      return value;
  return 0;
}

/// Rows of each device.
static std::map<std::string, double> countRows(llvm::ArrayRef<Residual> residuals) {
  std::map<std::string, double> count;
  for (const Residual &r : residuals)
    ++count[r.entry->cell.target];
  return count;
}

ErrorSummary energyopt::summarize(llvm::ArrayRef<Residual> residuals) {
  ErrorSummary result;
  std::map<std::string, double> count = countRows(residuals);
  Weighted time, energy;
  for (const Residual &r : residuals) {
    double weight = 1 / count[r.entry->cell.target];
    if (r.errors.time)
      time.emplace_back(std::abs(std::expm1(*r.errors.time)), weight);
    if (r.errors.energy)
      energy.emplace_back(std::abs(std::expm1(*r.errors.energy)), weight);
  }
  result.cells = residuals.size();
  result.devices = count.size();
  result.timeCells = time.size();
  result.energyCells = energy.size();
  result.medianTime = quantile(time, 0.5);
  result.p90Time = quantile(time, 0.9);
  result.medianEnergy = quantile(energy, 0.5);
  result.p90Energy = quantile(energy, 0.9);
  return result;
}

/// The smallest sigma with which `holds` accepts 90 % of the weight.
static double smallestSigma(llvm::function_ref<double(double sigma)> coverage) {
  double low = kLeastSigma, high = kMostSigma;
  if (coverage(low) >= 0.9)
    return low;
  while (high - low > 1e-3) {
    double middle = (low + high) / 2;
    (coverage(middle) >= 0.9 ? high : low) = middle;
  }
  return high;
}

OwnSigmas energyopt::coveringSigmas(llvm::ArrayRef<Residual> residuals, bool onNewDevices) {
  std::map<std::string, double> count = countRows(residuals);
  std::vector<Variances> ranges;
  for (const Residual &r : residuals)
    ranges.push_back(onNewDevices ? rangeVariances(*r.entry->pricing, r.entry->options)
                                  : Variances());
  /// Share of the rows that have a figure and that `holds` says are inside.
  auto share = [&](auto figure, auto holds) {
    double inside = 0, all = 0;
    for (auto [r, range] : llvm::zip(residuals, ranges)) {
      if (!(r.errors.*figure))
        continue;
      double weight = 1 / count[r.entry->cell.target];
      all += weight;
      inside += holds(r, range) ? weight : 0;
    }
    return all > 0 ? inside / all : 1;
  };
  auto sigmas = [&](const Residual &r, const Variances &range, double time, double energy) {
    return combineSigmas(*r.entry->pricing, range, time, energy, !r.entry->cell.runtime.empty());
  };
  OwnSigmas own;
  if (llvm::any_of(residuals, [](const Residual &r) { return r.errors.time.has_value(); }))
    own.time = smallestSigma([&](double sigma) {
      return share(&LogErrors::time, [&](const Residual &r, const Variances &range) {
        return std::abs(*r.errors.time) <= kNinetyPercent * sigmas(r, range, sigma, 0).time;
      });
    });
  double time = own.time.value_or(0);
  if (llvm::any_of(residuals, [](const Residual &r) { return r.errors.energy.has_value(); }))
    own.energy = smallestSigma([&](double sigma) {
      return share(&LogErrors::energy, [&](const Residual &r, const Variances &range) {
        // Device and host have intervals of their own; a row that holds both is
        // held against the sum of their ends.
        Sigmas s = sigmas(r, range, time, sigma);
        double measured = std::exp(-*r.errors.energy), host = r.errors.hostShare;
        auto end = [&](double direction) {
          return (1 - host) * std::exp(direction * kNinetyPercent * s.energy) +
                 host * std::exp(direction * kNinetyPercent * s.host);
        };
        return end(-1) <= measured && measured <= end(1);
      });
    });
  return own;
}
