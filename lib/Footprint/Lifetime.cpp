//===- Lifetime.cpp - Training, serving and making, over years ------------===//

#include "energy-opt/Lifetime.h"

#include "Report/Format.h"
#include "energy-opt/Report.h"
#include "energy-opt/SiteFacts.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

static constexpr double kDaysPerYear = 365, kSecondsPerDay = 86400, kJoulePerWh = 3600;

static std::string joules(double value) { return si(value, "J", /*unicode=*/false); }

namespace {
class LifetimeSum {
public:
  LifetimeSum(const TargetReport &report, const Target &target, const LifetimeOptions &options,
              const FootprintOptions &site)
      : report(report), target(target), options(options), site(site),
        days(options.years * kDaysPerYear) {}

  Lifetime run();

private:
  LifetimePart training();
  LifetimePart serving() const;
  LifetimePart idle() const;
  LifetimePart embodied() const;
  void total();
  Interval grams(const Interval &joules) const {
    return scaled(joules, report.gramsPerKwh / kJoulePerKwh);
  }

  const TargetReport &report;
  const Target &target;
  const LifetimeOptions &options;
  const FootprintOptions &site;
  double days;
  double runs = 0; // of the graph
  Lifetime out;
};
} // namespace

/// LT2: training = n * E_training, n one for each period begun.
LifetimePart LifetimeSum::training() {
  LifetimePart part{"training", {}, {}, ""};
  out.trainings = options.retrainEveryDays ? std::ceil(days / *options.retrainEveryDays) : 1;
  if (!options.trainingJ) {
    part.note = "unknown: give the electricity of one training with --training-kwh";
    return part;
  }
  part.energyJ = exactly(out.trainings * *options.trainingJ);
  part.carbonG = grams(*part.energyJ);
  part.note = exactNumber(out.trainings) + " x " +
              si(*options.trainingJ / kJoulePerWh, "Wh", /*unicode=*/false);
  return part;
}

/// LT1: serving = requests / requests per run * facility.
LifetimePart LifetimeSum::serving() const {
  double value = report.energyJ.value + report.hostJ.value;
  Interval machines = sumOf({report.energyJ, report.hostJ});
  Interval meter = value > 0 ? scaled(machines, report.facilityJ / value) : exactly(0);
  LifetimePart part{"serving", scaled(meter, runs), {}, ""};
  part.carbonG = grams(*part.energyJ);
  part.note = si(out.requests, "", false) + " requests of " +
              joules(meter.value / static_cast<double>(options.requestsPerRun));
  return part;
}

/// LT3: idle = (P_idle + P_host) * (n * days - busy time) * PUE.
LifetimePart LifetimeSum::idle() const {
  LifetimePart part{"idle", {}, {}, ""};
  if (!options.machines) {
    part.note = "not counted: --machines gives the devices that are kept ready";
    return part;
  }
  double spare = static_cast<double>(*options.machines) - out.busyDevices;
  if (spare < 0) {
    part.note = formatv("--machines={0} is too few: the requests keep {1} busy", *options.machines,
                        digits(out.busyDevices));
    return part;
  }
  if (!target.idleW) {
    part.note = "unknown: the target has no power.idle_w";
    return part;
  }
  double hostW = report.latencyS.value > 0 ? report.hostJ.value / report.latencyS.value : 0;
  double seconds = spare * days * kSecondsPerDay;
  Interval watts = sumOf({intervalOf(target.idleW), exactly(hostW)});
  part.energyJ = scaled(watts, seconds * report.pue);
  part.carbonG = grams(*part.energyJ);
  part.note = formatv("{0} devices of {1} W with their hosts, less the time that they serve",
                      *options.machines, digits(target.idleW.value + hostW));
  return part;
}

/// LT4: embodied = CF3 of the time that devices are kept: provisioned ones whole
/// (utilization 1), else the busy time at its utilization.
LifetimePart LifetimeSum::embodied() const {
  LifetimePart part{"embodied", {}, {}, ""};
  auto kg = embodiedKgOf(target);
  if (!kg) {
    part.note = "unknown: " + toString(kg.takeError());
    return part;
  }
  Quantity life = lifetimeOf(target, site);
  bool kept = options.machines.has_value();
  Quantity utilization = kept ? givenAs(1, "--machines") : utilizationOf(site);
  Interval seconds = kept ? exactly(static_cast<double>(*options.machines) * days * kSecondsPerDay)
                          : scaled(report.latencyS, runs);
  part.carbonG = embodiedShare(*kg, life, utilization, seconds);
  part.note = digits(kg->value) + " kg over " + digits(life.value) + " h of life";
  return part;
}

/// LT5: total = the sum of what is known.
void LifetimeSum::total() {
  std::vector<Interval> joules, carbon;
  double most = -1;
  for (const LifetimePart &part : out.parts) {
    if (part.energyJ)
      joules.push_back(*part.energyJ);
    if (!part.carbonG)
      continue;
    carbon.push_back(*part.carbonG);
    if (part.carbonG->value > most) {
      most = part.carbonG->value;
      out.dominant = part.name;
    }
  }
  out.energyJ = sumOf(joules);
  out.carbonG = sumOf(carbon);
  if (site.equivalences)
    out.equivalences = equivalencesOf(out.carbonG);
}

Lifetime LifetimeSum::run() {
  out.requests = options.requestsPerDay * days;
  runs = out.requests / static_cast<double>(options.requestsPerRun);
  out.busyDevices = runs * report.latencyS.value / (days * kSecondsPerDay);
  out.parts.push_back(training());
  out.parts.push_back(serving());
  out.parts.push_back(idle());
  out.parts.push_back(embodied());
  total();
  return std::move(out);
}

Lifetime lifetimeOf(const TargetReport &report, const Target &target,
                    const LifetimeOptions &options, const FootprintOptions &site) {
  return LifetimeSum(report, target, options, site).run();
}

} // namespace energyopt
