//===- Lifetime.h - Training, serving and making, over years ----*- C++ -*-===//
//
// Equations and their labels: docs/footprint.md.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIFETIME_H
#define ENERGY_OPT_LIFETIME_H

#include "energy-opt/Footprint.h"

namespace energyopt {

struct LifetimeOptions {
  double requestsPerDay = 0, years = 1;
  /// Joules at the meter of one training; it is repeated where a period is
  /// given.
  std::optional<double> trainingJ, retrainEveryDays;
  /// Devices that are kept ready; nullopt: as busy as the requests make them.
  std::optional<int64_t> machines;
  /// Requests that one run of the graph serves.
  int64_t requestsPerRun = 1;
};

/// "serving": energy at the meter and carbon over all years. Absent: unknown,
/// or nothing of that kind.
struct LifetimePart {
  std::string name;
  std::optional<Interval> energyJ, carbonG;
  std::string note;
};

struct Lifetime {
  double requests = 0, trainings = 0;
  /// Devices that the requests keep busy all the time.
  double busyDevices = 0;
  std::vector<LifetimePart> parts;
  Interval energyJ, carbonG;
  std::vector<Equivalence> equivalences; // of the total, where asked for
  /// The part with the most carbon.
  std::string dominant;
};

Lifetime lifetimeOf(const TargetReport &report, const Target &target,
                    const LifetimeOptions &options, const FootprintOptions &site);

} // namespace energyopt

#endif // ENERGY_OPT_LIFETIME_H
