//===- Check.cpp - energy-opt check ---------------------------------------===//

#include "Commands/Commands.h"
#include "Options/OptionValues.h"
#include "Output/Output.h"
#include "Run/Pricing.h"

#include "Report/Format.h"
#include "energy-opt/Budgets.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace energyopt {

/// The file in the folder `base` that stands where `model` does in its own:
/// under the same path from the project's folder, or under the same name.
static std::string counterpart(StringRef base, StringRef model, const Config &config) {
  SmallString<128> candidate(base);
  std::string relative = pathFromConfig(model, config);
  if (!relative.empty()) {
    sys::path::append(candidate, relative);
    if (sys::fs::exists(candidate))
      return candidate.str().str();
  }
  candidate = base;
  sys::path::append(candidate, sys::path::filename(model));
  return sys::fs::exists(candidate) ? candidate.str().str() : "";
}

/// The base model of one model: of --base, or of its first budget that names
/// one; "" if it has none.
static std::string baseOf(StringRef model, const Config &config, const Options &options) {
  StringRef base = options.base;
  for (const Budget &budget : config.budgets)
    if (base.empty() && matchesModel(budget.model, model, config))
      base = budget.base;
  if (!base.empty() && sys::fs::is_directory(base))
    return counterpart(base, model, config);
  return base.str();
}

/// Prices the base models that relative limits need, in the order of `models`.
static Expected<std::vector<std::optional<Report>>>
priceBases(MutableArrayRef<Expected<Report>> models, ArrayRef<Target> targets, const Config &config,
           Options options) {
  options.checks.clear(); // they are compared in what they cost
  std::vector<std::optional<Report>> bases(models.size());
  for (auto [slot, model] : zip_equal(bases, models)) {
    if (!model)
      continue;
    std::string path = baseOf(model->graph.model.path, config, options);
    if (path.empty())
      continue;
    ModelInput input;
    input.path = path;
    auto base = priceModel(std::move(input), targets, options, /*jobs=*/1);
    if (!base)
      return createStringError(inconvertibleErrorCode(),
                               "base model " + path + ": " + toString(base.takeError()));
    slot = std::move(*base);
  }
  return bases;
}

static Error checkSettings(const Options &options) {
  if (!options.base.empty() && !sys::fs::exists(options.base))
    return usageError("--base: there is no " + options.base,
                      "give a model, or a folder that holds models of the same names");
  if (options.config || !options.failOn.empty())
    return Error::success();
  return usageError("there is no .energy-opt.yaml in the folder of the model or above it",
                    "write one with budgets, or name it with --config=FILE");
}

static Expected<CheckReport> check(const Options &options, ArrayRef<Target> targets) {
  Config config = options.config.value_or(Config());
  std::vector<ModelInput> models = findModels(options);
  std::vector<std::string> names;
  for (const ModelInput &model : models)
    names.push_back(model.name());
  std::vector<Expected<Report>> reports = priceAll(models, targets, options);
  auto bases = priceBases(reports, targets, config, options);
  CheckOptions judging;
  if (options.minCoverage > 0)
    judging.minCoverage = options.minCoverage;
  judging.failOn = options.failOn;
  judging.today = utcNow("%Y-%m-%d");
  CheckReport result;
  result.config = config.path;
  for (size_t i = 0; i < reports.size(); ++i) {
    if (!reports[i]) {
      result.unreadable.emplace_back(names[i], toString(reports[i].takeError()));
      continue;
    }
    if (!bases)
      continue;
    const Report *base = (*bases)[i] ? &*(*bases)[i] : nullptr;
    result.models.push_back(judge(*reports[i], base, config, judging));
  }
  if (!bases)
    return bases.takeError();
  result.notes = unusedWaivers(result.models, config);
  return result;
}

static void print(const CheckReport &report, const Options &options, raw_ostream &os) {
  ViewOptions view = viewOptions(options);
  if (options.format == "json")
    printCheckJson(report, view, os);
  else if (options.format == "markdown")
    printCheckMarkdown(report, view, os);
  else if (options.format == "sarif")
    printCheckSarif(report, view, os);
  else if (options.format == "junit")
    printCheckJUnit(report, view, os);
  else
    printCheckText(report, view, os);
}

int runCheck(const Options &options) {
  auto fail = [](Error error) {
    printError("energy-opt", std::move(error));
    return kUnusable;
  };
  if (Error error = checkSettings(options))
    return fail(std::move(error));
  Expected<std::vector<Target>> targets = loadTargets(options);
  if (!targets)
    return fail(targets.takeError());
  Expected<CheckReport> report = check(options, *targets);
  if (!report)
    return fail(report.takeError());
  int code = deliver(options, [&](raw_ostream &os) { print(*report, options, os); });
  for (const auto &[name, message] : report->unreadable) {
    printError(name, createStringError(inconvertibleErrorCode(), message));
    code = kUnusable;
  }
  return code == kFine && report->failed() ? int(kFailed) : code;
}

} // namespace energyopt
