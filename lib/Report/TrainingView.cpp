//===- TrainingView.cpp - A training job for readers and programs ---------===//

#include "TrainingView.h"

#include "Format.h"

#include <algorithm>

using namespace llvm;

namespace energyopt {

std::string describeStep(const StepFacts &step) {
  const JobLayout &layout = step.options.layout;
  const UpdateRule &rule = updateRule(step.options.optimizer);
  std::string text = "a step is forward, backward and ";
  text += step.options.optimizer == Optimizer::None
              ? "no update"
              : ("an update by " + rule.name + " (" + rule.source + ")").str();
  text += ", checkpointing " + checkpointingNames()[unsigned(step.options.checkpointing)].str();
  if (layout.devices() == 1 && layout.microbatches == 1)
    return text;
  return text + "; " + std::to_string(layout.devices()) + " devices (dp " +
         std::to_string(layout.data) + ", fsdp " + std::to_string(layout.sharded) + ", tp " +
         std::to_string(layout.tensor) + ", pp " + std::to_string(layout.pipeline) + "), " +
         std::to_string(layout.microbatches) +
         (layout.microbatches == 1 ? " microbatch" : " microbatches");
}

/// Counts of runs exceed 64 bits as little as those of a model do.
static std::string count(double number, StringRef noun, bool u) {
  constexpr double kMost = 9e18;
  return countOf(static_cast<int64_t>(std::min(number, kMost)), noun, u);
}

static std::string memoryLine(const TargetReport &target, bool u) {
  const StepMemory &m = target.training->memory;
  return "memory per device " + si(m.totalBytes(), "B", u) + ": parameters " +
         si(m.parameterBytes, "B", u) + ", gradients " + si(m.gradientBytes, "B", u) +
         ", optimizer " + si(m.optimizerBytes, "B", u) + ", activations " +
         si(m.activationBytes, "B", u) + (target.fitsInMemory ? "" : " - MORE THAN THE DEVICE HAS");
}

static std::string timeLine(const TrainingJob &job, bool u) {
  std::string text = "step " + si(job.stepS, "s", u);
  if (job.samples > 0)
    text += " for " + count(job.samples, "sample", u);
  if (job.tokens > 0)
    text += ", " + count(job.tokens, "token", u);
  std::string parts;
  auto part = [&](const char *name, double seconds) {
    if (seconds > 0)
      parts += std::string(parts.empty() ? "" : ", ") + name + " " + percent(seconds, job.stepS, u);
  };
  part("passes", job.passS);
  part("update", job.updateS);
  part("tensor-parallel sums", job.tensorSumS);
  part("pipeline sends", job.pipelineS);
  part("pipeline bubble", job.bubbleS);
  part("sums of gradients", job.gradientSumS);
  return text + ": " + parts;
}

static std::string stepEnergyLine(const TrainingJob &job, bool u) {
  std::string text = "step " + si(job.deviceJ, "J", u) + " of the devices, " +
                     si(job.hostJ, "J", u) + " of their hosts, " + si(job.facilityJ, "J", u) +
                     " of the facility";
  if (job.modelUtilization > 0)
    text += "; " + percent(job.modelUtilization, 1, u) + " of the peak (MFU), " +
            percent(job.hardwareUtilization, 1, u) + " with what is computed again (HFU)";
  return text;
}

/// "1.93 h", "2.35 s": of runs shorter than an hour, seconds.
static std::string duration(const Interval &hours, bool u) {
  constexpr double kSeconds = 3600;
  bool isShort = hours.value < 1;
  double scale = isShort ? kSeconds : 1;
  Interval shown{hours.value * scale, hours.low * scale, hours.high * scale};
  return si(shown.value, isShort ? "s" : "h", u) + " (" + range(shown, u) + ")";
}

static std::string runLine(const TrainingRun &run, bool u) {
  std::string text = "run " + count(run.steps, "step", u) + ", " + duration(run.hours, u) + ", " +
                     (run.deviceHours < 1000 ? digits(run.deviceHours) + " device-hours"
                                             : count(run.deviceHours, "device-hour", u)) +
                     "; " + si(run.deviceKwh * 1000, "Wh", u) + " of the devices, " +
                     si(run.hostKwh * 1000, "Wh", u) + " of their hosts, " +
                     si(run.facilityKwh.value * 1000, "Wh", u) + " of the facility; " +
                     (run.carbonKg.value < 1000 ? si(run.carbonKg.value * 1000, "g", u)
                                                : si(run.carbonKg.value / 1000, "t", u)) +
                     " CO2e (" + range(run.carbonKg, u) + ")";
  if (run.cost)
    text += "; cost " + digits(*run.cost);
  return text;
}

std::vector<std::string> trainingLines(const TargetReport &target, bool unicode) {
  if (!target.training)
    return {};
  const TrainingReport &training = *target.training;
  std::vector<std::string> lines = {memoryLine(target, unicode), timeLine(training.job, unicode),
                                    stepEnergyLine(training.job, unicode)};
  if (training.run)
    lines.push_back(runLine(*training.run, unicode));
  return lines;
}

static void intervalJson(JsonWriter &json, StringRef key, const Interval &interval) {
  json.object(key, [&] {
    json.number("value", interval.value);
    json.number("low", interval.low);
    json.number("high", interval.high);
  });
}

static void jobJson(JsonWriter &json, const TrainingJob &job) {
  const JobLayout &layout = job.layout;
  json.integer("devices", layout.devices());
  json.object("parallel", [&] {
    json.integer("dp", layout.data);
    json.integer("fsdp", layout.sharded);
    json.integer("tp", layout.tensor);
    json.integer("pp", layout.pipeline);
  });
  json.integer("microbatches", layout.microbatches);
  json.number("samples_per_step", job.samples);
  if (job.tokens > 0)
    json.number("tokens_per_step", job.tokens);
  else
    json.raw("tokens_per_step", "null");
  json.number("step_s", job.stepS);
  json.object("step_parts_s", [&] {
    json.number("passes", job.passS);
    json.number("update", job.updateS);
    json.number("tensor_sums", job.tensorSumS);
    json.number("pipeline_sends", job.pipelineS);
    json.number("pipeline_bubble", job.bubbleS);
    json.number("gradient_sums", job.gradientSumS);
  });
  json.number("device_j", job.deviceJ);
  json.number("link_j", job.linkJ);
  json.number("host_j", job.hostJ);
  json.number("facility_j", job.facilityJ);
  json.number("carbon_g", job.carbonG);
  json.number("mfu", job.modelUtilization);
  json.number("hfu", job.hardwareUtilization);
}

static void runJson(JsonWriter &json, const TrainingRun &run) {
  json.number("steps", run.steps);
  intervalJson(json, "hours", run.hours);
  json.number("device_hours", run.deviceHours);
  json.number("device_kwh", run.deviceKwh);
  json.number("host_kwh", run.hostKwh);
  intervalJson(json, "facility_kwh", run.facilityKwh);
  intervalJson(json, "carbon_kg", run.carbonKg);
  if (run.cost)
    json.number("cost", *run.cost);
}

void trainingJson(JsonWriter &json, const StepFacts &step, const TargetReport &target) {
  if (!target.training)
    return;
  json.object("training", [&] {
    json.text("optimizer", updateRule(step.options.optimizer).name);
    json.text("checkpointing", checkpointingNames()[unsigned(step.options.checkpointing)]);
    const StepMemory &m = target.training->memory;
    json.object("memory_bytes", [&] {
      json.number("parameters", m.parameterBytes);
      json.number("gradients", m.gradientBytes);
      json.number("optimizer", m.optimizerBytes);
      json.number("activations", m.activationBytes);
      json.number("total", m.totalBytes());
    });
    jobJson(json, target.training->job);
    if (target.training->run)
      json.object("run", [&] { runJson(json, *target.training->run); });
  });
}

} // namespace energyopt
