//===- SiteText.cpp - Footprint and lifetime in words ---------------------===//

#include "SiteText.h"

#include "Format.h"

#include "energy-opt/SiteFacts.h"

using namespace llvm;

namespace energyopt {

namespace {
/// Grams, from a million on as tonnes.
std::string mass(double grams, bool unicode) {
  return grams < 1e6 ? si(grams, "g", unicode) : si(grams / 1e6, "t", unicode);
}

std::string massRange(const Interval &grams, bool unicode) {
  return range(scaled(grams, grams.value < 1e6 ? 1 : 1e-6), unicode);
}

/// Writes figures in the units of one screen.
struct Words {
  bool unicode;

  /// "12.3 mg (8.1–20)".
  std::string grams(const Interval &g) const {
    return mass(g.value, unicode) + " (" + massRange(g, unicode) + ")";
  }
  std::string share(const Quantity &q) const { return percent(q.value, 1, unicode); }
  std::string idle(const Footprint &f) const {
    return "machines that wait, " + share(f.idleShare) +
           " of the energy of all: " + si(f.idleJ->value, "J", unicode) + " and " +
           grams(*f.idleG) + " more";
  }
  std::string matched(const Footprint &f) const {
    return "with " + share(f.carbonFreeShare) +
           " of the electricity carbon-free: " + grams(*f.matchedG) + "; " +
           f.carbonFreeShare.source;
  }
  std::string embodied(const Footprint &f) const {
    if (!f.embodiedG)
      return "making of the device: unknown, " + f.embodiedUnknown;
    return "making of the device: " + grams(*f.embodiedG) + " more: " + digits(f.embodiedKg.value) +
           " kg over " + digits(f.lifetimeH.value) + " h, at work for " + share(f.utilization) +
           "; " + originOf(f.embodiedKg);
  }
  std::string marginal(const Footprint &f) const {
    return "marginal plant, " + digits(f.marginalGramsPerKwh.value) +
           " g/kWh: " + grams(*f.marginalG) + "; " + originOf(f.marginalGramsPerKwh);
  }
  /// "4.10 x km by car"; of less than one, how many of `these` make it.
  std::string equivalence(const Equivalence &e, StringRef these) const {
    std::string origin = "; " + e.origin;
    if (e.count.value >= 1)
      return "as much as " + si(e.count.value, "", unicode) + " x " + e.what + origin;
    return "1 " + e.what + " is as much as " + si(1 / e.count.value, "", unicode) + " " +
           these.str() + origin;
  }
  /// Those that help to imagine the amount.
  void equivalences(ArrayRef<Equivalence> all, StringRef these,
                    std::vector<std::string> &lines) const {
    constexpr double kLeast = 1e-7;
    for (const Equivalence &e : all)
      if (e.count.value >= kLeast)
        lines.push_back(equivalence(e, these));
  }
};
} // namespace

std::string siteOf(const TargetReport &target) {
  return "PUE " + exactNumber(target.pue) + ", " + exactNumber(target.gramsPerKwh) + " g/kWh";
}

std::vector<std::string> footprintLines(const TargetReport &target, bool unicode) {
  Words words{unicode};
  const Footprint &f = target.footprint;
  std::vector<std::string> lines;
  if (f.idleJ)
    lines.push_back(words.idle(f));
  if (f.matchedG)
    lines.push_back(words.matched(f));
  if (f.embodiedG || !f.embodiedUnknown.empty())
    lines.push_back(words.embodied(f));
  if (f.marginalG)
    lines.push_back(words.marginal(f));
  words.equivalences(f.equivalences, "runs", lines);
  return lines;
}

std::vector<std::vector<std::string>> lifetimeRows(const Lifetime &life, bool unicode) {
  std::vector<std::vector<std::string>> rows;
  auto add = [&](StringRef name, const std::optional<Interval> &joules,
                 const std::optional<Interval> &grams) {
    rows.push_back({name.str(), joules ? si(joules->value / 3600, "Wh", unicode) : "-",
                    grams ? mass(grams->value, unicode) : "-",
                    grams ? massRange(*grams, unicode) : "-",
                    grams ? percent(grams->value, life.carbonG.value, unicode) : "-"});
  };
  for (const LifetimePart &part : life.parts)
    add(part.name, part.energyJ, part.carbonG);
  add("total", life.energyJ, life.carbonG);
  return rows;
}

std::vector<std::string> lifetimeLines(const Lifetime &life, bool unicode) {
  std::vector<std::string> lines;
  for (const LifetimePart &part : life.parts)
    if (!part.note.empty())
      lines.push_back(part.name + ": " + part.note);
  lines.push_back("the requests keep " + digits(life.busyDevices) + " devices busy");
  lines.push_back("most carbon: " + life.dominant);
  Words{unicode}.equivalences(life.equivalences, "lifetimes", lines);
  return lines;
}

} // namespace energyopt
