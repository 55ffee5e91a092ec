//===- ApplyChecks.cpp - One check after the other ------------------------===//

#include "Run/ApplyChecks.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

std::vector<double> energies(ArrayRef<TargetReport> targets) {
  std::vector<double> joules;
  for (const TargetReport &target : targets)
    joules.push_back(target.energyJ.value);
  return joules;
}

/// The situation's model as it is now; empty if it cannot be priced.
static PricedModel priceNow(const Situation &situation) {
  auto graph = analyse(situation.model, situation);
  if (!graph) {
    consumeError(graph.takeError());
    return {};
  }
  std::vector<TargetReport> reports;
  for (const Target &target : situation.targets) {
    auto report = estimate(*graph, target, situation.energy);
    if (!report) {
      consumeError(report.takeError());
      return {};
    }
    reports.push_back(std::move(*report));
  }
  return {energies(reports), std::move(*graph)};
}

/// The target, if any, on which `now` is more than `before`. A fused op may
/// count a few operations more than its parts: LayerNormalization, by its
/// function body, two for each row.
static const Target *costlierOn(ArrayRef<Target> targets, ArrayRef<double> before,
                                ArrayRef<double> now) {
  constexpr double kSlack = 1e-5;
  for (size_t i = 0; i < now.size(); ++i)
    if (now[i] > before[i] * (1 + kSlack))
      return &targets[i];
  return nullptr;
}

namespace {
/// Applies one check to the situation's model, which is `model` as it is now.
class Applier {
public:
  Applier(const ChosenCheck &chosen, const Situation &situation, PricedModel &model)
      : chosen(chosen), situation(situation), model(model) {}

  Applied run() {
    ArrayRef<Target> targets = situation.targets;
    std::vector<std::string> spared;
    if (chosen.check->perLayer && targets.size() == 1)
      spared = nodesToSpare(chosen, situation, 0);
    std::vector<std::string> costly = attempt(spared);
    tried = spared;
    if (!costly.empty())
      applyHalves(costly);
    for (const std::string &node : spared)
      applied.kept.push_back(node + ": does not gain on " + targets.front().name);
    return {chosen.check, std::move(applied.ops), std::move(applied.kept)};
  }

private:
  /// Analyses that the search for sites may take, at 10 to 100 ms each.
  static constexpr unsigned kMostAttempts = 32;

  /// Applies the check but to `spared`; if that costs more somewhere, takes it
  /// back and returns what was changed.
  std::vector<std::string> attempt(ArrayRef<std::string> spared) {
    ++attempts;
    const Check &check = *chosen.check;
    ImportedModel before = copyModel(situation.model);
    Rewrite rewrite{situation.model, check, chosen.arguments, /*dry=*/false, spared};
    rewrite.graph = model.graph ? &*model.graph : nullptr;
    rewrite.run();
    if (!rewrite.ops.empty()) {
      PricedModel now = priceNow(situation);
      // What seldom pays was asked for all the same.
      bool judged = check.exact && !check.tellsWhenNot;
      if (judged && (costlier = costlierOn(situation.targets, model.joules, now.joules))) {
        situation.model.module = std::move(before.module);
        return std::move(rewrite.ops);
      }
      for (size_t i = 0; i < now.joules.size(); ++i) // slack does not add up
        model.joules[i] = check.exact ? std::min(model.joules[i], now.joules[i]) : now.joules[i];
      model.graph = std::move(now.graph);
    }
    append_range(applied.ops, rewrite.ops);
    if (applied.kept.empty())
      applied.kept = std::move(rewrite.kept);
    return {};
  }

  void keep(ArrayRef<std::string> sites) {
    for (const std::string &site : sites)
      applied.kept.push_back(site + ": would cost more on " + costlier->name);
  }

  /// `sites` together cost more: each half alone may not.
  void applyHalves(ArrayRef<std::string> sites) {
    if (sites.size() == 1 || attempts >= kMostAttempts)
      return keep(sites);
    ArrayRef<std::string> first = sites.take_front(sites.size() / 2),
                          second = sites.drop_front(first.size());
    for (auto [mine, other] : {std::pair(first, second), std::pair(second, first)}) {
      std::vector<std::string> outer = tried;
      append_range(tried, other);
      std::vector<std::string> costly = attempt(tried);
      if (costly.size() > mine.size()) // a check that spares nothing
        keep(mine);
      else if (!costly.empty())
        applyHalves(mine);
      tried = std::move(outer);
    }
  }

  const ChosenCheck &chosen;
  const Situation &situation;
  PricedModel &model;
  Applied applied;
  const Target *costlier = nullptr;
  std::vector<std::string> tried; // sites that this attempt is not about
  unsigned attempts = 0;
};
} // namespace

Applied applyCheck(const ChosenCheck &chosen, const Situation &situation, PricedModel &now) {
  return Applier(chosen, situation, now).run();
}

} // namespace energyopt
