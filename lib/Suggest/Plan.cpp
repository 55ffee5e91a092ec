//===- Plan.cpp - Suggestions that go together ----------------------------===//
//
// Savings do not add up: what is pruned cannot be quantized as well. A plan
// applies its parts one after the other and prices the result.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Advisor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;

namespace {
/// A check that saves on the target, and how much.
struct Candidate {
  const Check *check;
  double savingJ;
};

class Planner {
public:
  Planner(const Situation &situation, size_t target) : situation(situation), target(target) {}

  /// `candidates`: in the order in which they are applied.
  Plan make(llvm::ArrayRef<Candidate> candidates) {
    Plan plan;
    plan.target = situation.targets[target].name;
    plan.beforeJ = plan.afterJ = situation.base.targets[target].energyJ.value;
    ImportedModel model = copyModel(situation.model);
    std::vector<Candidate> taken;
    for (const Candidate &candidate : candidates)
      if (tryCheck(*candidate.check, model, plan.afterJ))
        taken.push_back(candidate);
    dropNeedless(taken, plan.afterJ);
    Degree risk = Degree::None;
    for (const Candidate &candidate : taken) {
      plan.ids.push_back(candidate.check->id.str());
      risk = std::max(risk, candidate.check->risk);
    }
    plan.risk = name(risk).str();
    plan.apply = "--apply=" + llvm::join(plan.ids, ",");
    if (situation.targets.size() > 1 || llvm::any_of(candidates, [](const Candidate &c) {
          return c.check->perLayer;
        }))
      plan.apply += " --target=" + plan.target;
    return plan;
  }

private:
  /// What a later check made needless goes: a risk has to earn its place.
  void dropNeedless(std::vector<Candidate> &taken, double &joules) {
    double base = situation.base.targets[target].energyJ.value;
    for (size_t i = 0; i < taken.size() && taken.size() > 1;) {
      std::vector<Candidate> rest = taken;
      rest.erase(rest.begin() + i);
      ImportedModel model = copyModel(situation.model);
      double without = base;
      bool allWork = taken[i].check->risk != Degree::None &&
                     llvm::all_of(rest, [&](const Candidate &candidate) {
                       return tryCheck(*candidate.check, model, without);
                     });
      if (allWork && without <= joules + kLeastShare * base) {
        taken = std::move(rest);
        joules = without;
      } else {
        ++i;
      }
    }
  }

  /// Keeps the change if it lowers `joules`.
  bool tryCheck(const Check &check, ImportedModel &model, double &joules) {
    ImportedModel copy = copyModel(model);
    std::vector<std::string> spared;
    if (check.perLayer)
      spared = nodesToSpare({&check, {}}, situation, target);
    Rewrite rewrite{copy, check, {}, !check.readsWeights, spared};
    rewrite.graph = &situation.base.graph;
    check.apply(rewrite);
    if (rewrite.ops.empty())
      return false;
    auto graph = analyse(copy, situation);
    if (!graph) {
      llvm::consumeError(graph.takeError());
      return false;
    }
    auto priced = estimate(*graph, situation.targets[target], situation.energy);
    if (!priced) {
      llvm::consumeError(priced.takeError());
      return false;
    }
    if (priced->energyJ.value >= joules)
      return false;
    joules = priced->energyJ.value;
    model = std::move(copy);
    return true;
  }

  const Situation &situation;
  size_t target;
};
} // namespace

/// Of what pays on the target and is no riskier than `most`, the best of each
/// group, in the order of allChecks().
static std::vector<Candidate> candidatesFor(const Situation &situation,
                                            llvm::ArrayRef<Suggestion> suggestions, size_t target,
                                            Degree most) {
  std::vector<Candidate> chosen;
  for (const Suggestion &suggestion : suggestions) {
    const Check *check = findCheck(suggestion.id);
    double saving = suggestion.savingJ[target].value_or(0);
    if (!check || !check->apply || !check->needs.empty() || check->risk > most ||
        saving < kLeastShare * situation.base.targets[target].energyJ.value)
      continue;
    auto rival = llvm::find_if(chosen, [&](const Candidate &other) {
      return other.check == check || (!check->group.empty() && other.check->group == check->group);
    });
    if (rival == chosen.end())
      chosen.push_back({check, saving});
    else if (saving > rival->savingJ)
      *rival = {check, saving};
  }
  auto place = [](const Check *check) { return llvm::find(allChecks(), check); };
  llvm::sort(chosen, [&](const Candidate &a, const Candidate &b) {
    return place(a.check) < place(b.check);
  });
  return chosen;
}

std::vector<Plan> energyopt::makePlans(const Situation &situation,
                                       llvm::ArrayRef<Suggestion> suggestions) {
  std::vector<Plan> plans;
  for (size_t i = 0; i < situation.targets.size(); ++i) {
    Planner planner(situation, i);
    double least = HUGE_VAL;
    for (Degree most : {Degree::Low, Degree::High}) {
      auto candidates = candidatesFor(situation, suggestions, i, most);
      if (candidates.empty())
        continue;
      Plan plan = planner.make(candidates);
      // A riskier plan has to earn it.
      if (plan.ids.empty() || plan.afterJ >= (1 - kLeastShare) * least)
        continue;
      least = plan.afterJ;
      plans.push_back(std::move(plan));
    }
  }
  return plans;
}
