//===- Steps.cpp - Models after sequences of checks -----------------------===//

#include "Suggest/Steps.h"

#include "Analysis/Estimate.h"

#include "llvm/ADT/StringExtras.h"

using namespace energyopt;

static std::string pathAfter(llvm::StringRef path, const Check &check,
                             llvm::ArrayRef<std::string> spared) {
  return (path + "|" + check.id + ":" + llvm::join(spared, ",")).str();
}

Step *Steps::after(Step *before, const Check &check, llvm::ArrayRef<std::string> spared,
                   std::string &path) {
  path = pathAfter(path, check, spared);
  auto [found, isNew] = steps.try_emplace(path);
  if (isNew)
    found->second = before ? make(before->model, before->graph, check, spared)
                           : make(situation.model, situation.base.graph, check, spared);
  return found->second.get();
}

void Steps::keep(const Check &check, llvm::ArrayRef<std::string> spared,
                 std::shared_ptr<Step> step) {
  if (canBePlanned(check))
    steps.try_emplace(pathAfter("", check, spared), std::move(step));
}

void Steps::keepOnly(const std::set<const Check *> &checks) {
  for (auto at = steps.begin(); at != steps.end();)
    at = at->second && !checks.count(at->second->last) ? steps.erase(at) : std::next(at);
}

std::unique_ptr<Step> Steps::make(ImportedModel &before, const WorkGraph &graphBefore,
                                  const Check &check, llvm::ArrayRef<std::string> spared) const {
  auto step = std::make_unique<Step>(Step{copyModel(before), {}, &check, {}});
  Rewrite rewrite{step->model, check, {}, !check.readsWeights, spared};
  rewrite.graph = &graphBefore;
  rewrite.run();
  if (rewrite.ops.empty())
    return nullptr;
  auto graph = analyse(step->model, situation);
  if (!graph) {
    llvm::consumeError(graph.takeError());
    return nullptr;
  }
  step->graph = std::move(*graph);
  return step;
}

std::optional<double> Steps::joules(Step &step, size_t target) const {
  auto [found, isNew] = step.joules.try_emplace(target);
  if (!isNew)
    return found->second;
  auto priced = estimateValues(step.graph, situation.targets[target], situation.energy);
  if (priced)
    found->second = priced->energyJ.value;
  else
    llvm::consumeError(priced.takeError());
  return found->second;
}
