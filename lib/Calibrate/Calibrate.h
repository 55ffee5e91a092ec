//===- Calibrate.h - Fitting the model to measurements ----------*- C++ -*-===//
//
// `energy-opt calibrate`: moves the constants of a class of devices, inside
// their sourced ranges, so that the model meets the measurements; what it
// writes carries where every number came from.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_CALIBRATE_CALIBRATE_H
#define ENERGY_OPT_LIB_CALIBRATE_CALIBRATE_H

#include "Calibrate/Dataset.h"

namespace energyopt {

struct CalibrationOptions {
  /// What to write a target file for; empty: the constants of every class.
  std::string target;
  /// Targets whose cells are left out of the fit and predicted instead.
  std::vector<std::string> exclude;
  std::string graphs;    // folder of the graphs
  std::string tableName; // for the sources written
};

/// Absolute percentage errors (0.1 = 10 %), devices weighing the same.
struct ErrorSummary {
  size_t cells = 0, devices = 0, timeCells = 0, energyCells = 0;
  double medianTime = 0, p90Time = 0, medianEnergy = 0, p90Energy = 0;
};

struct FittedNumber {
  std::string path; // as visitQuantities names it
  double start = 0, value = 0, low = 0, high = 0;
  bool fitted = true; // false: no row depends on it
};

/// Sigmas of time and energy which, added to what a target's ranges and an
/// unknown host contribute, make 90 % intervals hold 90 % of the rows.
struct OwnSigmas {
  std::optional<double> time, energy;
};

/// Which numbers a calibration may move.
enum class Freedom : uint8_t {
  Nothing, // the model as it is
  Factors, // the two factors of the target
  All,     // and the constants of its class
};

/// The fit of one class of devices.
struct ClassFit {
  std::string cls;
  DeviceClass device = DeviceClass::Gpu; // the same
  Freedom freedom = Freedom::All;
  bool ofTarget = false; // fitted to a target's own rows
  std::vector<std::string> devices;
  /// `leftOut`: each device, or with a target each of its networks, predicted
  /// by a fit without it. `excluded`: the devices of --exclude.
  ErrorSummary before, after, leftOut, excluded;
  /// Of devices that a fit has not seen, of new rows of devices that it has, and
  /// of new networks on the target.
  OwnSigmas unseen, seen, own;
  OwnSigmas sheets; // by ranges, of the widest sheet left out
};

struct Calibration {
  std::vector<FittedNumber> numbers;
  std::vector<ClassFit> fits;
  std::map<std::string, unsigned> skipped;
  std::string yaml;
};

llvm::Expected<Calibration> calibrate(std::vector<MeasuredCell> cells,
                                      const CalibrationOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_CALIBRATE_CALIBRATE_H
