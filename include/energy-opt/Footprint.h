//===- Footprint.h - What a run costs beyond its electricity ----*- C++ -*-===//
//
// The carbon of one run seen from its site: idle machines, carbon-free supply,
// the making of the device, the marginal plant, and what it compares to.
// Equations and their labels: docs/footprint.md.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_FOOTPRINT_H
#define ENERGY_OPT_FOOTPRINT_H

#include "energy-opt/Interval.h"
#include "energy-opt/Regions.h"
#include "energy-opt/Target.h"

namespace energyopt {

struct TargetReport;

struct FootprintOptions {
  /// Gives the marginal intensity and the carbon-free share, where known.
  std::optional<Region> region;
  bool marginal = false, embodied = false, equivalences = false;
  /// Share of the electricity that is matched, hour by hour, without carbon.
  std::optional<Quantity> carbonFreeShare;
  /// Share of the energy of all machines that those take which wait.
  std::optional<double> idleShare;
  /// Life of a device in years, and the share of it that it computes.
  std::optional<double> deviceYears, utilization;
};

/// "4.1 km by car".
struct Equivalence {
  std::string what;
  Interval count;
  std::string origin;
};

/// Of one run on one target. What was not asked for is absent.
struct Footprint {
  std::optional<Interval> idleJ, idleG; // at the facility's meter
  Quantity idleShare;
  std::optional<Interval> matchedG;
  Quantity carbonFreeShare;
  std::optional<Interval> embodiedG;
  Quantity embodiedKg, lifetimeH, utilization;
  /// Why there is no embodiedG though it was asked for.
  std::string embodiedUnknown;
  std::optional<Interval> marginalG;
  Quantity marginalGramsPerKwh;
  std::vector<Equivalence> equivalences;

  bool empty() const {
    return !idleJ && !matchedG && !embodiedG && embodiedUnknown.empty() && !marginalG &&
           equivalences.empty();
  }
};

/// What making the device emitted, kg: of its sheet, or by the area of its
/// chip. An Error says what is missing.
llvm::Expected<Quantity> embodiedKgOf(const Target &target);
/// Its life in hours: as given, of its sheet, or of its kind.
Quantity lifetimeOf(const Target &target, const FootprintOptions &options);
Quantity utilizationOf(const FootprintOptions &options);
/// Grams of the making that `seconds` of work bear.
Interval embodiedShare(const Quantity &kg, const Quantity &lifetimeH, const Quantity &utilization,
                       const Interval &seconds);
/// Joules at the meter that machines which wait add to those that work.
double idleJoules(double facilityJ, double idleShare);
/// Grams when `share` of the electricity is matched with carbon-free supply.
Interval matchedGrams(const Interval &carbonG, double gramsPerKwh, double share);
std::vector<Equivalence> equivalencesOf(const Interval &grams);

/// The table's hourly carbon-free share, and the marginal intensity, of a
/// region. Errors name the regions that have one.
llvm::Expected<Quantity> hourlyCarbonFreeShare(const Region &region);
llvm::Expected<Quantity> marginalIntensity(const Region &region);

/// All of it that `options` ask for.
Footprint footprintOf(const TargetReport &report, const Target &target,
                      const FootprintOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_FOOTPRINT_H
