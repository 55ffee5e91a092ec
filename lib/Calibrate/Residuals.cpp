//===- Residuals.cpp - What a model missed, summed up ---------------------===//

#include "Calibrate/Residuals.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <set>

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

/// The smallest sigma that `wide` says is wide enough.
static double smallestSigma(llvm::function_ref<bool(double sigma)> wide) {
  double low = kLeastSigma, high = kMostSigma;
  if (wide(low))
    return low;
  while (high - low > 1e-3) {
    double middle = (low + high) / 2;
    (wide(middle) ? high : low) = middle;
  }
  return high;
}

/// Errors within a device, and of the boards of a chip, have a cause in common:
/// their rows weigh 1 together.
static std::vector<double> weightsBy(llvm::ArrayRef<Residual> residuals, Scope scope) {
  auto group = [&](const Residual &r) {
    return scope == Scope::NewDevices ? chipOf(*r.entry->target) : r.entry->cell.target;
  };
  std::map<std::string, double> count;
  for (const Residual &r : residuals)
    ++count[group(r)];
  std::vector<double> weights;
  for (const Residual &r : residuals)
    weights.push_back(1 / count[group(r)]);
  return weights;
}

namespace {
/// Residuals in units of the half-widths of their intervals.
class Scatter {
public:
  Scatter(llvm::ArrayRef<Residual> residuals, Scope scope, const OwnSigmas &sheets)
      : residuals(residuals), scope(scope), weights(weightsBy(residuals, scope)) {
    for (const Residual &r : residuals)
      ranges.push_back(scope == Scope::NewDevices
                           ? beyond(rangeVariances(*r.entry->pricing, r.entry->options),
                                    sheets.time.value_or(0), sheets.energy.value_or(0))
                           : Variances());
  }

  /// Whether the intervals that these sigmas make are wide enough: new rows of
  /// known devices lie inside in nine cases of ten; squares of the errors on new
  /// devices, in units of sigma, have a mean of 1 at most.
  bool covers(std::optional<double> LogErrors::*figure, double time, double energy) const {
    double inside = 0, squares = 0, all = 0;
    for (auto [r, range, weight] : llvm::zip(residuals, ranges, weights)) {
      if (!(r.errors.*figure))
        continue;
      Sigmas s =
          combineSigmas(*r.entry->pricing, range, time, energy, !r.entry->cell.runtime.empty());
      double d = figure == &LogErrors::time ? std::abs(*r.errors.time) / (kNinetyPercent * s.time)
                                            : distance(r.errors, s);
      all += weight;
      inside += d <= 1 ? weight : 0;
      squares += weight * std::pow(kNinetyPercent * d, 2);
    }
    return scope == Scope::NewDevices ? squares <= all : inside >= 0.9 * all;
  }

private:
  /// Device and host have intervals of their own; a row that holds both is held
  /// against the sum of their ends.
  static double distance(const LogErrors &errors, const Sigmas &s) {
    double host = errors.hostShare, direction = *errors.energy < 0 ? 1 : -1;
    double end = (1 - host) * std::exp(direction * kNinetyPercent * s.energy) +
                 host * std::exp(direction * kNinetyPercent * s.host);
    return -*errors.energy / std::log(end);
  }

  llvm::ArrayRef<Residual> residuals;
  Scope scope;
  std::vector<double> weights;
  std::vector<Variances> ranges;
};
} // namespace

OwnSigmas energyopt::sheetSigmas(llvm::ArrayRef<Residual> residuals) {
  std::map<std::string, std::pair<double, double>> times, energies; // sum and rows by chip
  auto add = [](std::pair<double, double> &sum, double value) {
    sum.first += value;
    sum.second += 1;
  };
  for (const Residual &r : residuals) {
    Variances own = rangeVariances(*r.entry->pricing, r.entry->options);
    std::string chip = chipOf(*r.entry->target);
    if (r.errors.time)
      add(times[chip], own.time);
    if (r.errors.energy)
      add(energies[chip], own.energy);
  }
  auto widest = [](const auto &chips) -> std::optional<double> {
    std::optional<double> most;
    for (const auto &[chip, sum] : chips)
      most = std::max(most.value_or(0), std::sqrt(sum.first / sum.second));
    return most;
  };
  return {widest(times), widest(energies)};
}

OwnSigmas energyopt::coveringSigmas(llvm::ArrayRef<Residual> residuals, Scope scope,
                                    const OwnSigmas &sheets) {
  Scatter scatter(residuals, scope, sheets);
  OwnSigmas own;
  if (llvm::any_of(residuals, [](const Residual &r) { return r.errors.time.has_value(); }))
    own.time =
        smallestSigma([&](double sigma) { return scatter.covers(&LogErrors::time, sigma, 0); });
  if (llvm::any_of(residuals, [](const Residual &r) { return r.errors.energy.has_value(); }))
    own.energy = smallestSigma([&](double sigma) {
      return scatter.covers(&LogErrors::energy, own.time.value_or(0), sigma);
    });
  return own;
}

size_t energyopt::countChips(llvm::ArrayRef<Residual> residuals,
                             std::optional<double> LogErrors::*figure) {
  std::set<std::string> chips;
  for (const Residual &r : residuals)
    if (r.errors.*figure)
      chips.insert(chipOf(*r.entry->target));
  return chips.size();
}

/// Student's t over the normal distribution, at their 95 % quantiles (Fisher and
/// Cornish 1960).
static double tailOfFew(double freedom) {
  constexpr double z = kNinetyPercent, z3 = z * z * z, z5 = z3 * z * z;
  double t = z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom);
  return t / z;
}

/// What was assumed counts as kAssumedChips more. Errors scatter around zero, no
/// mean is estimated: as many degrees of freedom as chips.
double energyopt::sigmaOfNext(double found, size_t chips, double assumed) {
  constexpr double kAssumedChips = 3;
  double n = static_cast<double>(chips), all = n + kAssumedChips;
  return std::sqrt((n * found * found + kAssumedChips * assumed * assumed) / all) * tailOfFew(all);
}
