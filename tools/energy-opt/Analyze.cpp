//===- Analyze.cpp - energy-opt analyze -----------------------------------===//

#include "Commands.h"
#include "Output.h"
#include "Pricing.h"

#include "energy-opt/Budgets.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace energyopt {

/// Says which models are less covered than --min-coverage wants.
int checkCoverage(ArrayRef<Report> reports, const Options &options) {
  int code = kFine;
  for (const Report &report : reports) {
    const Coverage &coverage = report.coverage;
    if (coverage.ratio() >= options.minCoverage)
      continue;
    code = kUncovered;
    std::string message =
        std::to_string(coverage.unmodelled) + " of " +
        std::to_string(coverage.opsTotal) +
        " ops are unmodelled, more than "
        "--min-coverage allows\n--op-like prices a custom op as a known one";
    printError(report.graph.model.path,
               createStringError(inconvertibleErrorCode(), message));
  }
  return code;
}

/// Says which checks of --fail-on would save.
static int checkSuggestions(ArrayRef<Report> reports, const Options &options) {
  CheckOptions failing;
  failing.failOn = options.failOn;
  int code = kFine;
  for (const Report &report : reports)
    for (const Verdict &verdict : judge(report, nullptr, Config(), failing).verdicts) {
      code = kFailed;
      printError(report.graph.model.path,
                 createStringError(inconvertibleErrorCode(),
                                   formatv("{0} would save {1:f1} % on {2}\n{3}", verdict.what,
                                           verdict.value, verdict.target, verdict.note)
                                       .str()));
    }
  return code;
}

int runAnalyze(const Options &options) {
  Expected<std::vector<Target>> targets = loadTargets(options);
  if (!targets) {
    printError("energy-opt", targets.takeError());
    return kUnusable;
  }
  std::vector<Report> reports;
  int code = kFine;
  std::vector<ModelInput> models = findModels(options);
  std::vector<std::string> names;
  for (const ModelInput &model : models)
    names.push_back(model.name());
  for (auto [name, result] :
       zip_equal(names, priceAll(models, *targets, options))) {
    if (result) {
      reports.push_back(std::move(*result));
      continue;
    }
    printError(name, result.takeError());
    code = kUnusable;
  }
  // Without a single report there is nothing to show.
  if (!reports.empty()) {
    std::vector<TargetSheet> sheets = sheetsOf(*targets, options);
    ViewOptions view = viewOptions(options);
    view.sheets = sheets;
    auto print = [&](raw_ostream &os) { findView(options.format)->print(reports, view, os); };
    code = std::max(code, deliver(options, print));
  }
  for (auto check : {checkCoverage, checkSuggestions}) {
    int found = check(reports, options);
    code = code == kFine ? found : code;
  }
  return code;
}

} // namespace energyopt
