//===- TrainingFlags.cpp - The options of training ------------------------===//

#include "Options/CommandLine.h"
#include "Options/OptionValues.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace energyopt {

/// Devices beyond this are a slip; products of counts stay far from 64 bits.
static constexpr int64_t kMostDevices = 1'000'000, kMostMicrobatches = 1'000'000;

static Error readLayout(StringRef text, JobLayout &layout) {
  constexpr StringLiteral kExample = "give it as in --parallel=dp:8,tp:2,pp:4";
  const std::pair<StringRef, int64_t *> ways[] = {{"dp", &layout.data},
                                                  {"fsdp", &layout.sharded},
                                                  {"tp", &layout.tensor},
                                                  {"pp", &layout.pipeline}};
  SmallVector<StringRef, 4> parts;
  text.split(parts, ',');
  SmallVector<StringRef, 4> seen;
  for (StringRef part : parts) {
    auto [way, count] = part.trim().split(':');
    auto *found = find_if(ways, [way = way](const auto &each) { return each.first == way; });
    if (found == std::end(ways))
      return usageError("--parallel: unknown way '" + way + "'", "known are dp, fsdp, tp, pp");
    if (is_contained(seen, way))
      return usageError("--parallel: '" + way + "' is given twice", kExample);
    seen.push_back(way);
    auto number = parseCount(("--parallel=" + way).str(), count, 1);
    if (!number)
      return number.takeError();
    if (*number > kMostDevices)
      return usageError("--parallel: " + part + " is too large",
                        "the most is " + Twine(kMostDevices));
    *found->second = *number;
  }
  if (layout.data * layout.sharded > kMostDevices ||
      layout.tensor * layout.pipeline > kMostDevices || layout.devices() > kMostDevices)
    return usageError("--parallel: more than " + Twine(kMostDevices) + " devices", kExample);
  return Error::success();
}

static Error readAmount(StringRef option, const cl::opt<std::string> &text, int64_t least,
                        std::optional<double> &slot) {
  if (!text.getNumOccurrences())
    return Error::success();
  auto number = parseReal(option, text, least);
  if (!number)
    return number.takeError();
  slot = *number;
  return Error::success();
}

static Error readStep(const CommandLine &line, TrainingOptions &training) {
  auto optimizer = parseChoice("--optimizer", line.optimizer, optimizerNames());
  if (!optimizer)
    return optimizer.takeError();
  training.optimizer = Optimizer(*optimizer);
  auto checkpointing = parseChoice("--checkpointing", line.checkpointing, checkpointingNames());
  if (!checkpointing)
    return checkpointing.takeError();
  training.checkpointing = Checkpointing(*checkpointing);
  if (line.parallel.getNumOccurrences())
    return readLayout(line.parallel, training.layout);
  return Error::success();
}

/// How often a replica passes through the graph in a step: as --microbatches
/// says. --global-batch waits for the batch of the model (resolveGlobalBatch).
static Error readMicrobatches(const CommandLine &line, Options &options) {
  JobLayout &layout = options.energy.training.layout;
  if (line.microbatches.getNumOccurrences()) {
    if (line.globalBatch.getNumOccurrences())
      return usageError("--microbatches and --global-batch contradict each other",
                        "give one of them");
    auto count = parseCount("--microbatches", line.microbatches, 1);
    if (!count)
      return count.takeError();
    if (*count > kMostMicrobatches)
      return usageError("--microbatches: " + Twine(*count) + " is too large",
                        "the most is " + Twine(kMostMicrobatches));
    layout.microbatches = *count;
  } else if (line.globalBatch.getNumOccurrences()) {
    auto count = parseCount("--global-batch", line.globalBatch, 1);
    if (!count)
      return count.takeError();
    options.globalBatch = *count;
  } else if (layout.pipeline > 1) {
    return usageError("--parallel: a pipeline needs several microbatches in a step",
                      "give --microbatches=N, or --global-batch=N samples of a step");
  }
  return Error::success();
}

static Error readRun(const CommandLine &line, RunOptions &run) {
  std::optional<double> epochs;
  if (Error error = readAmount("--samples", line.samples, 1, run.samples))
    return error;
  if (Error error = readAmount("--tokens", line.tokens, 1, run.tokens))
    return error;
  if (Error error = readAmount("--epochs", line.epochs, 0, epochs))
    return error;
  if (Error error = readAmount("--price", line.price, 0, run.pricePerKwh))
    return error;
  if (Error error = readAmount("--price-per-hour", line.pricePerHour, 0, run.pricePerDeviceHour))
    return error;
  if (run.samples && run.tokens)
    return usageError("--samples and --tokens contradict each other", "give one of them");
  bool size = run.samples || run.tokens;
  if (!size && (epochs || run.pricePerKwh || run.pricePerDeviceHour))
    return usageError("--epochs and prices are about a run of known size",
                      "give --samples=N or --tokens=N");
  run.epochs = epochs.value_or(1);
  return Error::success();
}

/// The options that only training has a use for.
static Error refuseWithoutTraining(const CommandLine &line) {
  const std::pair<StringRef, const cl::opt<std::string> *> ours[] = {
      {"optimizer", &line.optimizer},
      {"checkpointing", &line.checkpointing},
      {"parallel", &line.parallel},
      {"microbatches", &line.microbatches},
      {"global-batch", &line.globalBatch},
      {"samples", &line.samples},
      {"tokens", &line.tokens},
      {"epochs", &line.epochs},
      {"price", &line.price},
      {"price-per-hour", &line.pricePerHour}};
  for (const auto &[name, option] : ours)
    if (option->getNumOccurrences())
      return usageError("--" + name + " is about training", "give --mode=training as well");
  return Error::success();
}

Error readTrainingOptions(const CommandLine &line, Options &options) {
  if (options.energy.mode != Mode::Training)
    return refuseWithoutTraining(line);
  std::optional<Precision> precision = options.energy.precision;
  if (precision && (*precision == Precision::Int8 || *precision == Precision::Int4))
    return usageError("--precision: gradients are not computed in " + name(*precision),
                      "give fp32, tf32, fp16, bf16 or fp8");
  if (Error error = readStep(line, options.energy.training))
    return error;
  if (Error error = readMicrobatches(line, options))
    return error;
  return readRun(line, options.run);
}

Error resolveGlobalBatch(const Options &options, int64_t samples, JobLayout &layout) {
  if (!options.globalBatch)
    return Error::success();
  if (samples < 1)
    return usageError("--global-batch: the first input of the model has no batch dim",
                      "give --microbatches=N instead");
  int64_t pass = samples * layout.replicas();
  if (*options.globalBatch % pass || *options.globalBatch / pass < 1)
    return usageError("--global-batch: " + Twine(*options.globalBatch) +
                          " samples are no multiple of " + Twine(pass) + ", a batch of " +
                          Twine(samples) + " on each of " + Twine(layout.replicas()) + " replicas",
                      "change --global-batch, --batch or --parallel");
  layout.microbatches = *options.globalBatch / pass;
  return Error::success();
}

} // namespace energyopt
