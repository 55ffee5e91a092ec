//===- VerdictSarif.cpp - Verdicts for code scanning ----------------------===//

#include "energy-opt/Budgets.h"

#include "Report/SarifLog.h"
#include "Verdicts.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

static SarifRule ruleOf(const Verdict &verdict) {
  return {"budget-" + verdict.what, "The budget of " + verdict.what + " in .energy-opt.yaml",
          "A model costs more than its project allows. Make it cheaper, raise the budget, or add a "
          "waiver with a reason and a date. `energy-opt check` shows all verdicts; "
          "`energy-opt diff BASE NEW` shows what changed."};
}

/// What the verdict is about, whatever its figures.
static std::string identityOf(const Verdict &verdict) {
  return verdict.target + (verdict.base ? " against base" : "");
}

void printCheckSarif(const CheckReport &report, const ViewOptions &, raw_ostream &os) {
  std::vector<SarifRule> rules;
  std::vector<SarifResult> results;
  for (const ModelVerdicts &model : report.models)
    for (const Verdict &verdict : model.verdicts) {
      bool waived = verdict.outcome == Outcome::Waived;
      if (!waived && verdict.outcome != Outcome::Failed && !verdict.isClose())
        continue;
      SarifRule rule = ruleOf(verdict);
      SarifResult result;
      result.ruleId = rule.id;
      result.level = verdict.isClose() ? SarifLevel::Note : SarifLevel::Error;
      result.path = model.model;
      result.identity = identityOf(verdict);
      result.message = verdict.what + (verdict.target.empty() ? "" : " on " + verdict.target) +
                       ": " + sentenceOf(verdict);
      result.rank = std::min(100.0, std::max(0.0, -100 * verdict.margin()));
      result.inBase = verdict.failsInBase;
      if (waived)
        result.suppression = verdict.note;
      if (none_of(rules, [&](const SarifRule &r) { return r.id == rule.id; }))
        rules.push_back(std::move(rule));
      results.push_back(std::move(result));
    }
  writeSarif(rules, std::move(results), os);
}

} // namespace energyopt
