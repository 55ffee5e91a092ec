//===- Suggest.cpp - Checks run on copies of the model --------------------===//

#include "Suggest/Advisor.h"

#include "Analysis/Estimate.h"
#include "Suggest/Facts.h"
#include "Suggest/Steps.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace energyopt;

//===----------------------------------------------------------------------===//
// Layers to spare
//===----------------------------------------------------------------------===//

static constexpr llvm::StringLiteral kMakes = " -> ";

std::string energyopt::logNameOf(const GraphRow &row, const WorkGraph &graph) {
  if (row.writes.empty() || row.writes.front().tensor < 0)
    return "";
  return row.op + kMakes.str() + graph.tensors[row.writes.front().tensor].name;
}

JoulesByName::JoulesByName(const WorkGraph &graph, const TargetReport &report) {
  byName.reserve(graph.rows.size());
  byResult.reserve(graph.rows.size());
  for (auto [row, cost] : llvm::zip_equal(graph.rows, report.rows)) {
    byName[row.name] += cost.energyJ;
    if (!row.writes.empty() && row.writes.front().tensor >= 0)
      byResult[{row.op, graph.tensors[row.writes.front().tensor].name}] += cost.energyJ;
  }
}

double JoulesByName::lookup(llvm::StringRef node) const {
  if (auto found = byName.find(node); found != byName.end())
    return found->second;
  return byResult.lookup(node.split(kMakes));
}

namespace {
/// What a rewrite changed, and the model that came of it.
struct Changed {
  std::vector<std::string> ops, kept;
  std::map<std::string, std::vector<std::string>> made;
  std::shared_ptr<Step> step; // null: nothing changed, or it does not work
};

/// Copies of a model for checks to change; one that was not changed serves again,
/// with what is known of it.
class Copies {
public:
  explicit Copies(ImportedModel &model) : model(model) {}
  std::pair<ImportedModel, std::unique_ptr<Facts>> take() {
    if (!left)
      return {copyModel(model), nullptr};
    auto taken = std::move(*left);
    left.reset();
    return taken;
  }
  void giveBack(ImportedModel copy, std::unique_ptr<Facts> facts) {
    left.emplace(std::move(copy), std::move(facts));
  }

private:
  ImportedModel &model;
  std::optional<std::pair<ImportedModel, std::unique_ptr<Facts>>> left;
};
} // namespace

/// Of the nodes that were changed, those that cost more than before.
static std::vector<std::string> losers(const Changed &changed, const TargetReport &repriced,
                                       const WorkGraph &before, const TargetReport &priced) {
  JoulesByName was(before, priced), is(changed.step->graph, repriced);
  std::vector<std::string> losing;
  for (const std::string &op : changed.ops) {
    auto made = changed.made.find(op);
    llvm::ArrayRef<std::string> nodes =
        made == changed.made.end() ? llvm::ArrayRef(op) : llvm::ArrayRef(made->second);
    double now = 0;
    for (const std::string &node : nodes)
      now += is.lookup(node);
    if (now >= was.lookup(op))
      losing.push_back(op);
  }
  return losing;
}

/// Weights are read only by checks that judge by them. `copies`: of the model.
static Changed runDry(const ChosenCheck &chosen, const Situation &situation,
                      llvm::ArrayRef<std::string> spared, Copies &copies) {
  auto [copy, facts] = copies.take();
  Rewrite rewrite{copy, *chosen.check, chosen.arguments, !chosen.check->readsWeights, spared};
  rewrite.graph = &situation.base.graph;
  rewrite.facts = &facts;
  chosen.check->apply(rewrite);
  if (facts && rewrite.ops.empty())
    copies.giveBack(std::move(copy), std::move(facts));
  Changed changed{std::move(rewrite.ops), std::move(rewrite.kept), std::move(rewrite.made), {}};
  if (changed.ops.empty())
    return changed;
  if (auto graph = analyse(copy, situation))
    changed.step =
        std::make_shared<Step>(Step{std::move(copy), std::move(*graph), chosen.check, {}});
  else
    llvm::consumeError(graph.takeError());
  return changed;
}

std::vector<std::string> energyopt::nodesToSpare(const ChosenCheck &chosen,
                                                 const Situation &situation, size_t target) {
  Copies copies(situation.model);
  Changed changed = runDry(chosen, situation, {}, copies);
  if (!changed.step)
    return {};
  auto priced = estimateValues(changed.step->graph, situation.targets[target], situation.energy);
  if (!priced) {
    llvm::consumeError(priced.takeError());
    return {};
  }
  return losers(changed, *priced, situation.base.graph, situation.base.targets[target]);
}

const std::vector<std::string> &SparedNodes::of(const Check &check, const Situation &situation,
                                                size_t target) {
  auto [found, isNew] = known.try_emplace({&check, target});
  if (isNew)
    found->second = nodesToSpare({&check, {}}, situation, target);
  return found->second;
}

//===----------------------------------------------------------------------===//
// One check
//===----------------------------------------------------------------------===//

static Suggestion describe(const Advisor &advisor, const Changed &changed) {
  Suggestion suggestion = advisor.draft();
  suggestion.ops = changed.ops;
  suggestion.kept = changed.kept;
  suggestion.apply = "--apply=" + advisor.check.id.str();
  if (!advisor.check.needs.empty())
    suggestion.apply += (":" + advisor.check.needs).str();
  return suggestion;
}

/// What is saved on a target; where that is not worth it, and the check is one
/// that people ask about, the reason.
/// `priced`: the step on the target, if somebody has asked before.
static std::optional<double> judge(Advisor &advisor, Step &step, size_t target,
                                   const std::optional<TargetReport> &priced = std::nullopt) {
  const Situation &s = advisor.situation;
  const Check &check = advisor.check;
  if (const char *why = check.unsuited ? check.unsuited(s.targets[target]) : nullptr) {
    // Of GPUs people expect every format.
    if (check.tellsWhenNot && s.targets[target].cls == DeviceClass::Gpu)
      advisor.refuse(target, why, 0);
    return std::nullopt;
  }
  auto report = priced ? priced : advisor.priced(step.graph, s.targets[target], s.energy);
  step.joules[target] = report ? std::optional(report->energyJ.value) : std::nullopt;
  if (!report)
    return std::nullopt;
  double base = advisor.baseJ(target), saved = base - report->energyJ.value;
  if (advisor.check.tellsWhenNot && base > 0 && saved < kLeastShare * base)
    advisor.refuse(target, explainLoss(s.base.targets[target], *report), 100 * saved / base);
  return saved;
}

static void priceEverywhere(Advisor &advisor, const Changed &changed, Steps &steps) {
  Suggestion suggestion = describe(advisor, changed);
  for (size_t i = 0; i < advisor.targets(); ++i)
    suggestion.savingJ[i] = judge(advisor, *changed.step, i);
  if (advisor.add(std::move(suggestion)))
    steps.keep(advisor.check, {}, changed.step);
}

namespace {
/// What checks leave for those after them.
struct Shared {
  SparedNodes spared;
  Copies copies;
  Steps steps;
};
} // namespace

/// Where other layers gain on other targets, it is another suggestion there.
static void pricePerTarget(Advisor &advisor, const Changed &whole, Shared &shared) {
  const Situation &s = advisor.situation;
  std::map<std::vector<std::string>, std::vector<size_t>> targetsBySpared;
  std::vector<std::optional<TargetReport>> priced(advisor.targets());
  for (size_t i = 0; i < advisor.targets(); ++i)
    if ((priced[i] = advisor.priced(whole.step->graph, s.targets[i], s.energy))) {
      auto spared = losers(whole, *priced[i], s.base.graph, s.base.targets[i]);
      shared.spared.set(advisor.check, i, spared);
      if (spared.size() == whole.ops.size()) // nothing gains by itself
        spared.clear();
      targetsBySpared[std::move(spared)].push_back(i);
    }
  for (const auto &[spared, targets] : targetsBySpared) {
    std::optional<Changed> part;
    if (!spared.empty())
      part = runDry({&advisor.check, {}}, s, spared, shared.copies);
    const bool isPart = part && part->step;
    const Changed &changed = isPart ? *part : whole;
    Suggestion suggestion = describe(advisor, changed);
    for (const std::string &node : spared)
      suggestion.kept.push_back(node + ": does not gain");
    for (size_t i : targets)
      suggestion.savingJ[i] = judge(advisor, *changed.step, i, isPart ? std::nullopt : priced[i]);
    if (!spared.empty())
      suggestion.apply += " --target=" + s.targets[targets.front()].name;
    if (advisor.add(std::move(suggestion)) && (isPart || spared.empty()))
      shared.steps.keep(advisor.check, spared, changed.step);
  }
}

static void runCheck(Advisor &advisor, Shared &shared) {
  if (advisor.check.advise)
    return advisor.check.advise(advisor);
  Changed changed = runDry({&advisor.check, {}}, advisor.situation, {}, shared.copies);
  if (!changed.step)
    return;
  if (advisor.check.perLayer)
    return pricePerTarget(advisor, changed, shared);
  priceEverywhere(advisor, changed, shared.steps);
}

/// The largest share of a target's energy that a suggestion saves. What a model
/// needs to run at all comes before everything else.
static double bestShare(const Suggestion &suggestion, const Report &base) {
  double best = suggestion.id == "deploy-fit" ? HUGE_VAL : 0;
  for (auto [saving, target] : llvm::zip_equal(suggestion.savingJ, base.targets))
    if (saving && target.energyJ.value > 0)
      best = std::max(best, *saving / target.energyJ.value);
  return best;
}

std::vector<const Check *> energyopt::quickChecks(llvm::ArrayRef<const Check *> checks, size_t rows,
                                                  std::vector<std::string> &left) {
  constexpr size_t kMostRows = 10'000;
  std::vector<const Check *> quick;
  for (const Check *check : checks)
    if (rows <= (check->mostRows ? check->mostRows : kMostRows))
      quick.push_back(check);
    else
      left.push_back(check->id.str());
  return quick;
}

Suggestions energyopt::suggest(const Situation &situation, llvm::ArrayRef<const Check *> checks) {
  Suggestions out;
  if (situation.targets.empty())
    return out;
  Shared shared{{}, Copies(situation.model), Steps(situation)};
  for (const Check *check : checks) {
    if (!situation.model.module && !check->ofCosts)
      continue;
    Advisor advisor(situation, *check, out);
    runCheck(advisor, shared);
  }
  llvm::stable_sort(out.suggestions, [&](const Suggestion &a, const Suggestion &b) {
    return bestShare(a, situation.base) > bestShare(b, situation.base);
  });
  out.plans = makePlans(situation, out.suggestions, shared.spared, shared.steps);
  return out;
}
