//===- Plan.cpp - Suggestions that go together ----------------------------===//
//
// Savings do not add up: what is pruned cannot be quantized as well. A plan
// applies its parts one after the other and prices the result.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Advisor.h"
#include "Suggest/Steps.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace energyopt;

namespace {
/// A check that saves on the target, and how much.
struct Candidate {
  const Check *check;
  double savingJ;
};

class Planner {
public:
  Planner(const Situation &situation, size_t target, Steps &steps, SparedNodes &known)
      : situation(situation), target(target), steps(steps), known(known) {}

  /// `candidates`: in the order in which they are applied.
  Plan make(llvm::ArrayRef<Candidate> candidates) {
    Plan plan;
    plan.target = situation.targets[target].name;
    plan.beforeJ = situation.base.targets[target].energyJ.value;
    std::vector<Candidate> taken;
    plan.afterJ = apply(candidates, taken);
    dropNeedless(taken, plan.afterJ);
    Degree risk = Degree::None;
    for (const Candidate &candidate : taken) {
      plan.ids.push_back(candidate.check->id.str());
      risk = std::max(risk, candidate.check->risk);
    }
    plan.risk = name(risk).str();
    plan.needsWork = risk > Degree::Low;
    plan.apply = "--apply=" + llvm::join(plan.ids, ",");
    if (situation.targets.size() > 1 ||
        llvm::any_of(candidates, [](const Candidate &c) { return c.check->perLayer; }))
      plan.apply += " --target=" + plan.target;
    return plan;
  }

private:
  /// Applies those that lower the energy, and returns it. What has a risk has to
  /// earn it.
  double apply(llvm::ArrayRef<Candidate> candidates, std::vector<Candidate> &taken) {
    double base = situation.base.targets[target].energyJ.value, joules = base;
    Step *step = nullptr;
    std::string path;
    for (const Candidate &candidate : candidates) {
      std::string tried = path;
      Step *next = steps.after(step, *candidate.check, sparedBy(*candidate.check), tried);
      double least = candidate.check->risk == Degree::None ? 0 : kLeastShare * base;
      auto priced = next ? steps.joules(*next, target) : std::nullopt;
      if (!priced || *priced >= joules - least)
        continue;
      taken.push_back(candidate);
      joules = *priced;
      step = next;
      path = std::move(tried);
    }
    return joules;
  }

  /// What a later check made needless goes. Of a plan that needs work on the
  /// accuracy anyway, every part has earned its place when it was added.
  void dropNeedless(std::vector<Candidate> &taken, double &joules) {
    if (llvm::any_of(taken, [](const Candidate &c) { return c.check->risk > Degree::Low; }))
      return;
    double base = situation.base.targets[target].energyJ.value;
    for (size_t i = 0; i < taken.size() && taken.size() > 1;) {
      std::vector<Candidate> rest = taken, kept;
      rest.erase(rest.begin() + i);
      bool isRisk = taken[i].check->risk != Degree::None;
      double without = isRisk ? apply(rest, kept) : HUGE_VAL;
      if (kept.size() == rest.size() && without <= joules + kLeastShare * base) {
        taken = std::move(rest);
        joules = without;
      } else {
        ++i;
      }
    }
  }

  llvm::ArrayRef<std::string> sparedBy(const Check &check) {
    return check.perLayer ? llvm::ArrayRef(known.of(check, situation, target))
                          : llvm::ArrayRef<std::string>();
  }

  const Situation &situation;
  size_t target;
  Steps &steps;
  SparedNodes &known;
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
    if (!check || !canBePlanned(*check) || check->risk > most ||
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

/// A plan for each: as far as risks go.
static constexpr Degree kRisks[] = {Degree::Low, Degree::High};

std::vector<Plan> energyopt::makePlans(const Situation &situation,
                                       llvm::ArrayRef<Suggestion> suggestions, SparedNodes &spared,
                                       Steps &steps) {
  std::vector<Plan> plans;
  std::set<const Check *> used;
  for (size_t i = 0; i < situation.targets.size(); ++i)
    for (Degree most : kRisks)
      for (const Candidate &candidate : candidatesFor(situation, suggestions, i, most))
        used.insert(candidate.check);
  steps.keepOnly(used);
  for (size_t i = 0; i < situation.targets.size(); ++i) {
    Planner planner(situation, i, steps, spared);
    double least = HUGE_VAL; // of a plan with less risk
    for (Degree most : kRisks) {
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
