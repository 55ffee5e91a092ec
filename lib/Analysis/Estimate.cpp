//===- Estimate.cpp - One target's part of the report ---------------------===//

#include "Estimate.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace energyopt;

namespace {

/// 90 % of a normal distribution lies within this many sigma.
constexpr double kNinetyPercent = 1.645;
constexpr double kJoulePerKwh = 3.6e6;

Interval around(double value, double sigma) {
  double factor = std::exp(kNinetyPercent * sigma);
  return {value, value / factor, value * factor};
}

class Reporter {
public:
  Reporter(const Pricing &pricing, const EnergyOptions &options, bool intervals)
      : p(pricing), graph(pricing.index.graph), options(options), intervals(intervals) {
    figures = evaluate(p.coefficients, p.loads.kernels, &perKernel);
  }

  TargetReport run() {
    report.name = p.target.name;
    report.runtime = p.runtime.name;
    report.precision = options.precision ? name(ranPrecision()).str() : "as-is";
    fillKernels();
    fillRows();
    fillTotals();
    fillNotes();
    return std::move(report);
  }

private:
  /// Seconds that dispatch adds, spread evenly over the launches.
  double overheadPerLaunch() const {
    return figures.launches > 0 ? (figures.uncappedS - figures.busyS) / figures.launches : 0;
  }

  static Bound boundOf(double compute, double memory, double overhead) {
    if (overhead >= compute && overhead >= memory)
      return Bound::Overhead;
    return compute >= memory ? Bound::Compute : Bound::Memory;
  }

  /// Joules of a kernel: its own work and the constant power while it is busy.
  double kernelJoule(const KernelFigures &k) const {
    return (k.computeJ + k.dramJ + k.onchipJ + p.coefficients.constantW * k.busyS) *
           figures.energyScale;
  }

  void fillKernels() {
    report.kernels.reserve(perKernel.size());
    for (size_t i = 0; i < perKernel.size(); ++i) {
      const KernelFigures &k = perKernel[i];
      const Kernel &planned = p.plan.kernels[i];
      KernelCost &cost = report.kernels.emplace_back();
      cost.rows.assign(planned.rows.begin(), planned.rows.end());
      cost.computeS = k.computeS * figures.timeScale;
      cost.memoryS = k.memoryS * figures.timeScale;
      cost.overheadS = overheadPerLaunch() * p.loads.kernels[i].executions * figures.timeScale;
      cost.latencyS = k.busyS * figures.timeScale + cost.overheadS;
      cost.energyJ = kernelJoule(k);
      cost.dramBytes = k.dramBytes;
      cost.onchipBytes = k.onchipBytes;
      cost.bound = boundOf(cost.computeS, cost.memoryS, cost.overheadS);
    }
  }

  /// A row's part of its kernel: by the energy of its own operations and
  /// bytes; evenly where the kernel has none.
  llvm::ArrayRef<double> shares(size_t kernel) {
    const Kernel &planned = p.plan.kernels[kernel];
    const Coefficients &c = p.coefficients;
    weights.assign(planned.rows.size(), 0);
    double sum = 0;
    for (const LoadItem &item : p.loads.kernels[kernel].items)
      operationsJ[item.row] += item.operations * c.rate(item.cls, item.precision).joulePerOperation;
    for (size_t i = 0; i < planned.rows.size(); ++i) {
      const Bytes &bytes = p.loads.rows[planned.rows[i]];
      weights[i] = memoryJoule(c, bytes) + onchipJoule(c, bytes) + operationsJ[planned.rows[i]];
      sum += weights[i];
    }
    for (double &weight : weights)
      weight = sum > 0 ? weight / sum : 1.0 / planned.rows.size();
    return weights;
  }

  void fillRows() {
    report.rows.resize(graph.rows.size());
    operationsJ.assign(graph.rows.size(), 0);
    for (size_t k = 0; k < perKernel.size(); ++k) {
      const KernelCost &kernel = report.kernels[k];
      llvm::ArrayRef<double> share = shares(k);
      double executions = p.loads.kernels[k].executions;
      for (size_t i = 0; i < kernel.rows.size(); ++i) {
        RowCost &row = report.rows[kernel.rows[i]];
        const Bytes &bytes = p.loads.rows[kernel.rows[i]];
        row.energyJ = kernel.energyJ * share[i];
        row.latencyS = kernel.latencyS * share[i];
        row.dramBytes = executions * (bytes.activation + bytes.weight);
        row.bound = kernel.bound;
        row.kernel = static_cast<int32_t>(k);
      }
    }
  }

  void fillTotals() {
    double compute = 0, memory = 0;
    EnergyBreakdown &parts = report.breakdownJ;
    for (const KernelFigures &k : perKernel) {
      compute += k.computeS;
      memory += k.memoryS;
      parts.computeJ += k.computeJ * figures.energyScale;
      parts.dramJ += k.dramJ * figures.energyScale;
      parts.onchipJ += k.onchipJ * figures.energyScale;
      report.dramBytes += k.dramBytes;
    }
    parts.staticJ = p.coefficients.constantW * figures.uncappedS * figures.energyScale;
    report.staticRowJ =
        p.coefficients.constantW * (figures.uncappedS - figures.busyS) * figures.energyScale;
    report.bound = boundOf(compute, memory, figures.uncappedS - figures.busyS);
    report.powerW = figures.powerW;
    fillSite();
    fillIntervals();
    if (graph.step)
      report.training.emplace().memory = stepMemory();
    report.fitsInMemory = fits();
  }

  void fillSite() {
    const Coefficients &c = p.coefficients;
    SiteFigures &site = report.site;
    site.waitingW = c.constantW;
    site.hostW = c.hostW;
    site.hostPerW = c.hostPerW;
    site.activationScale = p.loads.activationScale;
    site.peakOpsPerS = peakOfProducts();
  }

  /// The sheet's peak of the unit and format that most products run in.
  double peakOfProducts() const {
    std::array<double, kNumPrecisions> operations{};
    for (const KernelLoad &kernel : p.loads.kernels)
      for (const LoadItem &item : kernel.items)
        if (isContraction(item.cls))
          operations[unsigned(item.precision)] += item.operations * kernel.executions;
    const auto *most = std::max_element(operations.begin(), operations.end());
    UnitChoice choice =
        chooseUnit(p.target, WorkClass::MatMul, Precision(most - operations.begin()));
    return choice.unit ? choice.unit->peakTeraOps[unsigned(choice.precision)].value * 1e12 : 0;
  }

  /// TR4, and PA5: what each device of the layout holds of it. A pipeline keeps
  /// the results of as many microbatches as it has stages.
  StepMemory stepMemory() const {
    constexpr double kMaster = 4;
    const StepFacts &step = *graph.step;
    const JobLayout &layout = step.options.layout;
    double stages = static_cast<double>(layout.pipeline), shards = double(layout.sharded);
    double width = step.trainedElements > 0 ? p.loads.trainedBytes / step.trainedElements : kMaster;
    bool updates = step.options.optimizer != Optimizer::None;
    double copies = updates && width < kMaster ? kMaster * step.trainedElements : 0;
    StepMemory memory;
    memory.parameterBytes = p.loads.parameterBytes / stages / shards;
    memory.gradientBytes = p.loads.trainedBytes / stages / shards;
    memory.optimizerBytes = (kMaster * step.stateElements + copies) / stages / shards;
    memory.activationBytes = p.loads.activationScale * step.activationBytes *
                             std::min<int64_t>(layout.microbatches, layout.pipeline) / stages;
    return memory;
  }

  /// EN7: facility = (E + E_host) * PUE, carbon = facility * intensity; with
  /// the intervals of UN1.
  void fillIntervals() {
    Sigmas sigma = intervals ? estimateSigmas(p, options, figures) : Sigmas();
    report.latencyS = around(figures.latencyS, sigma.time);
    report.energyJ = around(figures.energyJ, sigma.energy);
    report.hostJ = around(figures.hostJ, sigma.host);
    double ownPue = p.target.host == HostKind::Server
                        ? options.cloudPue.value_or(p.constants.pue.valueOr(1))
                        : 1;
    report.pue = options.pue.value_or(ownPue);
    report.facilityJ = (figures.energyJ + figures.hostJ) * report.pue;
    report.gramsPerKwh = options.carbonIntensity.value_or(p.constants.carbonIntensity.valueOr(0));
    double energyShare = figures.energyJ + figures.hostJ > 0
                             ? figures.energyJ / (figures.energyJ + figures.hostJ)
                             : 1;
    double combined = std::hypot(sigma.energy * energyShare, sigma.host * (1 - energyShare));
    report.carbonG = around(report.facilityJ / kJoulePerKwh * report.gramsPerKwh, combined);
  }

  /// Parameters and live activations against the memory that holds them.
  bool fits() const {
    const Target &t = p.target;
    auto room = [](const MemoryLevel &level) {
      return level.capacityMb ? level.capacityMb.value * 1e6 * level.usableFraction.valueOr(1)
                              : HUGE_VAL;
    };
    double weights = p.loads.parameterBytes, live = p.loads.peakActivationBytes;
    const MemoryLevel &home = t.dram.exists() ? t.dram : t.scratchpad;
    if (report.training)
      return report.training->memory.totalBytes() <= room(home);
    if (t.flash.exists())
      return weights <= room(t.flash) && live <= room(home);
    return weights + live <= room(home);
  }

  /// The widest format that asked-for contractions run in.
  Precision ranPrecision() const {
    return p.coefficients.rate(WorkClass::MatMul, *options.precision).ran;
  }

  void fillNotes() {
    if (options.precision && ranPrecision() != *options.precision)
      report.notes.push_back((p.target.name + " has no " + name(*options.precision) +
                              " contractions: priced as " + name(ranPrecision()))
                                 .str());
    if (figures.powerW > 0 && p.coefficients.limitW > 0 && figures.demandW > p.coefficients.limitW)
      report.notes.push_back("would draw " + std::to_string(std::lround(figures.demandW)) +
                             " W: slowed down to its limit of " +
                             std::to_string(std::lround(p.coefficients.limitW)) + " W");
    if (!report.fitsInMemory)
      report.notes.push_back("does not fit in the memory of " + p.target.name);
  }

  const Pricing &p;
  const WorkGraph &graph;
  const EnergyOptions &options;
  bool intervals;
  std::vector<KernelFigures> perKernel;
  std::vector<double> operationsJ; // by row
  std::vector<double> weights;     // of the rows of one kernel
  Figures figures;
  TargetReport report;
};

} // namespace

namespace energyopt {

/// A graph engine for inference does not train: its users train eagerly.
static llvm::StringRef defaultRuntime(const Target &target, Mode mode) {
  if (mode == Mode::Training && target.runtime == "tensorrt")
    return "eager";
  return target.runtime;
}

llvm::Expected<std::unique_ptr<Pricing>> preparePricing(GraphIndices &indices, const Target &target,
                                                        const EnergyOptions &options) {
  llvm::StringRef wanted = options.runtime;
  if (wanted.empty())
    wanted = defaultRuntime(target, options.mode);
  const RuntimeProfile *runtime = findRuntime(wanted);
  if (!runtime)
    return llvm::createStringError("unknown runtime '" + wanted + "'\nuse one of " +
                                   llvm::join(runtimeNames(), ", "));
  if (options.powerLimitW && !(*options.powerLimitW > 0))
    return llvm::createStringError("a power limit must be positive");
  llvm::Expected<const Constants &> constants = constantsFor(target, options);
  if (!constants)
    return constants.takeError();
  return std::make_unique<Pricing>(indices, target, *constants, *runtime, options);
}

/// By convention the leading dim of the first input is the batch.
static bool isBatched(const WorkGraph &graph) {
  if (graph.inputs.empty() || graph.inputs.front().tensor < 0)
    return false;
  const GraphTensor &input = graph.tensors[graph.inputs.front().tensor];
  return !input.dims.empty() && input.dims.front().value_or(1) > 1;
}

Pricing::Pricing(GraphIndices &indices, const Target &target, const Constants &constants,
                 const RuntimeProfile &runtime, const EnergyOptions &options)
    : target(target), constants(constants), runtime(runtime),
      sharedIndex(indices.get({runtime, options.precision.has_value()})), index(*sharedIndex),
      run{runtime, isBatched(index.graph)}, plan(planKernels(index, runtime)),
      coefficients(resolveCoefficients(target, constants, run, options)),
      loads(measureLoads(index, plan, storedPrecision(options), options.traffic)) {
  placeTraffic(index, plan, coefficients.room, loads);
}

/// Tensors are stored in the format that the target falls back to.
std::optional<Precision> Pricing::storedPrecision(const EnergyOptions &options) const {
  if (!options.precision)
    return std::nullopt;
  return coefficients.rate(WorkClass::MatMul, *options.precision).ran;
}

static llvm::Expected<TargetReport> report(GraphIndices &indices, const Target &target,
                                           const EnergyOptions &options, bool intervals) {
  auto pricing = preparePricing(indices, target, options);
  if (!pricing)
    return pricing.takeError();
  return Reporter(**pricing, options, intervals).run();
}

Estimator::Estimator(const WorkGraph &graph) : indices(std::make_unique<GraphIndices>(graph)) {}
Estimator::~Estimator() = default;

llvm::Expected<TargetReport> Estimator::estimate(const Target &target,
                                                 const EnergyOptions &options) {
  return report(*indices, target, options, /*intervals=*/true);
}

llvm::Expected<TargetReport> Estimator::estimateValues(const Target &target,
                                                       const EnergyOptions &options) {
  return report(*indices, target, options, /*intervals=*/false);
}

llvm::Expected<TargetReport> estimate(const WorkGraph &graph, const Target &target,
                                      const EnergyOptions &options) {
  return Estimator(graph).estimate(target, options);
}

llvm::Expected<TargetReport> estimateValues(const WorkGraph &graph, const Target &target,
                                            const EnergyOptions &options) {
  return Estimator(graph).estimateValues(target, options);
}

llvm::Error estimateUnderLimits(const WorkGraph &graph, const Target &target, EnergyOptions options,
                                llvm::ArrayRef<double> limitsW,
                                llvm::function_ref<void(double limitW, TargetReport)> perLimit) {
  GraphIndices indices(graph);
  auto pricing = preparePricing(indices, target, options);
  if (!pricing)
    return pricing.takeError();
  for (double limit : limitsW) {
    options.powerLimitW = limit;
    (*pricing)->limitTo(options);
    perLimit(limit, Reporter(**pricing, options, /*intervals=*/false).run());
  }
  return llvm::Error::success();
}

} // namespace energyopt
