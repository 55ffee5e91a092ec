//===- Advisor.cpp - Suggestions and their prices -------------------------===//

#include "Suggest/Advisor.h"

#include "Analysis/Estimate.h"
#include "Suggest/Facts.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace energyopt;

ImportedModel energyopt::copyModel(ImportedModel &model, mlir::IRMapping &values) {
  auto module = mlir::cast<mlir::ModuleOp>(model.module->getOperation()->clone(values));
  return {module, model.format, model.weights, model.notes, model.memo};
}

ImportedModel energyopt::copyModel(ImportedModel &model) {
  mlir::IRMapping values;
  return copyModel(model, values);
}

static llvm::Expected<WorkGraph> analyseWith(ImportedModel &model, const Situation &situation,
                                             const AnalysisOptions &options) {
  auto analysed = analyseImported(model, situation.path, options);
  if (!analysed)
    return analysed.takeError();
  if (situation.energy.mode == Mode::Training)
    trainingStep(analysed->graph, situation.energy.training);
  return std::move(analysed->graph);
}

llvm::Expected<WorkGraph> energyopt::analyse(ImportedModel &model, const Situation &situation) {
  AnalysisOptions options = situation.analysis;
  options.explain.clear();
  options.symbolic = false;
  return analyseWith(model, situation, options);
}

template <typename T> static std::optional<T> orNothing(llvm::Expected<T> result) {
  if (result)
    return std::move(*result);
  llvm::consumeError(result.takeError());
  return std::nullopt;
}

std::optional<WorkGraph> Advisor::analysed(const AnalysisOptions &options) const {
  return orNothing(analyseWith(situation.model, situation, options));
}

std::optional<WorkGraph> Advisor::analysed(ImportedModel &model) const {
  return orNothing(analyse(model, situation));
}

std::optional<TargetReport> Advisor::priced(const WorkGraph &graph, const Target &target,
                                            const EnergyOptions &options) const {
  return orNothing(estimateValues(graph, target, options));
}

std::optional<TargetReport> Advisor::priced(Estimator &estimator, size_t target) const {
  return orNothing(estimator.estimateValues(situation.targets[target], situation.energy));
}

std::vector<std::optional<double>> Advisor::savings(const WorkGraph &graph) const {
  Estimator estimator(graph);
  std::vector<std::optional<double>> saved;
  for (size_t i = 0; i < targets(); ++i) {
    auto report = priced(estimator, i);
    saved.push_back(report ? std::optional(baseJ(i) - report->energyJ.value) : std::nullopt);
  }
  return saved;
}

Suggestion Advisor::draft() const {
  Suggestion suggestion;
  suggestion.id = check.id.str();
  suggestion.title = check.title.str();
  suggestion.exact = check.exact;
  suggestion.risk = name(check.risk).str();
  suggestion.effort = name(check.effort).str();
  suggestion.rationale = check.rationale.str();
  suggestion.group = check.group.str();
  suggestion.savingJ.resize(targets());
  return suggestion;
}

bool Advisor::add(Suggestion suggestion) {
  bool pays = false;
  for (auto [i, saving] : llvm::enumerate(suggestion.savingJ))
    pays |= saving && *saving >= kLeastShare * baseJ(i);
  for (auto [i, saving] : llvm::enumerate(suggestion.savingCarbonG))
    pays |= saving && *saving >= kLeastShare * base().targets[i].carbonG.value;
  if (pays)
    out.suggestions.push_back(std::move(suggestion));
  return pays;
}

void Advisor::refuse(size_t target, std::string reason, double savingPct) {
  out.refusals.push_back({check.id.str(), check.title.str(), base().targets[target].name,
                          std::move(reason), savingPct});
}

//===----------------------------------------------------------------------===//
// Why not
//===----------------------------------------------------------------------===//

static const char *limitOf(Bound bound) {
  switch (bound) {
  case Bound::Compute:
    return "operations bind it";
  case Bound::Memory:
    return "memory traffic binds it";
  case Bound::Overhead:
    return "launches bind it";
  }
  return "";
}

std::string energyopt::explainLoss(const TargetReport &before, const TargetReport &after) {
  const EnergyBreakdown &a = before.breakdownJ, &b = after.breakdownJ;
  struct Part {
    const char *what;
    double before, after;
  };
  const Part parts[] = {{"the energy of operations", a.computeJ, b.computeJ},
                        {"the energy of DRAM traffic", a.dramJ, b.dramJ},
                        {"the energy of on-chip traffic", a.onchipJ, b.onchipJ},
                        {"the energy of constant power", a.staticJ, b.staticJ}};
  const Part *grown = &parts[0];
  for (const Part &part : parts)
    if (part.after - part.before > grown->after - grown->before)
      grown = &part;
  double growth = grown->after - grown->before, whole = before.energyJ.value;
  std::string text;
  if (whole > 0 && growth > kLeastShare * whole)
    text = llvm::formatv("{0} grows by {1:F1} % of all energy", grown->what, 100 * growth / whole);
  else
    text = std::string("what it shrinks matters little here: ") + limitOf(before.bound);
  auto launches = [](const TargetReport &report) { return report.kernels.size(); };
  if (launches(after) > launches(before))
    text +=
        llvm::formatv("; kernels to launch: {0} instead of {1}", launches(after), launches(before));
  return text;
}
