//===- Calibrate.cpp - Fitting the model to measurements ------------------===//

#include "Calibrate/Calibrate.h"

#include "Calibrate/CalibratedYaml.h"
#include "Calibrate/CrossValidation.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <list>
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

/// Fits a class; returns what its devices missed that were left out in turn,
/// unless a target of it was calibrated to its own rows.
/// `forAll`: the constants are for every device, those of the fit too.
static std::vector<Residual> fitClass(DeviceClass cls, const Constants &prior,
                                      const llvm::StringSet<> &settled, const Split &split,
                                      bool forAll, Calibration &result) {
  Freedom freedom = split.target ? chooseFreedom(cls, prior, settled, split) : Freedom::All;
  ModelFit model(cls, prior, settled, split.target, freedom);
  model.chooseParameters(split.fitted);
  std::vector<double> values = model.fit(split.fitted);
  llvm::append_range(result.numbers, model.numbers(values));
  ClassFit &report = result.fits.emplace_back();
  report.cls = name(cls).str();
  report.device = cls;
  report.freedom = freedom;
  report.ofTarget = split.target != nullptr;
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
    report.own = coveringSigmas(left, Scope::NewRows);
    return {};
  }
  std::vector<Residual> left = without(foldsByChip(split.fitted));
  report.leftOut = summarize(left);
  if (forAll)
    report.seen = coveringSigmas(without(foldsByRow(split.fitted, kFolds)), Scope::NewRows);
  return left;
}

/// Classes differ in their scatter by no more than the devices of a class do: the
/// sigmas of a new device are those of all.
static void poolClasses(llvm::ArrayRef<Residual> left, const Constants &prior,
                        Calibration &result) {
  OwnSigmas sheets = sheetSigmas(left);
  OwnSigmas found = coveringSigmas(left, Scope::NewDevices, sheets);
  for (ClassFit &fit : result.fits) {
    const ClassConstants &assumed = prior.of(fit.device);
    if (fit.after.timeCells) {
      fit.sheets.time = sheets.time;
      fit.unseen.time = sigmaOfNext(found.time.value_or(0), countChips(left, &LogErrors::time),
                                    assumed.sigmaTime.valueOr(0));
    }
    if (fit.after.energyCells) {
      fit.sheets.energy = sheets.energy;
      fit.unseen.energy =
          sigmaOfNext(found.energy.value_or(0), countChips(left, &LogErrors::energy),
                      assumed.sigmaEnergy.valueOr(0));
    }
  }
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

namespace {
/// Fits class after class. Numbers that several share are those of the first.
class Calibrator {
public:
  Calibrator(const std::vector<MeasuredCell> &cells, const CalibrationOptions &options,
             const Target *wanted, const Constants &prior)
      : cells(cells), options(options), wanted(wanted), prior(prior), base(prior) {}

  llvm::Expected<Calibration> run() {
    if (llvm::Error error = wanted ? fit(wanted->cls, result) : fitOthers(result))
      return std::move(error);
    if (result.fits.empty())
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "no row of the table is of a device of this class\n"
                                     "the fit needs measurements of the target or its relatives");
    // How wrong a new device is, the other classes say as well.
    bool isNew = !result.fits.front().ofTarget;
    Calibration aside;
    if (wanted && isNew)
      if (llvm::Error error = fitOthers(aside))
        return std::move(error);
    if (isNew)
      poolClasses(left, prior, result);
    return std::move(result);
  }

private:
  /// All classes but that of the target.
  llvm::Error fitOthers(Calibration &into) {
    for (unsigned i = 0; i < kNumDeviceClasses; ++i)
      if (!wanted || wanted->cls != DeviceClass(i))
        if (llvm::Error error = fit(DeviceClass(i), into))
          return error;
    return llvm::Error::success();
  }

  llvm::Error fit(DeviceClass cls, Calibration &into) {
    auto loaded = Dataset::load(
        cells, options.graphs, [&](const Target &target) { return target.cls == cls; }, base);
    if (!loaded)
      return loaded.takeError();
    Dataset &data = datasets.emplace_back(std::move(*loaded));
    into.skipped = data.skipped;
    Split split(data, options);
    if (split.fitted.empty())
      return llvm::Error::success();
    llvm::append_range(left, fitClass(cls, base, settled, split, !wanted, into));
    for (const FittedNumber &number : into.numbers)
      if (Quantity *shared = findQuantity(base, number.path); shared && number.fitted) {
        shared->value = number.value;
        settled.insert(number.path);
      }
    return llvm::Error::success();
  }

  const std::vector<MeasuredCell> &cells;
  const CalibrationOptions &options;
  const Target *wanted;
  const Constants &prior;
  Constants base; // with what is fitted already
  llvm::StringSet<> settled;
  std::list<Dataset> datasets; // that `left` refers to
  std::vector<Residual> left;
  Calibration result;
};
} // namespace

llvm::Expected<Calibration> energyopt::calibrate(std::vector<MeasuredCell> cells,
                                                 const CalibrationOptions &options) {
  if (llvm::Error error = checkExcluded(cells, options))
    return std::move(error);
  std::optional<Target> wanted;
  if (!options.target.empty()) {
    auto target = loadTarget(options.target);
    if (!target)
      return target.takeError();
    wanted = std::move(*target);
  }
  auto prior = startOf(cells, options, wanted);
  if (!prior)
    return prior.takeError();
  auto result = Calibrator(cells, options, wanted ? &*wanted : nullptr, *prior).run();
  if (!result)
    return result.takeError();
  result->yaml = wanted ? calibratedTargetYaml(*wanted, *prior, *result, options)
                        : calibratedConstantsYaml(*prior, *result, options);
  return result;
}
