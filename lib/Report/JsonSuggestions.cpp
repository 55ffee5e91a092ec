//===- JsonSuggestions.cpp - What would save, for programs ----------------===//

#include "JsonSuggestions.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

static void texts(JsonWriter &json, StringRef key, ArrayRef<std::string> values) {
  json.array(key, [&] {
    for (const std::string &value : values)
      json.element(value);
  });
}

/// By target; those where it does not apply are left out.
static void savings(JsonWriter &json, StringRef key, ArrayRef<std::optional<double>> savings,
                    ArrayRef<TargetReport> targets, function_ref<double(double, double)> figure) {
  json.object(key, [&] {
    for (auto [saving, target] : zip_equal(savings, targets))
      if (saving)
        json.number(target.name, figure(*saving, target.energyJ.value));
  });
}

static double itself(double saving, double) { return saving; }
static double share(double saving, double whole) { return whole > 0 ? 100 * saving / whole : 0; }

static void suggestion(JsonWriter &json, const Suggestion &s, ArrayRef<TargetReport> targets) {
  json.text("id", s.id);
  json.text("title", s.title);
  texts(json, "ops", s.ops);
  texts(json, "kept", s.kept);
  json.boolean("exact", s.exact);
  savings(json, "saving_j", s.savingJ, targets, itself);
  savings(json, "saving_pct", s.savingJ, targets, share);
  if (!s.savingCarbonG.empty())
    savings(json, "saving_carbon_g", s.savingCarbonG, targets, itself);
  json.text("risk", s.risk);
  json.text("effort", s.effort);
  json.text("rationale", s.rationale);
  json.text("apply", s.apply);
  json.text("group", s.group);
}

static void plan(JsonWriter &json, const Plan &p) {
  json.text("target", p.target);
  texts(json, "ids", p.ids);
  json.text("risk", p.risk);
  json.boolean("needs_accuracy_work", p.needsWork);
  json.text("apply", p.apply);
  json.number("energy_j", p.afterJ);
  json.number("saving_j", p.beforeJ - p.afterJ);
  json.number("saving_pct", share(p.beforeJ - p.afterJ, p.beforeJ));
}

void suggestionsJson(JsonWriter &json, const Report &report) {
  json.array("suggestions", [&] {
    for (const Suggestion &each : report.suggestions)
      json.OStream::object([&] { suggestion(json, each, report.targets); });
  });
  json.array("not_advised", [&] {
    for (const Refusal &refusal : report.refusals)
      json.OStream::object([&] {
        json.text("id", refusal.id);
        json.text("title", refusal.title);
        json.text("target", refusal.target);
        json.number("saving_pct", refusal.savingPct);
        json.text("reason", refusal.reason);
      });
  });
  texts(json, "not_sought", report.notSought);
  json.array("plans", [&] {
    for (const Plan &each : report.plans)
      json.OStream::object([&] { plan(json, each); });
  });
}

} // namespace energyopt
