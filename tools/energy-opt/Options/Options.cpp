//===- Options.cpp - The command line as plain data -----------------------===//

#include "Options/Options.h"

#include "Options/CommandLine.h"
#include "Options/OpNames.h"
#include "Options/OptionValues.h"
#include "Options/Settings.h"

#include "energy-opt/Limits.h"
#include "energy-opt/SiteFacts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace energyopt {

/// Puts what `parse` finds into `slot`.
template <typename T, typename U> static Error assign(T &slot, Expected<U> parsed) {
  if (!parsed)
    return parsed.takeError();
  slot = std::move(*parsed);
  return Error::success();
}

/// Appends what each of `texts` says to `list`.
template <typename T, typename Parse>
static Error collect(std::vector<T> &list, ArrayRef<std::string> texts, Parse parse) {
  for (StringRef text : texts) {
    Expected<T> parsed = parse(text);
    if (!parsed)
      return parsed.takeError();
    list.push_back(std::move(*parsed));
  }
  return Error::success();
}

static Error readModelOptions(const CommandLine &line, Options &options) {
  AnalysisOptions &analysis = options.analysis;
  options.splitInput = line.splitInput;
  analysis.strict = line.strict;
  analysis.trustExternal = line.trustExternal;
  analysis.symbolic = line.symbolic;
  analysis.explain = line.explain;
  for (StringRef text : line.limits) {
    auto pair = parsePair("--limit", text, /*atLast=*/true, "nesting=100");
    if (!pair)
      return pair.takeError();
    auto value = parseCount("--limit " + pair->first, pair->second, 1);
    if (!value)
      return value.takeError();
    if (Error error = setLimit(pair->first, static_cast<uint64_t>(*value)))
      return error;
  }
  auto parseDim = [](StringRef text) -> Expected<std::pair<std::string, int64_t>> {
    auto pair = parsePair("--dim", text, /*atLast=*/true, "batch=8");
    if (!pair)
      return pair.takeError();
    auto size = parseCount("--dim " + pair->first, pair->second, 0);
    if (!size)
      return size.takeError();
    return std::make_pair(pair->first, *size);
  };
  // One with a range is swept (readSweepOptions).
  std::vector<std::string> sizes;
  copy_if(line.dims, std::back_inserter(sizes),
          [](StringRef text) { return !text.rsplit('=').second.contains(':'); });
  if (Error error = collect(analysis.dims, sizes, parseDim))
    return error;
  if (Error error = collect(analysis.shapes, line.shapes, parseShape))
    return error;
  if (Error error = collect(analysis.values, line.values, parseContents))
    return error;
  auto parseLike = [](StringRef text) {
    auto pair = parsePair("--op-like", text, /*atLast=*/false, "my::Attn=com.microsoft::Attention");
    if (pair)
      if (Error error = checkKnownOp("--op-like", pair->second))
        return Expected<NamedText>(std::move(error));
    return pair;
  };
  if (Error error = collect(analysis.opLike, line.opLike, parseLike))
    return error;
  if (line.batch.getNumOccurrences())
    if (Error error = assign(analysis.batch, parseCount("--batch", line.batch, 0)))
      return error;
  auto mode = parseChoice("--mode", line.mode, {"inference", "training"});
  if (!mode)
    return mode.takeError();
  options.energy.mode = Mode(*mode);
  if (options.energy.mode == Mode::Training && analysis.symbolic)
    return usageError("--symbolic: formulas are of the forward graph only",
                      "leave out --mode=training");
  return Error::success();
}

static Error readHardwareOptions(const CommandLine &line, Options &options) {
  options.targets.assign(line.targets.begin(), line.targets.end());
  options.exclude.assign(line.exclude.begin(), line.exclude.end());
  options.apply.assign(line.apply.begin(), line.apply.end());
  options.graphs = line.graphs;
  EnergyOptions &energy = options.energy;
  if (Error error = assign(energy.precision, parsePrecisionOption("--precision", line.precision)))
    return error;
  if (line.runtime.getNumOccurrences()) {
    auto runtime = parseChoice("--runtime", line.runtime, runtimeNames());
    if (!runtime)
      return runtime.takeError();
    energy.runtime = line.runtime;
  }
  auto memory = parseChoice("--memory", line.memory, {"min", "typical", "max"});
  if (!memory)
    return memory.takeError();
  energy.traffic = Traffic(*memory);
  if (line.powerLimit.getNumOccurrences())
    if (Error error =
            assign(energy.powerLimitW, parseReal("--power-limit", line.powerLimit, 0, "W")))
      return error;
  if (Error error = assign(energy.devices, parseCount("--devices", line.devices, 1)))
    return error;
  return Error::success();
}

void moveTo(const Region &region, EnergyOptions &energy) {
  energy.carbonIntensity = region.gramsPerKwh;
  if (auto pue = providerPue(region.code))
    energy.cloudPue = pue->value;
}

/// The region of --region, else of the settings unless the intensity is given.
static Error readRegion(const CommandLine &line, Options &options) {
  if (line.region.getNumOccurrences()) {
    if (line.carbon.getNumOccurrences())
      return usageError("--region and --carbon-intensity contradict each other",
                        "give one of them");
    if (Error error = assign(options.region, findRegion(line.region)))
      return error;
  } else if (options.config && !options.config->region.empty() &&
             !line.carbon.getNumOccurrences()) {
    if (Error error = assign(options.region, findRegion(options.config->region)))
      return inSettings(options, std::move(error));
  }
  if (options.region)
    moveTo(*options.region, options.energy);
  return Error::success();
}

static Error readSiteOptions(const CommandLine &line, Options &options) {
  EnergyOptions &energy = options.energy;
  if (Error error = readRegion(line, options))
    return error;
  if (line.carbon.getNumOccurrences())
    if (Error error =
            assign(energy.carbonIntensity, parseReal("--carbon-intensity", line.carbon, 0)))
      return error;
  if (line.hourlyCarbon.getNumOccurrences())
    if (Error error =
            assign(options.hourlyCarbon, readHourly("--hourly-carbon", line.hourlyCarbon)))
      return error;
  if (line.pue.getNumOccurrences())
    if (Error error = assign(energy.pue, parseReal("--pue", line.pue, 1)))
      return error;
  if (options.command == Command::Compare)
    if (Error error = readPlaceLine(line.site, options.site))
      return error;
  return readSiteLine(line.site, options.region, options.site);
}

std::vector<StringRef> formatsOf(Command command) {
  switch (command) {
  case Command::Targets:
  case Command::Optimize:
  case Command::Checks:
    return {"text", "json"};
  case Command::Ops:
  case Command::Compare:
    return {"text", "json", "markdown"};
  case Command::Calibrate:
    return {"text"};
  case Command::Check:
    return {"text", "json", "markdown", "junit", "sarif"};
  case Command::Diff:
    return {"text", "json", "markdown", "html"};
  case Command::Help:
    return {"text", "man"};
  case Command::Completion:
    return {"text"};
  case Command::Analyze:
    break;
  }
  std::vector<StringRef> names;
  for (const View &view : allViews())
    names.push_back(view.name);
  // No views of a report: runAnnotate, runFleet.
  names.insert(names.end(), {"mlir", "records"});
  return names;
}

static Error readOutputOptions(const CommandLine &line, Options &options) {
  options.quiet = line.quiet;
  options.progress = !line.noProgress && !line.quiet;
  options.output = line.output;
  std::vector<StringRef> formats = formatsOf(options.command);
  options.format = line.format.empty() ? formats.front().str() : line.format.getValue();
  if (!is_contained(formats, options.format))
    return usageError("--format: unknown format '" + options.format + "'",
                      chooseFrom(options.format, formats));
  auto color = parseChoice("--color", line.color, {"auto", "always", "never"});
  if (!color)
    return color.takeError();
  options.color = ColorMode(*color);
  auto top = parseCount("--top", line.top, 0);
  if (!top)
    return top.takeError();
  options.top = static_cast<unsigned>(std::min<int64_t>(*top, 1 << 30));
  auto jobs = parseCount("--jobs", line.jobs, 0);
  if (!jobs)
    return jobs.takeError();
  options.jobs = static_cast<unsigned>(std::min<int64_t>(*jobs, 1024));
  if (Error error = assign(options.threshold, parseShare("--threshold", line.threshold)))
    return error;
  return assign(options.minCoverage, parseShare("--min-coverage", line.minCoverage));
}

/// Suggestions are part of the formats that show them, and about inference.
static Error readChecks(const CommandLine &line, Options &options) {
  options.checksGiven = line.checks.getNumOccurrences();
  if (Error error = checkGlobs("--checks", line.checks))
    return error;
  bool shown = is_contained({"text", "json", "html", "ndjson", "records", "markdown", "sarif"},
                            options.format);
  // Savings are those of one run, unless somebody asks for them by name.
  bool wanted = (!options.sweep.wanted && !options.serving.wanted()) || options.checksGiven ||
                line.failOn.getNumOccurrences();
  if (options.command == Command::Analyze && shown && options.energy.mode == Mode::Inference &&
      wanted)
    options.checks = selectChecks(line.checks);
  return addFailing("--fail-on", line.failOn, options);
}

/// -o takes the place of a file: none that is read.
static Error checkOutput(const Options &options) {
  if (!sys::fs::is_regular_file(options.output))
    return Error::success();
  std::vector<StringRef> read(options.arguments.begin(), options.arguments.end());
  read.insert(read.end(), options.targets.begin(), options.targets.end());
  if (options.config)
    read.push_back(options.config->path);
  for (StringRef path : read)
    if (sys::fs::equivalent(path, options.output))
      return usageError("-o is the file '" + path + "' itself, which would be lost",
                        "write to another file, and move it");
  return Error::success();
}

Expected<Options> parseOptions(int argc, char **argv) {
  Expected<const CommandLine &> line = parseCommandLine(argc, argv);
  if (!line)
    return line.takeError();
  Options options;
  options.command = line->command();
  options.arguments = line->arguments();
  for (auto read : {loadSettings, readModelOptions, readHardwareOptions, readSiteOptions,
                    readTrainingOptions, readOutputOptions, readSweepOptions, readServingOptions,
                    readFleetOptions, readChecks, adoptSettings})
    if (Error error = read(*line, options))
      return error;
  if (Error error = checkOutput(options))
    return error;
  if (options.format == "mlir" && options.energy.mode == Mode::Training)
    return usageError("--format=mlir: the module has no backward pass to write costs into",
                      "leave out --mode=training");
  if (is_contained({Command::Analyze, Command::Check}, options.command) &&
      options.arguments.empty() && options.fleet.list.empty())
    return usageError("no model given", "energy-opt MODEL..., or - to read one from stdin; "
                                        "energy-opt --help tells more");
  if (options.command == Command::Diff && options.arguments.size() != 2)
    return usageError("diff needs two models", "energy-opt diff BASE NEW");
  if (options.site.lifetime && options.energy.mode == Mode::Training)
    return usageError("--requests-per-day: requests are of inference",
                      "leave out --mode=training; --training-kwh gives the training");
  if (options.command == Command::Compare && options.arguments.size() != 1)
    return usageError("compare takes one model",
                      "energy-opt compare MODEL --edge=NAME --cloud=NAME");
  if (options.command == Command::Calibrate && options.arguments.empty())
    return usageError("no measurements given",
                      "energy-opt calibrate ROWS.csv --target=NAME -o my.yaml");
  if (options.command == Command::Calibrate && options.targets.size() > 1)
    return usageError("calibrate fits one target at a time",
                      "give one --target, or none for the constants of all");
  if (llvm::count(options.arguments, "-") + (options.fleet.list == "-") > 1)
    return usageError("stdin can be read only once", "give - once");
  return options;
}

} // namespace energyopt
