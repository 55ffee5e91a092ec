//===- Budgets.cpp - Verdicts on a model's costs --------------------------===//

#include "energy-opt/Budgets.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::StringRef;

namespace energyopt {

StringRef name(Outcome outcome) {
  static constexpr StringRef kNames[] = {"passed", "failed", "waived", "no base"};
  return kNames[unsigned(outcome)];
}

double Verdict::margin() const { return limit > 0 ? (limit - value) / limit : value > 0 ? -1 : 0; }

bool Verdict::isClose() const {
  return outcome == Outcome::Passed && interval && interval->high > limit;
}

bool ModelVerdicts::failed() const {
  return llvm::any_of(verdicts, [](const Verdict &v) { return v.outcome == Outcome::Failed; });
}

bool CheckReport::failed() const {
  return llvm::any_of(models, [](const ModelVerdicts &m) { return m.failed(); });
}

static StringRef unitOf(Metric metric) {
  static constexpr StringRef kUnits[] = {"J", "s", "g", "B", ""};
  return kUnits[unsigned(metric)];
}

/// What the metric is of `report`; `target` is null for those of the graph.
static Interval figureOf(Metric metric, const Report &report, const TargetReport *target) {
  auto exact = [](double value) { return Interval{value, value, value}; };
  const ModelSummary &model = report.graph.model;
  switch (metric) {
  case Metric::EnergyJ:
    return target->energyJ;
  case Metric::LatencyS:
    return target->latencyS;
  case Metric::CarbonG:
    return target->carbonG;
  case Metric::PeakMemory:
    return exact(double(model.parameterBytes) + double(report.totals.peakActivationBytes));
  case Metric::Parameters:
    return exact(double(model.parameters));
  }
  return {};
}

static const TargetReport *findTarget(const Report &report, StringRef name) {
  for (const TargetReport &target : report.targets)
    if (target.name == name)
      return &target;
  return nullptr;
}

namespace {

class Judge {
public:
  Judge(const Report &report, const Report *base, const Config &config, const CheckOptions &options)
      : report(report), base(base), config(config), options(options) {
    result.model = report.graph.model.path;
  }

  ModelVerdicts run() {
    for (const Budget &budget : config.budgets)
      if (matchesModel(budget.model, result.model, config))
        judgeBudget(budget);
    if (options.minCoverage)
      judgeCoverage(*options.minCoverage);
    judgeSuggestions();
    return std::move(result);
  }

private:
  void judgeBudget(const Budget &budget) {
    for (unsigned i = 0; i < kNumMetrics; ++i) {
      Metric metric = Metric(i);
      if (!budget.limit[i] && !budget.maxIncrease[i])
        continue;
      if (!isPerTarget(metric)) {
        judgeMetric(budget, metric, nullptr);
        continue;
      }
      for (const TargetReport &target : report.targets)
        if (matchesName(budget.target, target.name))
          judgeMetric(budget, metric, &target);
    }
  }

  void judgeMetric(const Budget &budget, Metric metric, const TargetReport *target) {
    Verdict verdict;
    verdict.what = name(metric).str();
    verdict.unit = unitOf(metric).str();
    verdict.target = target ? target->name : "";
    Interval figure = figureOf(metric, report, target);
    verdict.value = figure.value;
    if (target)
      verdict.interval = figure;
    std::optional<double> before = valueInBase(metric, target);
    unsigned i = unsigned(metric);
    if (budget.limit[i]) {
      verdict.limit = *budget.limit[i];
      if (before)
        verdict.failsInBase = exceeds(*before, verdict.limit);
      decide(verdict);
    }
    if (budget.maxIncrease[i])
      judgeIncrease(verdict, before, *budget.maxIncrease[i]);
  }

  /// The same figure of the base model, if there is one.
  std::optional<double> valueInBase(Metric metric, const TargetReport *target) const {
    if (!base)
      return std::nullopt;
    const TargetReport *other = target ? findTarget(*base, target->name) : nullptr;
    if (target && !other)
      return std::nullopt;
    return figureOf(metric, *base, other).value;
  }

  void judgeIncrease(Verdict verdict, std::optional<double> before, double increase) {
    // The interval is of the absolute value: both models share most of its
    // error, so that it says nothing about their ratio.
    verdict.interval = std::nullopt;
    if (!before) {
      verdict.outcome = Outcome::NoBase;
      verdict.limit = increase;
      verdict.note = "no base model to compare with";
      result.verdicts.push_back(std::move(verdict));
      return;
    }
    verdict.base = before;
    verdict.failsInBase = false; // no model costs more than itself
    verdict.limit = *verdict.base * (1 + increase);
    decide(verdict);
  }

  void judgeCoverage(double least) {
    Verdict verdict;
    verdict.what = "coverage";
    verdict.unit = "%";
    // Turned round, so that less is better as everywhere else.
    verdict.value = (1 - report.coverage.ratio()) * 100;
    verdict.limit = (1 - least) * 100;
    verdict.note = "share of ops that are unmodelled";
    decide(verdict);
  }

  /// A suggestion that pays counts as one finding on the target that it saves
  /// most of.
  void judgeSuggestions() {
    for (const Suggestion &suggestion : report.suggestions) {
      if (!llvm::is_contained(options.failOn, suggestion.id))
        continue;
      Verdict verdict;
      verdict.what = suggestion.id;
      verdict.unit = "%";
      for (auto [saving, target] : llvm::zip_equal(suggestion.savingJ, report.targets)) {
        double share = saving ? 100 * *saving / target.energyJ.value : 0;
        if (share <= verdict.value)
          continue;
        verdict.value = share;
        verdict.target = target.name;
      }
      if (verdict.value <= 0)
        continue;
      verdict.note = suggestion.title;
      decide(verdict);
    }
  }

  static bool exceeds(double value, double limit) {
    // A sum in another order may differ in its last digits.
    constexpr double kRounding = 1e-9;
    return value > limit * (1 + kRounding);
  }

  void decide(Verdict verdict) {
    if (exceeds(verdict.value, verdict.limit)) {
      verdict.outcome = Outcome::Failed;
      waive(verdict);
    }
    result.verdicts.push_back(std::move(verdict));
  }

  void waive(Verdict &verdict) {
    for (const Waiver &waiver : config.waivers) {
      if (!matchesModel(waiver.model, result.model, config) ||
          !matchesName(waiver.budget, verdict.what) ||
          !(verdict.target.empty() || matchesName(waiver.target, verdict.target)))
        continue;
      if (options.today <= waiver.until) {
        verdict.outcome = Outcome::Waived;
        verdict.note = waiver.reason + " (until " + waiver.until + ")";
        return;
      }
      verdict.note = "the waiver expired on " + waiver.until + ": " + waiver.reason;
    }
  }

  const Report &report;
  const Report *base;
  const Config &config;
  const CheckOptions &options;
  ModelVerdicts result;
};

} // namespace

ModelVerdicts judge(const Report &report, const Report *base, const Config &config,
                    const CheckOptions &options) {
  return Judge(report, base, config, options).run();
}

/// Whether some verdict failed that the waiver means, whatever became of it.
static bool isNeeded(const Waiver &waiver, llvm::ArrayRef<ModelVerdicts> models,
                     const Config &config) {
  for (const ModelVerdicts &model : models)
    for (const Verdict &verdict : model.verdicts)
      if ((verdict.outcome == Outcome::Failed || verdict.outcome == Outcome::Waived) &&
          matchesModel(waiver.model, model.model, config) &&
          matchesName(waiver.budget, verdict.what) &&
          (verdict.target.empty() || matchesName(waiver.target, verdict.target)))
        return true;
  return false;
}

std::vector<std::string> unusedWaivers(llvm::ArrayRef<ModelVerdicts> models, const Config &config) {
  std::vector<std::string> notes;
  for (const Waiver &waiver : config.waivers)
    if (llvm::any_of(
            models,
            [&](const ModelVerdicts &m) { return matchesModel(waiver.model, m.model, config); }) &&
        !isNeeded(waiver, models, config))
      notes.push_back("the waiver of " + waiver.budget + " for " + waiver.model +
                      " is no longer needed");
  return notes;
}

} // namespace energyopt
