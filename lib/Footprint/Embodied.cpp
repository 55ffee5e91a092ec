//===- Embodied.cpp - What making a device emitted ------------------------===//
//
// Figures of the sheet where there are any; else an estimate by the area of
// the chip, after ACT (Gupta et al., ISCA 2022).
//
//===----------------------------------------------------------------------===//

#include "Report/Format.h"
#include "energy-opt/Footprint.h"
#include "energy-opt/SiteFacts.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

/// The node of the tables that is nearest, as a ratio, to a process.
static std::string nodeOf(double nanometres) {
  std::string best;
  double least = HUGE_VAL;
  visitFacts("fab_energy", [&](const SiteFact &fact) {
    double node = 1;
    fact.item.split(' ').first.getAsDouble(node);
    double distance = std::abs(std::log(node / nanometres));
    if (distance < least) {
      least = distance;
      best = fact.item.str();
    }
  });
  return best;
}

static Interval fact(StringRef kind, StringRef item) { return intervalOf(factOf(kind, item)); }

/// CF7: kg = area * (I_fab * EPA + GPA + MPA) / yield + DRAM + packaging: of the
/// chips alone; the range goes up to what a whole card came to.
static Quantity byArea(const Target &target, const Quantity &dieMm2) {
  std::string node = nodeOf(target.processNodeNm.value);
  Interval perCm2 =
      productOf({sumOf({productOf({fact("fab_grid", "Taiwan"), fact("fab_energy", node)}),
                        fact("fab_gas", node), fact("fab_material", "all nodes")}),
                 inverse(fact("fab_yield", "all nodes"))});
  constexpr double kMm2PerCm2 = 100, kMbPerGb = 1000, kGramsPerKg = 1000;
  bool lowPower = StringRef(target.dram.technology).starts_with("LP");
  Interval grams = sumOf({scaled(perCm2, dieMm2.value / kMm2PerCm2),
                          scaled(fact("dram", lowPower ? "LPDDR" : "DDR"),
                                 target.dram.capacityMb.valueOr(0) / kMbPerGb),
                          fact("packaging", "per chip")});
  Interval kg = productOf({scaled(grams, 1 / kGramsPerKg), fact("card_over_chips", "factor")});
  std::string source = formatv("{0} mm2 at {1} and {2} GB by ACT: the chips, not the card; {3}",
                               digits(dieMm2.value), node,
                               digits(target.dram.capacityMb.valueOr(0) / kMbPerGb), dieMm2.source);
  return {kg.value, kg.low, kg.high,
          dieMm2.kind == SourceKind::Assumed ? SourceKind::Assumed : SourceKind::Derived, source};
}

Expected<Quantity> embodiedKgOf(const Target &target) {
  if (target.embodiedKg)
    return target.embodiedKg;
  auto die = findFact("die", target.name);
  if (die && target.processNodeNm)
    return byArea(target, die->figure);
  return createStringError(inconvertibleErrorCode(),
                           "the target has neither embodied.kg_co2e nor a known area of its chip");
}

Quantity lifetimeOf(const Target &target, const FootprintOptions &options) {
  constexpr double kHoursPerYear = 8760;
  if (options.deviceYears)
    return givenAs(*options.deviceYears * kHoursPerYear, "--device-years");
  if (target.lifetimeH)
    return target.lifetimeH;
  if (target.cls == DeviceClass::Gpu)
    return factOf("life", "gpu");
  return factOf("life", target.host == HostKind::Server ? "server" : "device");
}

Quantity utilizationOf(const FootprintOptions &options) {
  if (options.utilization)
    return givenAs(*options.utilization, "--utilization");
  return factOf("utilization", "any");
}

/// CF3: embodied = kg * T / (life * utilization).
Interval embodiedShare(const Quantity &kg, const Quantity &lifetimeH, const Quantity &utilization,
                       const Interval &seconds) {
  constexpr double kSecondsPerHour = 3600, kGramsPerKg = 1000;
  return productOf({scaled(intervalOf(kg), kGramsPerKg), seconds,
                    inverse(scaled(intervalOf(lifetimeH), kSecondsPerHour)),
                    inverse(intervalOf(utilization))});
}

} // namespace energyopt
