//===- Calibrate.cpp - Fitting the model to measurements ------------------===//

#include "Calibrate/Calibrate.h"

#include "Calibrate/CalibratedYaml.h"
#include "Calibrate/Fit.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;

/// Cells of one device share its errors: beyond this many they only sharpen
/// what the device is, not the class.
constexpr double kCellsPerDevice = 12;
/// A device's own factors: 90 % of devices lie within these of their class.
constexpr double kFactorLow = 0.75, kFactorHigh = 1.35;

namespace {
/// A number to fit: one of the constants, or a factor of the device.
struct Parameter {
  FitParameter fit;
  bool ofTarget = false;
};

class Calibrator {
public:
  Calibrator(Dataset &data, const Constants &prior, const CalibrationOptions &options,
             DeviceClass cls, const llvm::StringSet<> &settled)
      : prior(prior), options(options), cls(cls), settled(settled) {
    for (const Dataset::Entry &entry : data.entries) {
      bool held = llvm::is_contained(options.exclude, entry.cell.target) ||
                  llvm::is_contained(options.exclude, entry.target->name);
      (held ? heldOut : fitted).push_back(&entry);
      ++cellsOf[entry.cell.target];
    }
  }

  void run(Calibration &result) {
    chooseParameters();
    ClassFit &report = result.fits.emplace_back();
    report.cls = name(cls).str();
    report.before = summary(fitted, prior, nullptr);
    std::vector<double> values = fit();
    Constants constants = prior;
    Target target = targetToWrite ? *targetToWrite : Target();
    apply(values, constants, target);
    for (size_t i = 0; i < parameters.size(); ++i) {
      const FitParameter &p = parameters[i].fit;
      result.numbers.push_back({p.name, p.start, values[i], p.low, p.high});
    }
    report.after = summary(fitted, constants, targetToWrite ? &target : nullptr);
    report.heldOut = summary(heldOut, constants, nullptr);
  }

private:
  using Entries = std::vector<const Dataset::Entry *>;

  /// Ranged constants of the class, and of what surrounds it, that some cell
  /// of the fit depends on; with cells of the target itself, its two factors.
  void chooseParameters() {
    std::string prefix = name(cls).str() + ".";
    visitQuantities(prior, [&](StringRef path, const Quantity &number) {
      bool ours = path.starts_with(prefix) || path.starts_with("hosts.") ||
                  path.starts_with("path_picojoule_per_bit.");
      if (!ours || path.contains("sigma") || number.low <= 0 || number.high <= number.low ||
          number.value <= 0 || settled.contains(path))
        return;
      Parameter p;
      p.fit = {path.str(), number.value, number.low, number.high};
      if (matters(p))
        parameters.push_back(std::move(p));
    });
    for (const Dataset::Entry *entry : fitted)
      if (!options.target.empty() &&
          (entry->cell.target == options.target || entry->target->name == options.target))
        targetToWrite = entry->target;
    if (!targetToWrite)
      return;
    for (const char *path : {"calibration.time_factor", "calibration.energy_factor"})
      parameters.push_back({{path, 1, kFactorLow, kFactorHigh}, /*ofTarget=*/true});
  }

  /// Whether moving a constant moves any cell of the fit.
  bool matters(const Parameter &p) const {
    Constants moved = prior;
    findQuantity(moved, p.fit.name)->value *= 1.3;
    for (const Dataset::Entry *entry : fitted) {
      LogErrors a = Dataset::errorsOf(*entry, prior, *entry->target);
      LogErrors b = Dataset::errorsOf(*entry, moved, *entry->target);
      if (std::abs(a.time.value_or(0) - b.time.value_or(0)) +
              std::abs(a.energy.value_or(0) - b.energy.value_or(0)) >
          1e-4)
        return true;
    }
    return false;
  }

  void apply(llvm::ArrayRef<double> values, Constants &constants, Target &target) const {
    for (size_t i = 0; i < parameters.size(); ++i) {
      const std::string &path = parameters[i].fit.name;
      Quantity *number = parameters[i].ofTarget ? findQuantity(target, path)
                                                : findQuantity(constants, path);
      number->value = values[i];
      if (number->source.empty())
        number->source = "fitted";
    }
  }

  std::vector<double> fit() const {
    std::vector<double> weights;
    for (const Dataset::Entry *entry : fitted) {
      double weight = std::min(1.0, kCellsPerDevice / cellsOf.at(entry->cell.target));
      weights.insert(weights.end(), 2, weight);
    }
    std::vector<FitParameter> specs;
    for (const Parameter &p : parameters)
      specs.push_back(p.fit);
    auto residuals = [&](llvm::ArrayRef<double> values) {
      Constants constants = prior;
      Target target = targetToWrite ? *targetToWrite : Target();
      apply(values, constants, target);
      std::vector<double> r;
      r.reserve(2 * fitted.size());
      for (const Dataset::Entry *entry : fitted) {
        LogErrors errors = Dataset::errorsOf(
            *entry, constants, entry->target == targetToWrite ? target : *entry->target);
        r.push_back(errors.time.value_or(0));
        r.push_back(errors.energy.value_or(0));
      }
      return r;
    };
    return fitParameters(specs, residuals, weights, FitOptions());
  }

  /// Quantile of (value, weight) pairs: the smallest value whose cumulated
  /// weight reaches q of the total.
  static double quantile(std::vector<std::pair<double, double>> pairs, double q) {
    llvm::sort(pairs);
    double total = 0, sum = 0;
    for (const auto &pair : pairs)
      total += pair.second;
    for (const auto &[value, weight] : pairs)
      if ((sum += weight) >= q * total)
        return value;
    return 0;
  }

  ErrorSummary summary(const Entries &entries, const Constants &constants,
                       const Target *own) const {
    ErrorSummary result;
    std::map<std::string, double> count;
    for (const Dataset::Entry *entry : entries)
      ++count[entry->cell.target];
    std::vector<std::pair<double, double>> time, energy;
    for (const Dataset::Entry *entry : entries) {
      LogErrors errors = Dataset::errorsOf(
          *entry, constants, own && entry->target == targetToWrite ? *own : *entry->target);
      double weight = 1 / count[entry->cell.target];
      if (errors.time)
        time.emplace_back(std::abs(std::expm1(*errors.time)), weight);
      if (errors.energy)
        energy.emplace_back(std::abs(std::expm1(*errors.energy)), weight);
    }
    result.cells = entries.size();
    result.devices = count.size();
    result.medianTime = quantile(time, 0.5);
    result.p90Time = quantile(time, 0.9);
    result.medianEnergy = quantile(energy, 0.5);
    result.p90Energy = quantile(energy, 0.9);
    return result;
  }

  const Constants &prior;
  const CalibrationOptions &options;
  DeviceClass cls;
  /// Numbers that several classes share, fitted with an earlier one.
  const llvm::StringSet<> &settled;
  Entries fitted, heldOut;
  std::map<std::string, unsigned> cellsOf;
  std::vector<Parameter> parameters;
  const Target *targetToWrite = nullptr;
};
} // namespace

/// Refuses --exclude names that no row has: a typo would leave nothing out.
static llvm::Error checkExcluded(llvm::ArrayRef<MeasuredCell> cells,
                                 const CalibrationOptions &options) {
  for (const std::string &name : options.exclude)
    if (llvm::none_of(cells, [&](const MeasuredCell &cell) {
          return cell.target == name || llvm::is_contained(cell.aliases, name);
        }))
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "--exclude: no row of '" + name +
                                         "'\nname a target as the table's column 'target' does");
  return llvm::Error::success();
}

llvm::Expected<Calibration> energyopt::calibrate(std::vector<MeasuredCell> cells,
                                                 const CalibrationOptions &options) {
  if (llvm::Error error = checkExcluded(cells, options))
    return std::move(error);
  auto prior = builtinPriors();
  if (!prior)
    return prior.takeError();
  std::vector<DeviceClass> classes;
  std::optional<Target> wanted;
  if (options.target.empty()) {
    for (unsigned i = 0; i < kNumDeviceClasses; ++i)
      classes.push_back(DeviceClass(i));
  } else {
    auto target = loadTarget(options.target);
    if (!target)
      return target.takeError();
    classes.push_back(target->cls);
    wanted = std::move(*target);
  }
  Calibration result;
  Constants base = *prior;
  llvm::StringSet<> settled;
  for (DeviceClass cls : classes) {
    auto data = Dataset::load(
        cells, options.graphs, [&](const Target &target) { return target.cls == cls; }, base);
    if (!data)
      return data.takeError();
    result.skipped = data->skipped;
    if (data->entries.empty())
      continue;
    Calibrator(*data, base, options, cls, settled).run(result);
    for (const FittedNumber &number : result.numbers)
      if (Quantity *shared = findQuantity(base, number.path)) {
        shared->value = number.value;
        settled.insert(number.path);
      }
  }
  if (result.numbers.empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "no row of the table is of a device of this class\n"
                                   "the fit needs measurements of the target or its relatives");
  result.yaml = wanted ? calibratedTargetYaml(*wanted, result, options)
                       : calibratedConstantsYaml(result, options);
  return result;
}
