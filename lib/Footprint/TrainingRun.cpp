//===- TrainingRun.cpp - From a step to a job and a run -------------------===//
//
// Pass: forward and backward of one microbatch, of one device's part of every
// layer (PA2). A pipeline of p stages takes a pth of the pass per stage.
//   PA4  step = (m + p - 1) * (pass / p + sums / p + sends) + update / (p * s) +
//        what of the sums of gradients the backward pass does not hide
//   PA5  memory: TR4 of the device's part (Estimate.cpp)
//   PA6  joules = m * pass / p + update / (p * s) + P_const * waiting + links
//   RU1  steps = samples * epochs, or tokens, per those of a step
//
//===----------------------------------------------------------------------===//

#include "energy-opt/TrainingRun.h"

#include "Collectives.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;

namespace {

constexpr double kJoulePerKwh = 3.6e6, kSecondsPerHour = 3600, kGramsPerKg = 1000;

/// Share of a pass that is backward: two of the three products.
constexpr double kBackward = 2.0 / 3;

class JobPricer {
public:
  JobPricer(TargetReport &report, const TargetReport &pass, const TrainingGraphs &graphs,
            const Fabric &fabric)
      : report(report), pass(pass), graphs(graphs), step(*graphs.step.step),
        layout(step.options.layout), fabric(fabric), job(report.training->job) {}

  void run() {
    job.layout = layout;
    double passes = static_cast<double>(layout.microbatches * layout.replicas());
    job.samples = step.samples * passes;
    job.tokens = static_cast<double>(step.tokens.value_or(0)) * passes;
    fillTime();
    fillEnergy();
    fillUtilization(passes);
  }

private:
  double stages() const { return static_cast<double>(layout.pipeline); }
  double microbatches() const { return static_cast<double>(layout.microbatches); }

  Transmission sent(Transmission t, double times) {
    bytesSent += t.bytes * times;
    return t;
  }

  void fillTime() {
    const double m = microbatches(), p = stages();
    const double stagePass = pass.latencyS.value / p;
    job.passS = m * stagePass;
    job.updateS = std::max(report.latencyS.value - pass.latencyS.value, 0.0) / p /
                  static_cast<double>(layout.sharded);
    double sums = tensorSums() / p, sends = pipelineSends();
    job.tensorSumS = m * sums;
    job.pipelineS = m * sends;
    job.bubbleS = (p - 1) * (stagePass + sums + sends);
    job.gradientSumS = gradientSums(stagePass);
    job.stepS =
        job.passS + job.updateS + job.tensorSumS + job.pipelineS + job.bubbleS + job.gradientSumS;
  }

  /// PA2: the sums of a pass, which wait for nothing and hide behind nothing;
  /// checkpointing makes those of the forward pass twice.
  double tensorSums() {
    const double scale = report.site.activationScale;
    const double forward = step.options.checkpointing == Checkpointing::Full ? 2 : 1;
    const TensorSplit &split = graphs.split;
    double bytes = scale * (forward * split.forwardBytes + split.backwardBytes);
    double count = forward * split.forwardSums + split.backwardSums;
    return sent(fabric.allReduce(bytes, {layout.tensor, 1}, count), microbatches() / stages())
        .seconds;
  }

  /// PA4: a stage passes its result on, and gets a gradient back.
  double pipelineSends() {
    DeviceGroup group{layout.pipeline, layout.tensor * layout.replicas()};
    double bytes = report.site.activationScale * step.boundaryBytes;
    return 2 * sent(fabric.send(bytes, group), 2 * microbatches()).seconds;
  }

  /// PA3: sums of gradients hide behind the backward pass of the last
  /// microbatch; parameters that are shared out are gathered for the forward
  /// and again for the backward pass of each, and hide behind the pass.
  double gradientSums(double stagePass) {
    const StepMemory &memory = report.training->memory;
    const double shards = static_cast<double>(layout.sharded);
    DeviceGroup sharded{layout.sharded, layout.tensor};
    DeviceGroup data{layout.data, layout.tensor * layout.sharded};
    Transmission gather =
        sent(fabric.gather(2 * memory.parameterBytes * shards, sharded), microbatches());
    Transmission scatter = sent(fabric.gather(memory.gradientBytes * shards, sharded), 1);
    Transmission sum = sent(fabric.allReduce(memory.gradientBytes, data), 1);
    return microbatches() * std::max(gather.seconds - stagePass, 0.0) +
           std::max(scatter.seconds + sum.seconds - kBackward * stagePass, 0.0);
  }

  /// PA6: of each device, times all of them. Waiting devices draw what they
  /// draw throughout a run (EN3).
  void fillEnergy() {
    const SiteFigures &site = report.site;
    const double devices = static_cast<double>(layout.devices());
    double updateJ = std::max(report.energyJ.value - pass.energyJ.value, 0.0) / stages() /
                     static_cast<double>(layout.sharded);
    double waitingS = job.stepS - job.passS - job.updateS;
    double linkJ = fabric.jouleOf(bytesSent);
    double deviceJ =
        microbatches() * pass.energyJ.value / stages() + updateJ + site.waitingW * waitingS + linkJ;
    double hostJ = site.hostW * job.stepS + site.hostPerW * deviceJ;
    job.linkJ = linkJ * devices;
    job.deviceJ = deviceJ * devices;
    job.hostJ = hostJ * devices;
    job.facilityJ = (job.deviceJ + job.hostJ) * report.pue;
    job.carbonG = job.facilityJ / kJoulePerKwh * report.gramsPerKwh;
  }

  /// MFU and HFU (Chowdhery et al. 2022, appendix B).
  void fillUtilization(double passes) {
    double possible = job.stepS * report.site.peakOpsPerS * static_cast<double>(layout.devices());
    if (possible <= 0)
      return;
    double hardware = 0;
    for (const GraphRow &row : graphs.step.rows)
      hardware += static_cast<double>(row.macs);
    hardware *= static_cast<double>(layout.tensor);
    job.modelUtilization = 2.0 * graphs.modelMacs * passes / possible;
    job.hardwareUtilization = 2 * hardware * passes / possible;
  }

  TargetReport &report;
  const TargetReport &pass;
  const TrainingGraphs &graphs;
  const StepFacts &step;
  const JobLayout &layout;
  const Fabric &fabric;
  TrainingJob &job;
  double bytesSent = 0; // by each device in a step
};

/// `value` with the relative interval of `like`.
Interval alike(double value, const Interval &like) {
  if (like.value <= 0)
    return {value, value, value};
  return {value, value * like.low / like.value, value * like.high / like.value};
}

llvm::Error fillRun(TargetReport &report, const RunOptions &options) {
  const TrainingJob &job = report.training->job;
  double perStep = options.tokens ? job.tokens : job.samples;
  if (!(perStep > 0))
    return llvm::createStringError(
        options.tokens ? "--tokens: no input of the model holds token ids\n"
                         "give the size of the run by --samples"
                       : "--samples: the first input of the model has no batch dim\n"
                         "give its size by --batch or --shape");
  double wanted = options.tokens ? *options.tokens : *options.samples;
  TrainingRun run;
  run.steps = std::ceil(wanted * options.epochs / perStep);
  const double devices = static_cast<double>(job.layout.devices());
  double hours = run.steps * job.stepS / kSecondsPerHour;
  run.hours = alike(hours, report.latencyS);
  run.deviceHours = hours * devices;
  run.deviceKwh = run.steps * job.deviceJ / kJoulePerKwh;
  run.hostKwh = run.steps * job.hostJ / kJoulePerKwh;
  run.facilityKwh = alike(run.steps * job.facilityJ / kJoulePerKwh, report.carbonG);
  run.carbonKg = alike(run.steps * job.carbonG / kGramsPerKg, report.carbonG);
  if (options.pricePerKwh || options.pricePerDeviceHour)
    run.cost = run.facilityKwh.value * options.pricePerKwh.value_or(0) +
               run.deviceHours * options.pricePerDeviceHour.value_or(0);
  report.training->run = run;
  return llvm::Error::success();
}

} // namespace

TrainingGraphs energyopt::makeTrainingGraphs(const WorkGraph &forward,
                                             const TrainingOptions &options) {
  TrainingGraphs graphs;
  WorkGraph part = forward;
  graphs.split = splitTensors(part, options.layout.tensor);
  TrainingOptions without = options;
  without.optimizer = Optimizer::None;
  graphs.pass = part;
  trainingStep(graphs.pass, without);
  graphs.step = std::move(part);
  trainingStep(graphs.step, options);
  graphs.modelMacs = graphs.step.step->modelMacs;
  if (options.layout.tensor > 1) { // parts are rounded up
    WorkGraph whole = forward;
    trainingStep(whole, options);
    graphs.modelMacs = whole.step->modelMacs;
  }
  return graphs;
}

llvm::Expected<TargetReport> energyopt::estimateJob(const TrainingGraphs &graphs,
                                                    const Target &target,
                                                    const EnergyOptions &options,
                                                    const RunOptions &run) {
  const JobLayout &layout = graphs.step.step->options.layout;
  llvm::Expected<const Constants &> builtin = builtinConstants();
  if (!builtin)
    return builtin.takeError();
  Fabric fabric(target, target.constants ? *target.constants : *builtin);
  EnergyOptions shared = options;
  if (options.devices == 1)
    shared.devices = std::min(layout.devices(), fabric.devicesPerHost);
  auto report = estimate(graphs.step, target, shared);
  if (!report)
    return report.takeError();
  auto pass = estimate(graphs.pass, target, shared);
  if (!pass)
    return pass.takeError();
  JobPricer(*report, *pass, graphs, fabric).run();
  if (layout.devices() > 1)
    report->notes.push_back("rows, energy and time of the table are those of one of " +
                            std::to_string(layout.devices()) +
                            " devices that does its part of every layer once");
  if (run.samples || run.tokens)
    if (llvm::Error error = fillRun(*report, run))
      return std::move(error);
  return report;
}
