//===- TextSuggestions.cpp - What would save, on the screen ---------------===//
//
//   Savings
//     on nvidia-t4 from 78.0 mJ to 31.2 mJ (-60.0 %) by precision-fp16
//       energy-opt optimize MODEL --apply=best --target=nvidia-t4 -o OUT
//
//     Suggestion        [1]  Risk  Effort
//     precision-fp16  -60 %  low   none    Run in half precision
//
//     Does not pay
//     - prune-2-4 on nvidia-t4: it has no sparse units
//
//===----------------------------------------------------------------------===//

#include "TextView.h"

#include "Format.h"
#include "Table.h"
#include "Worth.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

void TextScreen::plan(const Plan &plan) const {
  bool u = options.unicode;
  std::string text =
      "on " + safe(plan.target) + (plan.needsWork ? ", with work on the accuracy" : "") +
      ", from " + si(plan.beforeJ, "J", u) + " to " + si(plan.afterJ, "J", u) + " (" +
      percent(plan.afterJ - plan.beforeJ, plan.beforeJ, u) + ") by " + safe(join(plan.ids, ", "));
  paragraph("  ", text, /*hang=*/2);
}

/// "-60.0 %"; a dash where it does not apply, or does nothing to speak of.
static std::string savedShare(const std::optional<double> &saving, const TargetReport &target,
                              bool unicode) {
  bool isSmall = saving && std::abs(*saving) < kLeastShare * target.energyJ.value;
  return saving && !isSmall ? percent(-*saving, target.energyJ.value, unicode) : "-";
}

void TextScreen::suggestionTable() const {
  constexpr size_t kListed = 10;
  Table table(options);
  table.column("Suggestion", Table::Left);
  for (size_t i = 0; i < report.targets.size(); ++i)
    table.column(report.targets.size() > 1 ? "[" + std::to_string(i + 1) + "]" : "Energy");
  table.column("Risk", Table::Left);
  table.column("What", Table::Left);
  ArrayRef<Suggestion> all = report.suggestions;
  for (const Suggestion &suggestion : all.take_front(kListed)) {
    std::vector<std::string> cells{safe(suggestion.id)};
    for (auto [saving, target] : zip_equal(suggestion.savingJ, report.targets))
      cells.push_back(savedShare(saving, target, options.unicode));
    // How a model is run says nothing of its outputs.
    bool rewrites = StringRef(suggestion.apply).starts_with("--apply=");
    cells.push_back(suggestion.exact && rewrites ? "exact" : suggestion.risk);
    cells.push_back(safe(suggestion.title));
    table.row(std::move(cells));
  }
  if (all.size() > kListed)
    table.line("[" + countOf(all.size() - kListed, "other", options.unicode) + ": --format=json]");
  table.print(os, 2);
}

void TextScreen::refusals() const {
  constexpr size_t kListed = 6;
  ArrayRef<Refusal> rest = report.refusals;
  if (rest.empty())
    return;
  paragraph("  ", "What does not pay here:");
  for (size_t i = 0; i < kListed && !rest.empty(); ++i) {
    // One line for targets with the same reason, which follow each other.
    const Refusal &first = rest.front();
    ArrayRef<Refusal> alike = rest.take_while([&](const Refusal &refusal) {
      return refusal.id == first.id && refusal.reason == first.reason;
    });
    std::string targets;
    for (const Refusal &refusal : alike)
      targets += (targets.empty() ? "" : ", ") + safe(refusal.target);
    paragraph("  - ", safe(first.id) + " on " + targets + ": " + safe(first.reason));
    rest = rest.drop_front(alike.size());
  }
  if (!rest.empty())
    paragraph("  - ", "[" + countOf(rest.size(), "other", options.unicode) + ": --format=json]");
}

void TextScreen::suggestions() const {
  if (report.suggestions.empty() && report.refusals.empty() && report.notSought.empty())
    return;
  title("Savings");
  for (const Plan &each : report.plans)
    plan(each);
  if (any_of(report.plans, [](const Plan &each) { return !each.needsWork; }))
    paragraph("  ", "energy-opt optimize MODEL --apply=best --target=TARGET -o OUT");
  if (!report.suggestions.empty())
    suggestionTable();
  refusals();
  constexpr size_t kNamed = 4;
  ArrayRef<std::string> others = report.notSought;
  if (!others.empty())
    paragraph("  ", "Not looked for in a graph of this size: " +
                        safe(join(others.take_front(kNamed), ", ")) +
                        (others.size() > kNamed ? " and others" : "") + " (--checks=* does)");
}

} // namespace energyopt
