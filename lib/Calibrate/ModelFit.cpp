//===- ModelFit.cpp - A class's constants as parameters of a fit ----------===//

#include "Calibrate/ModelFit.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;

/// Every device weighs like this many rows, however many it has, as long as
/// none of them weighs more than kMostPerRow.
constexpr double kRowsPerDevice = 20, kMostPerRow = 3;
/// What a device may differ from its class by: 90 % lie within these factors of
/// the target that is calibrated, and of the others, whose factors are only
/// there to be forgotten.
constexpr double kFactorLow = 0.75, kFactorHigh = 1.35;
constexpr double kOtherLow = 0.82, kOtherHigh = 1.22;

bool ModelFit::isOurs(StringRef path, const Quantity &number) const {
  bool section = path.starts_with((name(cls) + ".").str()) || path.starts_with("hosts.") ||
                 path.starts_with("path_picojoule_per_bit.");
  return section && !path.contains("sigma") && number.low > 0 && number.high > number.low &&
         number.value > 0 && !settled.contains(path);
}

/// Whether moving a constant moves any of the entries.
bool ModelFit::matters(const FitParameter &p, const Dataset::Entries &entries) const {
  Constants moved = prior;
  findQuantity(moved, p.name)->value *= 1.3;
  for (auto [a, b] :
       llvm::zip(Dataset::errorsOf(entries, prior), Dataset::errorsOf(entries, moved)))
    if (std::abs(a.time.value_or(0) - b.time.value_or(0)) +
            std::abs(a.energy.value_or(0) - b.energy.value_or(0)) >
        1e-4)
      return true;
  return false;
}

void ModelFit::chooseParameters(const Dataset::Entries &entries) {
  if (freedom == Freedom::All)
    visitQuantities(prior, [&](StringRef path, const Quantity &number) {
      FitParameter p = {path.str(), number.value, number.low, number.high};
      if (isOurs(path, number) && matters(p, entries))
        parameters.push_back({std::move(p), /*ofTarget=*/false});
    });
  if (own && freedom != Freedom::Nothing)
    for (const char *path : {"calibration.time_factor", "calibration.energy_factor"})
      parameters.push_back({{path, 1, kFactorLow, kFactorHigh}, /*ofTarget=*/true});
}

std::vector<LogErrors> ModelFit::errors(const Dataset::Entries &entries,
                                        llvm::ArrayRef<double> values) const {
  Constants constants = prior;
  Target target = own ? *own : Target();
  for (auto [p, value] : llvm::zip(parameters, values)) {
    Quantity *number =
        p.ofTarget ? findQuantity(target, p.fit.name) : findQuantity(constants, p.fit.name);
    number->value = value;
    if (number->source.empty())
      number->source = "fitted";
  }
  return Dataset::errorsOf(entries, constants, own, &target);
}

/// Devices differ from their class by factors of their own. The fit gives each
/// one a pair, so that no device's peculiarity bends the constants of all; they
/// are forgotten afterwards.
namespace {
struct DeviceFactors {
  std::map<std::string, unsigned> place;
  std::map<std::string, double> rows;

  DeviceFactors(const Dataset::Entries &entries) {
    for (const Dataset::Entry *entry : entries) {
      place.try_emplace(entry->cell.target, place.size());
      ++rows[entry->cell.target];
    }
  }
};
} // namespace

std::vector<double> ModelFit::fit(const Dataset::Entries &entries,
                                  llvm::ArrayRef<double> from) const {
  if (parameters.empty())
    return {};
  DeviceFactors devices(entries);
  std::vector<double> weights;
  for (const Dataset::Entry *entry : entries)
    weights.insert(weights.end(), 2,
                   std::min(kMostPerRow, kRowsPerDevice / devices.rows[entry->cell.target]));
  std::vector<FitParameter> specs;
  for (const Parameter &p : parameters)
    specs.push_back(p.fit);
  for (size_t i = 0; i < 2 * devices.place.size(); ++i)
    specs.push_back({"device", 1, kOtherLow, kOtherHigh});
  std::vector<double> known(from.begin(), from.end());
  if (!from.empty())
    known.resize(specs.size(), 1);
  // Moving a device's factor does not run the model again.
  std::vector<double> last;
  std::vector<LogErrors> model;
  auto flat = [&](llvm::ArrayRef<double> values) {
    llvm::ArrayRef<double> constants = values.take_front(parameters.size());
    if (constants != llvm::ArrayRef<double>(last)) {
      model = errors(entries, constants);
      last = constants.vec();
    }
    std::vector<double> r;
    r.reserve(2 * entries.size());
    for (auto [entry, error] : llvm::zip(entries, model)) {
      size_t device = parameters.size() + 2 * devices.place[entry->cell.target];
      if (entry->target == own) { // has factors that are kept
        r.push_back(error.time.value_or(0));
        r.push_back(error.energy.value_or(0));
        continue;
      }
      r.push_back(error.time ? *error.time + std::log(values[device]) : 0);
      r.push_back(error.energy ? *error.energy + std::log(values[device + 1]) : 0);
    }
    return r;
  };
  std::vector<double> fitted = fitParameters(specs, flat, weights, FitOptions(), known);
  fitted.resize(parameters.size());
  return fitted;
}

std::vector<Residual> ModelFit::residuals(const Dataset::Entries &entries,
                                          llvm::ArrayRef<double> values) const {
  std::vector<Residual> result;
  for (auto [entry, error] : llvm::zip(entries, errors(entries, values)))
    result.push_back({entry, error});
  return result;
}

std::vector<FittedNumber> ModelFit::numbers(llvm::ArrayRef<double> values) const {
  std::vector<FittedNumber> result;
  llvm::StringSet<> moved;
  for (auto [p, value] : llvm::zip(parameters, values)) {
    result.push_back({p.fit.name, p.fit.start, value, p.fit.low, p.fit.high, /*fitted=*/true});
    moved.insert(p.fit.name);
  }
  if (freedom == Freedom::All)
    visitQuantities(prior, [&](StringRef path, const Quantity &number) {
      if (isOurs(path, number) && !moved.contains(path))
        result.push_back({path.str(), number.value, number.value, number.low, number.high,
                          /*fitted=*/false});
    });
  return result;
}
