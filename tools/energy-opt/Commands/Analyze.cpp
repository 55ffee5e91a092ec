//===- Analyze.cpp - energy-opt analyze -----------------------------------===//

#include "Commands/Commands.h"
#include "Output/Output.h"
#include "Run/Pricing.h"

using namespace llvm;

namespace energyopt {

int runAnalyze(const Options &options) {
  Expected<std::vector<Target>> targets = loadTargets(options);
  if (!targets) {
    printError("energy-opt", targets.takeError());
    return kUnusable;
  }
  // Left to the end of the process: to take a large graph apart is work for nothing.
  static std::vector<Report> &reports = *new std::vector<Report>;
  int code = kFine;
  std::vector<ModelInput> models = findModels(options);
  std::vector<std::string> names;
  for (const ModelInput &model : models)
    names.push_back(model.name());
  for (auto [name, result] : zip_equal(names, priceAll(models, *targets, options))) {
    if (result) {
      reports.push_back(std::move(*result));
      continue;
    }
    printError(name, result.takeError());
    code = kUnusable;
  }
  // Without a single report there is nothing to show.
  if (!reports.empty()) {
    std::vector<TargetSheet> sheets;
    if (options.format == "json" || options.format == "html") // others do not show them
      sheets = sheetsOf(*targets, options);
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
