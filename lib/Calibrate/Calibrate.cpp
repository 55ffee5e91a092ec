//===- Calibrate.cpp - Fitting the model to measurements ------------------===//

#include "Calibrate/Calibrate.h"

#include "Calibrate/CalibratedYaml.h"
#include "Calibrate/CrossValidation.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <set>

using namespace energyopt;

/// Fits that leave graphs or rows out.
constexpr size_t kFolds = 10;
/// A freer fit has to predict networks left out better by this much.
constexpr double kWorthIt = 0.98;

namespace {
/// The rows of a class by what the fit may see.
struct Split {
  Dataset::Entries fitted, excluded, own;
  const Target *target = nullptr; // that a file is written for and that has rows

  Split(const Dataset &data, const CalibrationOptions &options) {
    for (const Dataset::Entry &entry : data.entries) {
      auto is = [&](llvm::StringRef name) {
        return entry.cell.target == name || entry.target->name == name;
      };
      if (llvm::any_of(options.exclude, is)) {
        excluded.push_back(&entry);
        continue;
      }
      fitted.push_back(&entry);
      if (!options.target.empty() && is(options.target)) {
        own.push_back(&entry);
        target = entry.target;
      }
    }
  }
};
} // namespace

/// Mean |ln error|, time and energy alike.
static double meanError(llvm::ArrayRef<Residual> residuals) {
  double sum = 0;
  for (const Residual &r : residuals)
    sum += std::abs(r.errors.time.value_or(0)) + std::abs(r.errors.energy.value_or(0));
  return sum / std::max<size_t>(residuals.size(), 1);
}

/// How much of the model a device's own rows can move: what predicts the
/// device's networks best that were left out. One network can only show
/// factors.
static Freedom chooseFreedom(DeviceClass cls, const Constants &prior,
                             const llvm::StringSet<> &settled, const Split &split) {
  Folds folds = foldsByGraph(split.own, kFolds);
  if (folds.size() < 2)
    return Freedom::Factors;
  Freedom best = Freedom::Nothing;
  double least = HUGE_VAL;
  for (Freedom freedom : {Freedom::Nothing, Freedom::Factors, Freedom::All}) {
    ModelFit model(cls, prior, settled, split.target, freedom);
    model.chooseParameters(split.fitted);
    double error = meanError(leaveOut(model, split.fitted, folds, {}));
    if (error < kWorthIt * least) {
      least = error;
      best = freedom;
    }
  }
  return best;
}

/// Student's t over the normal distribution, at their 95 % quantiles (Fisher and
/// Cornish 1960).
static double tailOfFew(double freedom) {
  constexpr double z = 1.645, z3 = z * z * z, z5 = z3 * z * z;
  double t = z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom);
  return t / z;
}

/// Scatter between a handful of devices says little of the next one: it counts
/// against what is assumed as if that were kAssumedDevices more, and so few draw
/// a wider interval.
static std::optional<double> shrink(std::optional<double> sigma, size_t devices,
                                    const Quantity &assumed) {
  constexpr double kAssumedDevices = 3;
  if (!sigma || !assumed)
    return sigma;
  double n = devices > 1 ? double(devices) : 0; // of one nothing was left out
  double pooled = (n * *sigma * *sigma + kAssumedDevices * assumed.value * assumed.value) /
                  (n + kAssumedDevices);
  return std::sqrt(pooled) * tailOfFew(n + kAssumedDevices - 1);
}

static void fitClass(DeviceClass cls, const Constants &prior, const llvm::StringSet<> &settled,
                     const Split &split, Calibration &result) {
  Freedom freedom =
      split.target ? chooseFreedom(cls, prior, settled, split) : Freedom::All;
  ModelFit model(cls, prior, settled, split.target, freedom);
  model.chooseParameters(split.fitted);
  std::vector<double> values = model.fit(split.fitted);
  llvm::append_range(result.numbers, model.numbers(values));
  ClassFit &report = result.fits.emplace_back();
  report.cls = name(cls).str();
  report.freedom = freedom;
  ModelFit start(cls, prior, settled, nullptr, Freedom::Nothing);
  report.before = summarize(start.residuals(split.fitted, {}));
  report.after = summarize(model.residuals(split.fitted, values));
  report.excluded = summarize(model.residuals(split.excluded, values));
  std::set<std::string> seen;
  for (const Dataset::Entry *entry : split.fitted)
    seen.insert(entry->target->name);
  report.devices.assign(seen.begin(), seen.end());
  auto without = [&](const Folds &folds) {
    return folds.size() < 2 ? std::vector<Residual>()
                            : leaveOut(model, split.fitted, folds, values);
  };
  if (split.target) {
    std::vector<Residual> left = without(foldsByGraph(split.own, kFolds));
    report.leftOut = summarize(left);
    report.own = coveringSigmas(left, /*onNewDevices=*/false);
    return;
  }
  Folds chips = foldsByChip(split.fitted);
  std::vector<Residual> left = without(chips);
  report.leftOut = summarize(left);
  OwnSigmas found = coveringSigmas(left, /*onNewDevices=*/true);
  const ClassConstants &assumed = prior.of(cls);
  bool energies = report.after.energyCells > 0;
  report.unseen.time = shrink(found.time.value_or(0), chips.size(), assumed.sigmaTime);
  if (energies)
    report.unseen.energy = shrink(found.energy.value_or(0), chips.size(), assumed.sigmaEnergy);
  report.seen = coveringSigmas(without(foldsByRow(split.fitted, kFolds)), /*onNewDevices=*/false);
}

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

/// A device's own rows move the built-in constants; a fit that makes constants,
/// or that leaves devices out, must not start from what those devices taught.
static llvm::Expected<const Constants &> startOf(llvm::ArrayRef<MeasuredCell> cells,
                                                 const CalibrationOptions &options,
                                                 const std::optional<Target> &wanted) {
  bool own = wanted && llvm::any_of(cells, [&](const MeasuredCell &cell) {
               return cell.target == wanted->name || cell.target == options.target ||
                      llvm::is_contained(cell.aliases, wanted->name);
             });
  return own && options.exclude.empty() ? builtinConstants() : builtinPriors();
}

llvm::Expected<Calibration> energyopt::calibrate(std::vector<MeasuredCell> cells,
                                                 const CalibrationOptions &options) {
  if (llvm::Error error = checkExcluded(cells, options))
    return std::move(error);
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
  auto prior = startOf(cells, options, wanted);
  if (!prior)
    return prior.takeError();
  Calibration result;
  Constants base = *prior;
  llvm::StringSet<> settled;
  for (DeviceClass cls : classes) {
    auto data = Dataset::load(
        cells, options.graphs, [&](const Target &target) { return target.cls == cls; }, base);
    if (!data)
      return data.takeError();
    result.skipped = data->skipped;
    Split split(*data, options);
    if (split.fitted.empty())
      continue;
    fitClass(cls, base, settled, split, result);
    for (const FittedNumber &number : result.numbers)
      if (Quantity *shared = findQuantity(base, number.path); shared && number.fitted) {
        shared->value = number.value;
        settled.insert(number.path);
      }
  }
  if (result.fits.empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "no row of the table is of a device of this class\n"
                                   "the fit needs measurements of the target or its relatives");
  result.yaml = wanted ? calibratedTargetYaml(*wanted, *prior, result, options)
                       : calibratedConstantsYaml(*prior, result, options);
  return result;
}
