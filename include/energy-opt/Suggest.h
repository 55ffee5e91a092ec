//===- Suggest.h - What would save energy -----------------------*- C++ -*-===//
//
// Runs checks on copies of a model and prices the results, so that a saving is
// an estimate of the same quality as the rest of the report.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_SUGGEST_H
#define ENERGY_OPT_SUGGEST_H

#include "energy-opt/Analysis.h"
#include "energy-opt/Checks.h"
#include "energy-opt/EnergyModel.h"

namespace energyopt {

/// What suggestions are about: a model as it is run, and what that costs.
struct Situation {
  /// Without a module, of a dialect that no check rewrites: only those that judge
  /// by costs are run.
  ImportedModel &model;
  std::string path;
  AnalysisOptions analysis;
  EnergyOptions energy;
  llvm::ArrayRef<Target> targets;
  /// Of the model as it is, on these targets.
  const Report &base;
  /// gCO2e/kWh of the electricity by hour of the day, 24 or none.
  llvm::ArrayRef<double> hourlyCarbon = {};

  /// The same of a copy of the model.
  Situation of(ImportedModel &copy) const {
    return {copy, path, analysis, energy, targets, base, hourlyCarbon};
  }
};

/// A copy of a model, whose weights are shared.
ImportedModel copyModel(ImportedModel &model);

/// Shapes and work of a model in a situation.
llvm::Expected<WorkGraph> analyse(ImportedModel &model, const Situation &situation);

/// Nodes that `chosen`, a check that is perLayer, should spare on a target of
/// the situation: those that would cost more there than they do.
std::vector<std::string> nodesToSpare(const ChosenCheck &chosen, const Situation &situation,
                                      size_t target);

/// What would save energy in a situation.
struct Suggestions {
  /// Those that save most on their best target first.
  std::vector<Suggestion> suggestions;
  std::vector<Refusal> refusals;
  std::vector<Plan> plans;
};

/// Of `checks`, those that keep nobody waiting in a graph of `rows` rows; ids of the
/// others go to `left`.
std::vector<const Check *> quickChecks(llvm::ArrayRef<const Check *> checks, size_t rows,
                                       std::vector<std::string> &left);

/// Runs `checks`, up to `jobs` at a time (0: one for each core); what is found does not
/// depend on it. What a check cannot do on this model is left out. Unless `jobs` is 1,
/// the model's context is multithreaded meanwhile, so that nobody else may use it.
Suggestions suggest(const Situation &situation, llvm::ArrayRef<const Check *> checks,
                    unsigned jobs = 1);

} // namespace energyopt

#endif // ENERGY_OPT_SUGGEST_H
