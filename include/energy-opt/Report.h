//===- Report.h - One struct behind every view ------------------*- C++ -*-===//
//
// Collect, then render: text, JSON, CSV and the rest read only this, so that
// they cannot disagree. Fields follow the JSON schema (docs/json.md), which
// gives the meaning of each.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_REPORT_H
#define ENERGY_OPT_REPORT_H

#include "energy-opt/Footprint.h"
#include "energy-opt/Lifetime.h"
#include "energy-opt/WorkGraph.h"

#include <memory>

namespace energyopt {

/// Where a target's device energy goes; sums to energyJ.value.
struct EnergyBreakdown {
  double computeJ = 0, dramJ = 0, onchipJ = 0, staticJ = 0;
};

enum class Bound : uint8_t { Compute, Memory, Overhead };
llvm::StringRef name(Bound bound);

/// One row of the graph on one target, for all its executions.
struct RowCost {
  double energyJ = 0; // its share of its kernel
  double latencyS = 0;
  double dramBytes = 0;
  Bound bound = Bound::Overhead;
  int32_t kernel = -1; // index into TargetReport::kernels; -1: no kernel
};

/// Ops that the target's runtime runs as one launch.
struct KernelCost {
  llvm::SmallVector<int32_t, 4> rows; // of the graph, in order
  double latencyS = 0, computeS = 0, memoryS = 0, overheadS = 0;
  double energyJ = 0, dramBytes = 0, onchipBytes = 0;
  Bound bound = Bound::Overhead;
};

/// "Conv+BatchNormalization+Relu", of a kernel's rows.
std::string kernelName(const WorkGraph &graph, llvm::ArrayRef<int32_t> rows);

/// TR4: what a training step holds on one device.
struct StepMemory {
  double parameterBytes = 0, gradientBytes = 0, optimizerBytes = 0, activationBytes = 0;
  double totalBytes() const {
    return parameterBytes + gradientBytes + optimizerBytes + activationBytes;
  }
};

/// PA1–PA6: a step of a job over one or more devices. Joules are of all
/// devices together.
struct TrainingJob {
  JobLayout layout;
  double samples = 0, tokens = 0; // of a step; tokens 0: not known
  double stepS = 0;
  /// Where the time of a step goes on each device; sums to stepS.
  double passS = 0, updateS = 0, tensorSumS = 0, pipelineS = 0, bubbleS = 0, gradientSumS = 0;
  double deviceJ = 0, hostJ = 0, facilityJ = 0, carbonG = 0;
  double linkJ = 0; // part of deviceJ
  /// Share of the peak that the model's own products reach, and that all do,
  /// recomputed ones included.
  double modelUtilization = 0, hardwareUtilization = 0;
};

/// RU1: the steps of a whole run.
struct TrainingRun {
  double steps = 0;
  Interval hours, facilityKwh, carbonKg;
  double deviceHours = 0, deviceKwh = 0, hostKwh = 0;
  std::optional<double> cost; // in the currency of the prices
};

struct TrainingReport {
  StepMemory memory;
  TrainingJob job;
  std::optional<TrainingRun> run;
};

/// What prices beyond the graph need of a target.
struct SiteFigures {
  double waitingW = 0;            // of a device that waits, EN3
  double hostW = 0, hostPerW = 0; // EN6
  double peakOpsPerS = 0;         // of the unit and format that products run in
  /// Bytes as stored over bytes of the graph, of activations.
  double activationScale = 1;
};

struct TargetReport {
  std::string name, precision, runtime;
  Interval latencyS, energyJ, hostJ, carbonG;
  double powerW = 0, dramBytes = 0, facilityJ = 0;
  /// What facilityJ and carbonG were made with.
  double pue = 1, gramsPerKwh = 0;
  EnergyBreakdown breakdownJ;
  /// Parts of energyJ that no row owns (constant power while waiting); with
  /// the rows' energies it sums to energyJ.value.
  double staticRowJ = 0;
  Bound bound = Bound::Overhead;
  bool fitsInMemory = true;
  SiteFigures site;
  std::optional<TrainingReport> training;
  std::vector<RowCost> rows; // aligned with WorkGraph::rows
  std::vector<KernelCost> kernels;
  std::vector<std::string> notes; // precision fallback, capped power, …
  Footprint footprint;
  std::optional<Lifetime> lifetime;
};

struct Coverage {
  int64_t opsTotal = 0, modelled = 0, free = 0, bounded = 0, unmodelled = 0;
  struct Op {
    std::string op, domain, reason;
    int64_t count = 0;
  };
  std::vector<Op> unmodelledOps;
  /// Share of ops that are not unmodelled, in [0, 1]; 1 for an empty graph.
  double ratio() const { return opsTotal ? 1.0 - static_cast<double>(unmodelled) / opsTotal : 1.0; }
};

struct ReportTotals {
  int64_t macs = 0, flops = 0, intOps = 0, transcendentals = 0;
  int64_t bytesMin = 0, bytesMax = 0, peakActivationBytes = 0;
  bool saturated = false; // some count did not fit 64 bits
};

/// A title and what stands under it, for parts that are prose.
struct ReportSection {
  std::string title;
  std::vector<std::string> lines;
};

/// A change that pays on some target. Savings are the difference of two
/// analyses, of the model as it is and as changed, per run of the graph.
struct Suggestion {
  std::string id, title;         // of the check; the title may name its parameters
  std::vector<std::string> ops;  // that it changes
  std::vector<std::string> kept; // that it leaves, each with the reason
  bool exact = false;
  std::string risk, effort, rationale;
  /// What to give to `energy-opt`, or what to do.
  std::string apply;
  /// Suggestions of one group exclude one another; "" for none.
  std::string group;
  /// Aligned with Report::targets; nullopt where it does not apply.
  std::vector<std::optional<double>> savingJ;
  /// Of what changes the carbon of a joule instead; else empty.
  std::vector<std::optional<double>> savingCarbonG;
};

/// A popular change that does not pay on a target, and why.
struct Refusal {
  std::string id, title, target, reason;
  double savingPct = 0; // negative: it costs more
};

/// Suggestions that go together, applied one after the other.
struct Plan {
  std::string target, apply;
  std::string risk;       // the highest of its parts
  bool needsWork = false; // more than a low risk: measure, fine-tune
  std::vector<std::string> ids;
  double beforeJ = 0, afterJ = 0;
};

struct ServingReport; // Serving.h
struct SweepReport;   // Sweep.h

struct Report {
  WorkGraph graph;
  Coverage coverage;
  ReportTotals totals;
  std::vector<TargetReport> targets;
  /// Totals as closed forms of the model's dims: JSON name and formula. Filled
  /// for --symbolic.
  std::vector<std::pair<std::string, std::string>> symbolic;
  /// How the figures of one row came to be. Filled for --explain.
  std::vector<ReportSection> explanation;
  /// What would save energy (Suggest.h).
  std::vector<Suggestion> suggestions;
  std::vector<Refusal> refusals;
  /// Ids of checks that take too long on this graph to look for unasked.
  std::vector<std::string> notSought;
  std::vector<Plan> plans;
  /// Filled for --generate and --sweep. The rest is of the prompt's run, and of
  /// the first size.
  std::shared_ptr<const ServingReport> serving;
  std::shared_ptr<const SweepReport> sweep;
};

/// Counts coverage and totals over the graph's rows.
void summarize(Report &report);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_H
