//===- Diff.cpp - energy-opt diff -----------------------------------------===//

#include "Commands/Commands.h"
#include "Output/Output.h"
#include "Run/Pricing.h"

#include "energy-opt/Diff.h"

using namespace llvm;

namespace energyopt {

/// Both reports as one page, side by side.
static void printPage(ArrayRef<Report> reports, ArrayRef<Target> targets, const Options &options,
                      raw_ostream &os) {
  std::vector<TargetSheet> sheets = sheetsOf(targets, options);
  ViewOptions view = viewOptions(options);
  view.sheets = sheets;
  view.beside = true;
  printHtml(reports, view, os);
}

static void print(const ModelDiff &diff, const Options &options, raw_ostream &os) {
  ViewOptions view = viewOptions(options);
  if (options.format == "json")
    printDiffJson(diff, view, os);
  else if (options.format == "markdown")
    printDiffMarkdown(diff, view, os);
  else
    printDiffText(diff, view, os);
}

int runDiff(const Options &options) {
  Expected<std::vector<Target>> targets = loadTargets(options);
  if (!targets) {
    printError("energy-opt", targets.takeError());
    return kUnusable;
  }
  std::vector<ModelInput> models = findModels(options);
  std::vector<Report> reports;
  for (auto [path, result] : zip_equal(options.arguments, priceAll(models, *targets, options))) {
    if (result)
      reports.push_back(std::move(*result));
    else
      printError(path == "-" ? "<stdin>" : path, result.takeError());
  }
  if (reports.size() < 2)
    return kUnusable;
  ModelDiff diff = diffReports(reports[0], reports[1]);
  return deliver(options, [&](raw_ostream &os) {
    if (options.threshold > 0 && diff.largestChange() <= options.threshold)
      return;
    if (options.format == "html")
      printPage(reports, *targets, options, os);
    else
      print(diff, options, os);
  });
}

} // namespace energyopt
