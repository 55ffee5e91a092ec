//===- Budgets.h - Verdicts on a model's costs ------------------*- C++ -*-===//
//
// A project's budgets (Config.h) against a report.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_BUDGETS_H
#define ENERGY_OPT_BUDGETS_H

#include "energy-opt/Config.h"
#include "energy-opt/Report.h"
#include "energy-opt/Views.h"

namespace energyopt {

enum class Outcome : uint8_t {
  Passed,
  Failed,
  Waived, // failed, and a waiver holds
  NoBase, // relative to a base that this model does not have
};
llvm::StringRef name(Outcome outcome);

/// One limit, and what the model makes of it.
struct Verdict {
  /// "energy_j", "coverage", or the id of a check.
  std::string what;
  std::string unit;   // "J", "s", "g", "B", "%", "" of a count
  std::string target; // "" where it is the same on all
  double value = 0, limit = 0;
  /// The value of the base model; limits that are relative to it have one.
  std::optional<double> base;
  /// The value's 90 % interval, of figures that have one.
  std::optional<Interval> interval;
  Outcome outcome = Outcome::Passed;
  /// Whether the base model exceeds the same limit; nullopt: there is none.
  std::optional<bool> failsInBase;
  /// Of a waiver, one that expired too; of a check, what it would save.
  std::string note;

  /// What is left of the limit, as a share of it; negative: exceeded.
  double margin() const;
  /// Passed, but the interval reaches beyond the limit.
  bool isClose() const;
};

struct ModelVerdicts {
  std::string model;
  std::vector<Verdict> verdicts;
  bool failed() const;
};

struct CheckOptions {
  /// Least share of ops that must not be unmodelled.
  std::optional<double> minCoverage;
  /// Ids of the checks whose suggestions fail.
  std::vector<std::string> failOn;
  /// "2026-11-28": the day that waivers are judged on.
  std::string today;
};

/// Judges one model by the budgets that mean it. `base` is the report of the
/// model that `--base` or the budget names; null if there is none.
ModelVerdicts judge(const Report &report, const Report *base, const Config &config,
                    const CheckOptions &options);

/// Waivers that no verdict needed, as sentences.
std::vector<std::string> unusedWaivers(llvm::ArrayRef<ModelVerdicts> models, const Config &config);

/// The verdicts of one run of `energy-opt check`.
struct CheckReport {
  std::string config; // path of the file, "" if there is none
  std::vector<ModelVerdicts> models;
  std::vector<std::string> notes;
  /// Models without a verdict, each with the reason.
  std::vector<std::pair<std::string, std::string>> unreadable;

  bool failed() const;
};

void printCheckText(const CheckReport &report, const ViewOptions &options, llvm::raw_ostream &os);
void printCheckJson(const CheckReport &report, const ViewOptions &options, llvm::raw_ostream &os);
void printCheckMarkdown(const CheckReport &report, const ViewOptions &options,
                        llvm::raw_ostream &os);
/// JUnit XML as CI servers read it: a suite per model, a case per verdict.
void printCheckJUnit(const CheckReport &report, const ViewOptions &options, llvm::raw_ostream &os);
/// SARIF 2.1.0: what fails, what is close, and what is waived (suppressed).
void printCheckSarif(const CheckReport &report, const ViewOptions &options, llvm::raw_ostream &os);

} // namespace energyopt

#endif // ENERGY_OPT_BUDGETS_H
