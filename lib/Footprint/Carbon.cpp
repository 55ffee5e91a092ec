//===- Carbon.cpp - A run's carbon seen from its site ---------------------===//

#include "energy-opt/Footprint.h"
#include "energy-opt/Report.h"
#include "energy-opt/SiteFacts.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace energyopt {

/// CF1: idle = s/(1 - s) * facility, s the share of the energy of all machines
/// that those take which wait.
double idleJoules(double facilityJ, double idleShare) {
  return facilityJ * idleShare / (1 - idleShare);
}

/// CF2: matched = carbon * ((1 - s) + s * I_free / I), I_free that of sun and
/// wind over their life.
Interval matchedGrams(const Interval &carbonG, double gramsPerKwh, double share) {
  if (gramsPerKwh <= 0)
    return carbonG;
  Interval free = intervalOf(factOf("carbon_free_intensity", "sun and wind"));
  auto factor = [&](double grams) { return 1 - share + share * grams / gramsPerKwh; };
  return productOf({carbonG, {factor(free.value), factor(free.low), factor(free.high)}});
}

/// CF5: count = grams / grams of one.
std::vector<Equivalence> equivalencesOf(const Interval &grams) {
  std::vector<Equivalence> all;
  visitFacts("equivalence", [&](const SiteFact &fact) {
    Interval one = scaled(intervalOf(fact.figure), 1000); // kg to g
    all.push_back({fact.item.str(), productOf({grams, inverse(one)}), originOf(fact.figure)});
  });
  return all;
}

/// "no KIND is known for 'deu'", and the regions that have one.
static Error unknownOf(StringRef kind, StringRef what, const Region &region) {
  std::vector<std::string> known;
  visitFacts(kind, [&](const SiteFact &fact) { known.push_back(fact.item.str()); });
  constexpr size_t kListed = 6;
  size_t listed = std::min(known.size(), kListed);
  std::string list = join(ArrayRef(known).take_front(listed), ", ");
  if (known.size() > listed)
    list += " and " + std::to_string(known.size() - listed) + " more";
  return createStringError(inconvertibleErrorCode(),
                           "no " + what + " is known for '" + region.code + "'\nknown for " + list);
}

Expected<Quantity> hourlyCarbonFreeShare(const Region &region) {
  if (auto fact = findFact("carbon_free", region.code))
    return fact->figure;
  return unknownOf("carbon_free", "hourly carbon-free share", region);
}

Expected<Quantity> marginalIntensity(const Region &region) {
  if (auto fact = findFact("marginal", region.code))
    return fact->figure;
  return unknownOf("marginal", "marginal carbon intensity", region);
}

/// CF4: marginal = facility * the intensity of the plant that follows the load.
static void addMarginal(Footprint &footprint, const TargetReport &report, const Region &region) {
  auto marginal = marginalIntensity(region);
  if (!marginal) // the command line has refused it
    return consumeError(marginal.takeError());
  footprint.marginalGramsPerKwh = *marginal;
  if (report.gramsPerKwh > 0)
    footprint.marginalG = scaled(report.carbonG, marginal->value / report.gramsPerKwh);
}

static void addEmbodied(Footprint &footprint, const TargetReport &report, const Target &target,
                        const FootprintOptions &options) {
  auto kg = embodiedKgOf(target);
  if (!kg) {
    footprint.embodiedUnknown = toString(kg.takeError());
    return;
  }
  footprint.embodiedKg = *kg;
  footprint.lifetimeH = lifetimeOf(target, options);
  footprint.utilization = utilizationOf(options);
  footprint.embodiedG =
      embodiedShare(*kg, footprint.lifetimeH, footprint.utilization, report.latencyS);
}

Footprint footprintOf(const TargetReport &report, const Target &target,
                      const FootprintOptions &options) {
  Footprint footprint;
  if (options.idleShare && target.host == HostKind::Server) {
    footprint.idleShare = givenAs(*options.idleShare, "--idle-share");
    double factor = idleJoules(1, *options.idleShare);
    double spread = report.carbonG.value > 0 ? report.facilityJ / report.carbonG.value : 0;
    // Joules at the meter are as uncertain as the carbon that follows them.
    footprint.idleJ = scaled(report.carbonG, factor * spread);
    if (report.carbonG.value <= 0)
      footprint.idleJ = exactly(factor * report.facilityJ);
    footprint.idleG = scaled(report.carbonG, factor);
  }
  if (options.carbonFreeShare) {
    footprint.carbonFreeShare = *options.carbonFreeShare;
    footprint.matchedG =
        matchedGrams(report.carbonG, report.gramsPerKwh, options.carbonFreeShare->value);
  }
  if (options.embodied)
    addEmbodied(footprint, report, target, options);
  if (options.marginal && options.region)
    addMarginal(footprint, report, *options.region);
  if (options.equivalences)
    footprint.equivalences = equivalencesOf(report.carbonG);
  return footprint;
}

} // namespace energyopt
