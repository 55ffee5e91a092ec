//===- SarifView.cpp - Suggestions for code scanning ----------------------===//
//
// A result per suggestion that pays, and one per kind of op that could not be
// modelled.
//
//===----------------------------------------------------------------------===//

#include "Format.h"
#include "SarifLog.h"

#include "energy-opt/Views.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

static constexpr StringLiteral kUnmodelled = "unmodelled-op";

static void addRule(std::vector<SarifRule> &rules, const Suggestion &suggestion) {
  if (any_of(rules, [&](const SarifRule &rule) { return rule.id == suggestion.id; }))
    return;
  // Titles of suggestions have figures in them; a rule says the same of all.
  StringRef sentence = StringRef(suggestion.rationale).split(". ").first.rtrim('.');
  rules.push_back({suggestion.id, sentence.str(),
                   suggestion.rationale + "\n\nRisk to accuracy: " +
                       (suggestion.exact ? std::string("none") : suggestion.risk) +
                       ". Effort: " + suggestion.effort + ".\n\n`energy-opt checks " +
                       suggestion.id + "` explains it."});
}

/// "-12.3 % on nvidia-t4, -4.0 % on google-tpu-v4: fold ... Apply: ..."
static SarifResult resultOf(const Suggestion &suggestion, const Report &report) {
  SarifResult result;
  result.ruleId = suggestion.id;
  result.path = report.graph.model.path;
  result.nodes = suggestion.ops;
  std::string savings;
  for (auto [saving, target] : zip_equal(suggestion.savingJ, report.targets)) {
    if (!saving || *saving <= 0)
      continue;
    double share = 100 * *saving / target.energyJ.value;
    result.rank = std::max(result.rank, std::min(100.0, share));
    result.identity += target.name + " ";
    savings += (savings.empty() ? "" : ", ") + percent(-*saving, target.energyJ.value, true) +
               " on " + target.name;
  }
  result.message = (savings.empty() ? "" : savings + " energy: ") + suggestion.title + ".";
  if (!suggestion.apply.empty())
    result.message += " " + suggestion.apply;
  return result;
}

void printSarif(ArrayRef<Report> reports, const ViewOptions &, raw_ostream &os) {
  std::vector<SarifRule> rules;
  std::vector<SarifResult> results;
  for (const Report &report : reports) {
    for (const Suggestion &suggestion : report.suggestions) {
      addRule(rules, suggestion);
      results.push_back(resultOf(suggestion, report));
    }
    for (const Coverage::Op &op : report.coverage.unmodelledOps) {
      SarifResult result;
      result.ruleId = kUnmodelled.str();
      result.level = SarifLevel::Warning;
      result.path = report.graph.model.path;
      result.identity = qualifiedOp(op.op, op.domain);
      result.message =
          std::to_string(op.count) + " x " + result.identity + " counts nothing: " + op.reason;
      results.push_back(std::move(result));
    }
  }
  if (any_of(results, [](const SarifResult &r) { return r.ruleId == kUnmodelled; }))
    rules.push_back({kUnmodelled.str(), "An op that the analysis does not know",
                     "Its operations, traffic and energy are missing from the totals. "
                     "`--op-like my::Op=other::Op` prices it as a known one."});
  writeSarif(rules, std::move(results), os);
}

} // namespace energyopt
