//===- Deploy.cpp - Where and how a model is run --------------------------===//

#include "Analysis/Estimate.h"
#include "Report/Format.h"
#include "Suggest/Advisor.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/Placement.h"
#include "energy-opt/Regions.h"
#include "energy-opt/SiteFacts.h"
#include "energy-opt/Sweep.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace energyopt;

/// What the wall socket of a device and its host sees.
static double withHost(const TargetReport &report) {
  return report.energyJ.value + report.hostJ.value;
}

static std::string percentOver(double factor) {
  return llvm::formatv("{0:F0} %", 100 * (factor - 1));
}

static std::string inSeconds(double seconds) { return si(seconds, "s", /*unicode=*/false); }

//===----------------------------------------------------------------------===//
// deploy-power-limit
//===----------------------------------------------------------------------===//

/// Watts from the sheet's limit down to what it can be set to, in steps of 5 %.
static std::vector<double> limitsOf(const Target &target) {
  std::vector<double> limits;
  if (!target.capMinW || !target.activeW)
    return limits;
  for (double share = 0.95; share * target.activeW.value >= target.capMinW.value; share -= 0.05)
    limits.push_back(std::round(share * target.activeW.value));
  return limits;
}

/// Less power for longer: the limit with the least energy of device and host.
static void advisePowerLimit(Advisor &advisor) {
  const Situation &s = advisor.situation;
  if (s.energy.powerLimitW)
    return;
  for (auto [i, target] : llvm::enumerate(s.targets)) {
    const TargetReport &base = s.base.targets[i];
    std::optional<TargetReport> best;
    double bestLimit = 0;
    auto compare = [&](double limit, TargetReport report) {
      if (withHost(report) >= withHost(best ? *best : base))
        return;
      best = std::move(report);
      bestLimit = limit;
    };
    llvm::consumeError(
        estimateUnderLimits(s.base.graph, target, s.energy, limitsOf(target), compare));
    if (!best)
      continue;
    Suggestion suggestion = advisor.draft();
    suggestion.title = llvm::formatv("Limit power to {0} W: {1} slower", int64_t(bestLimit),
                                     percentOver(best->latencyS.value / base.latencyS.value));
    suggestion.apply = llvm::formatv("--power-limit={0}W; nvidia-smi -pl {0}", int64_t(bestLimit));
    suggestion.savingJ[i] = base.energyJ.value - best->energyJ.value;
    advisor.add(std::move(suggestion));
  }
}

//===----------------------------------------------------------------------===//
// deploy-batching
//===----------------------------------------------------------------------===//

/// Powers of two from `first` to 256, while the model works at them.
static std::vector<std::pair<int64_t, WorkGraph>> graphsByBatch(const Advisor &advisor,
                                                                int64_t first) {
  constexpr int64_t kMost = 256;
  std::vector<std::pair<int64_t, WorkGraph>> graphs;
  AnalysisOptions options = advisor.situation.analysis;
  for (int64_t batch = first; batch > 0 && batch <= kMost / 2;) {
    options.batch = batch *= 2;
    auto graph = advisor.analysed(options);
    if (!graph || samplesOf(*graph) != batch)
      break;
    graphs.emplace_back(batch, std::move(*graph));
  }
  return graphs;
}

static void adviseBatching(Advisor &advisor) {
  const Situation &s = advisor.situation;
  int64_t first = samplesOf(s.base.graph);
  if (!s.analysis.shapes.empty()) // sizes that were given by hand
    return;
  auto graphs = graphsByBatch(advisor, first);
  if (graphs.empty())
    return;
  for (auto [i, target] : llvm::enumerate(s.targets)) {
    const TargetReport &base = s.base.targets[i];
    auto pointOf = [](int64_t batch, const TargetReport &report) {
      SweepPoint point;
      point.size = point.samples = batch;
      point.energyJ = report.energyJ;
      point.latencyS = report.latencyS;
      point.fits = report.fitsInMemory;
      return point;
    };
    std::vector<SweepPoint> points{pointOf(first, base)};
    for (auto &[batch, graph] : graphs)
      if (auto report = advisor.priced(graph, target, s.energy))
        points.push_back(pointOf(batch, *report));
    std::optional<size_t> found = kneeOf(points);
    if (!found)
      continue;
    const SweepPoint &knee = points[*found];
    double saved = base.energyJ.value - knee.joulePerSample() * first;
    if (knee.size == first || saved < kLeastShare * base.energyJ.value) {
      advisor.refuse(i,
                     llvm::formatv("past batch {0} a sample costs hardly less: {1} binds it", first,
                                   name(base.bound)),
                     100 * saved / base.energyJ.value);
      continue;
    }
    Suggestion suggestion = advisor.draft();
    suggestion.title =
        llvm::formatv("Batches of {0}: {1} each, now {2}", knee.size,
                      inSeconds(knee.latencyS.value), inSeconds(base.latencyS.value));
    suggestion.apply = llvm::formatv("--batch={0}; collect requests in the server", knee.size);
    suggestion.savingJ[i] = saved;
    advisor.add(std::move(suggestion));
  }
}

//===----------------------------------------------------------------------===//
// deploy-target
//===----------------------------------------------------------------------===//

/// The built-in target of the same class that runs the model, in memory, with
/// the least energy of device and host.
static void adviseTarget(Advisor &advisor) {
  const Situation &s = advisor.situation;
  std::vector<Target> known;
  for (const TargetEntry &entry : builtinTargets())
    if (auto target = loadTarget(entry.name))
      known.push_back(std::move(*target));
    else
      llvm::consumeError(target.takeError());
  EnergyOptions options = s.energy;
  for (auto [i, own] : llvm::enumerate(s.targets)) {
    const TargetReport &base = s.base.targets[i];
    std::optional<TargetReport> best;
    for (const Target &target : known) {
      if (target.cls != own.cls || target.name == own.name)
        continue;
      auto report = advisor.priced(s.base.graph, target, options);
      if (report && report->fitsInMemory && report->latencyS.value <= 2 * base.latencyS.value &&
          withHost(*report) < withHost(best ? *best : base))
        best = std::move(report);
    }
    if (!best)
      continue;
    Suggestion suggestion = advisor.draft();
    suggestion.title =
        llvm::formatv("Run it on {0}: {1}, now {2}", best->name, inSeconds(best->latencyS.value),
                      inSeconds(base.latencyS.value));
    suggestion.apply = "--target=" + best->name;
    suggestion.savingJ[i] = base.energyJ.value - best->energyJ.value;
    advisor.add(std::move(suggestion));
  }
}

//===----------------------------------------------------------------------===//
// deploy-region
//===----------------------------------------------------------------------===//

static bool isCloud(llvm::StringRef code) {
  return code.starts_with("aws-") || code.starts_with("azure-") || code.starts_with("gcp-");
}

/// The cloud region whose electricity has the least carbon over a year.
static void adviseRegion(Advisor &advisor) {
  const Situation &s = advisor.situation;
  std::optional<Region> best;
  visitRegions([&](const Region &region) {
    if (isCloud(region.code) && (!best || region.gramsPerKwh < best->gramsPerKwh))
      best = region;
  });
  if (!best)
    return;
  Suggestion suggestion = advisor.draft();
  suggestion.title = llvm::formatv("Run it in {0}: {1} gCO2e/kWh in {2}", best->code,
                                   best->gramsPerKwh, best->year);
  suggestion.apply = "--region=" + best->code.str();
  suggestion.savingCarbonG.resize(s.targets.size());
  EnergyOptions options = s.energy;
  options.carbonIntensity = best->gramsPerKwh;
  if (auto pue = providerPue(best->code))
    options.cloudPue = pue->value;
  for (auto [i, target] : llvm::enumerate(s.targets))
    if (auto report = advisor.priced(s.base.graph, target, options);
        report && target.host == HostKind::Server)
      suggestion.savingCarbonG[i] = s.base.targets[i].carbonG.value - report->carbonG.value;
  advisor.add(std::move(suggestion));
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static constexpr Check kChecks[] = {
    {.id = "deploy-batching",
     .title = "Run several samples at a time",
     .rationale = "A batch reads the weights once and fills units that one sample leaves idle; the "
                  "power that flows anyway is shared. The batch named is the smallest within 10 % "
                  "of the best energy per sample, the saving that of one sample.",
     .elsewhere = "Dynamic batching of the server: Triton's dynamic_batching, TorchServe's "
                  "batch_size and max_batch_delay, vLLM's continuous batching.",
     .exact = true,
     .effort = Degree::Medium,
     .tellsWhenNot = true,
     .advise = adviseBatching},
    {.id = "deploy-fit",
     .title = "Make the model fit the device",
     .rationale =
         "Weights and the results that live at the same time have to fit in the memory of a "
         "device, on a microcontroller weights in its flash. Where they do not, the energy "
         "of a run is that of one nobody can make. Said is how much is too much, the widest "
         "format (fp16, int8, int4) in which the model fits, or how much smaller it has to "
         "become.",
     .elsewhere =
         "STM32Cube.AI and TensorFlow Lite Micro report the flash and RAM that a model takes.",
     .risk = Degree::Medium,
     .effort = Degree::Medium,
     .ofCosts = true,
     .advise = adviseFit},
    {.id = "deploy-hours",
     .title = "Run what can wait in the hours with the least carbon",
     .rationale =
         "The same grid has hours of wind and sun and hours without. Training and batch jobs "
         "can wait for them. Of a day's profile, which --hourly-carbon gives, the best six "
         "hours in a row are named, and what they save against an even spread over the day. "
         "Without a profile nothing is said: grids differ too much for a common one.",
     .elsewhere = "Electricity Maps, WattTime and grid operators publish hourly intensities; "
                  "carbon-aware schedulers choose the hour by themselves.",
     .exact = true,
     .effort = Degree::Low,
     .ofCosts = true,
     .advise = adviseHours},
    {.id = "deploy-power-limit",
     .title = "Limit the power of the device",
     .rationale = "Near its limit a processor buys the last of its clock with high voltage. Below "
                  "it the run takes longer and costs less. The limit named is the one with the "
                  "least energy of device and host together.",
     .elsewhere = "nvidia-smi -pl WATTS, rocm-smi --setpoweroverdrive, nvpmodel on a Jetson.",
     .exact = true,
     .effort = Degree::Low,
     .ofCosts = true,
     .advise = advisePowerLimit},
    {.id = "deploy-region",
     .title = "Run it where electricity has less carbon",
     .rationale =
         "The same joules cause up to a hundred times as much carbon in one grid as in "
         "another. Named is the cloud region with the lowest average over a year; work that "
         "can wait gains again by the hour (deploy-hours).",
     .elsewhere = "--region and --carbon-intensity compare places; carbon-aware schedulers choose "
                  "the hour.",
     .exact = true,
     .effort = Degree::Medium,
     .onRequest = true,
     .ofCosts = true,
     .advise = adviseRegion},
    {.id = "deploy-target",
     .title = "Run it on another device of the kind",
     .rationale = "A newer process, a narrower memory bus or fewer idle units can do the same work "
                  "with less energy. Compared are built-in targets of the same class that hold the "
                  "model and take at most twice the time, by the energy of device and host.",
     .elsewhere = "energy-opt MODEL --target=A,B,C compares any targets.",
     .exact = true,
     .effort = Degree::High,
     .onRequest = true,
     .ofCosts = true,
     .advise = adviseTarget},
};

llvm::ArrayRef<Check> energyopt::deployChecks() { return kChecks; }
