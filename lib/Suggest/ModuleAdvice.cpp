//===- ModuleAdvice.cpp - Suggestions for a module of a pipeline ----------===//

#include "Suggest/ModuleAdvice.h"

#include "Suggest/OnnxModule.h"

using namespace energyopt;
using llvm::StringRef;

llvm::Expected<ModuleAdvice> energyopt::adviseOn(mlir::ModuleOp module,
                                                 const EnergyAnalysis &analysis,
                                                 const AnalysisOptions &options,
                                                 const EnergyOptions &energy, StringRef target,
                                                 llvm::ArrayRef<const Check *> checks, bool quick) {
  ModuleAdvice advice;
  advice.notRewritten = whyNotOnnx(module);
  llvm::StringMap<mlir::Operation *> nodes;
  ImportedModel model;
  Report base;
  if (advice.notRewritten.empty()) {
    model = modelOf(module, nodes);
    auto analysed = analyseImported(model, "", options);
    if (!analysed)
      return analysed.takeError();
    base.graph = std::move(analysed->graph);
  } else {
    base.graph = analysis.graph();
  }
  auto loaded = loadTarget(target);
  if (!loaded)
    return loaded.takeError();
  auto priced = estimate(base.graph, *loaded, energy);
  if (!priced)
    return priced.takeError();
  base.targets.push_back(std::move(*priced));
  summarize(base);
  advice.baseJ = base.targets.front().energyJ.value;

  std::vector<const Check *> sought(checks);
  if (quick)
    sought = quickChecks(checks, base.graph.rows.size(), advice.notSought);
  Situation situation{model, "", options, energy, *loaded, base};
  for (Suggestion &suggestion : suggest(situation, sought).suggestions) {
    LocatedSuggestion located{std::move(suggestion), {}};
    for (const std::string &name : located.suggestion.ops)
      if (mlir::Operation *op = nodes.lookup(name))
        located.ops.push_back(op);
    advice.suggestions.push_back(std::move(located));
  }
  return advice;
}
