//===- Settings.cpp - What a project's file adds to the options -----------===//

#include "Options/Settings.h"

#include "Options/OptionValues.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

Error checkGlobs(StringRef option, StringRef globs) {
  SmallVector<StringRef> parts;
  globs.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef part : parts) {
    StringRef id = part.trim();
    id.consume_front("-");
    if (any_of(allChecks(), [&](const Check *check) { return matchesGlob(id, check->id); }))
      continue;
    std::vector<StringRef> known;
    for (const Check *check : allChecks())
      known.push_back(check->id);
    return usageError(option + ": no check matches '" + id + "'", chooseFrom(id, known));
  }
  return Error::success();
}

Error addFailing(StringRef option, StringRef globs, Options &options) {
  if (globs.empty())
    return Error::success();
  if (options.energy.mode == Mode::Training)
    return usageError(option + ": checks are of inference only", "leave out --mode=training");
  if (Error error = checkGlobs(option, globs))
    return error;
  for (const Check *check : selectChecks(("-*," + globs).str())) {
    options.failOn.push_back(check->id.str());
    if (!is_contained(options.checks, check))
      options.checks.push_back(check);
  }
  return Error::success();
}

/// The one file that all models stand under; "" if there is none.
static Expected<std::string> findOne(ArrayRef<std::string> models) {
  std::string found;
  for (const std::string &model : models) {
    std::string next = findConfig(model);
    if (&model != models.begin() && next != found)
      return usageError(
          "the models stand under different settings: " + (found.empty() ? "none" : found) +
              " and " + (next.empty() ? "none" : next),
          "run once for each, or give --config=FILE");
    found = std::move(next);
  }
  return found;
}

/// The file that --config names or that is found; "" for none.
static Expected<std::string> chooseFile(const CommandLine &line, const Options &options) {
  if (line.config == "none")
    return std::string();
  if (!line.config.empty())
    return line.config.getValue();
  // Of two versions of a model, the new one's settings count.
  ArrayRef<std::string> models = options.arguments;
  return findOne(options.command == Command::Diff ? models.take_back() : models);
}

/// What a value of the file would have said as an option.
static Error adopt(const CommandLine &line, const Config &config, Options &options) {
  if (options.targets.empty())
    options.targets = config.targets;
  options.analysis.defaultDims = config.dims;
  if (config.minCoverage && !line.minCoverage.getNumOccurrences())
    options.minCoverage = *config.minCoverage;
  if (!config.checks.empty() && !options.checksGiven && !options.checks.empty()) {
    if (Error error = checkGlobs("checks", config.checks))
      return error;
    options.checks = selectChecks(config.checks);
    options.checksGiven = true;
  }
  if (options.command == Command::Check && !line.failOn.getNumOccurrences())
    return addFailing("fail_on", config.failOn, options);
  return Error::success();
}

Error loadSettings(const CommandLine &line, Options &options) {
  options.base = line.base;
  bool analyses = is_contained(
      {Command::Analyze, Command::Optimize, Command::Check, Command::Diff, Command::Compare},
      options.command);
  // Models of a list are not searched for settings; --config gives them.
  if (!analyses || (options.arguments.empty() && line.config.empty()))
    return Error::success();
  Expected<std::string> file = chooseFile(line, options);
  if (!file)
    return file.takeError();
  if (file->empty())
    return Error::success();
  Expected<Config> config = loadConfig(*file);
  if (!config)
    return config.takeError();
  options.config = std::move(*config);
  return Error::success();
}

Error inSettings(const Options &options, Error error) {
  if (!error)
    return error;
  return createStringError(inconvertibleErrorCode(),
                           options.config->path + ": " + toString(std::move(error)));
}

Error adoptSettings(const CommandLine &line, Options &options) {
  // What is compared is what the models cost as they are.
  if (is_contained({Command::Check, Command::Diff}, options.command))
    erase_if(options.checks,
             [&](const Check *check) { return !is_contained(options.failOn, check->id); });
  if (!options.config)
    return Error::success();
  return inSettings(options, adopt(line, *options.config, options));
}

} // namespace energyopt
