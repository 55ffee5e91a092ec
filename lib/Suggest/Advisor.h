//===- Advisor.h - Suggestions and their prices -----------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_ADVISOR_H
#define ENERGY_OPT_LIB_SUGGEST_ADVISOR_H

#include "Report/Worth.h"
#include "energy-opt/Suggest.h"

namespace energyopt {

/// What a check that advises sees, and where it leaves its advice.
class Advisor {
public:
  Advisor(const Situation &situation, const Check &check, Suggestions &out)
      : situation(situation), check(check), out(out) {}

  const Situation &situation;
  const Check &check;

  const Report &base() const { return situation.base; }
  size_t targets() const { return situation.targets.size(); }
  double baseJ(size_t target) const { return base().targets[target].energyJ.value; }

  /// The model at other dims; nullopt if it does not work at these.
  std::optional<WorkGraph> analysed(const AnalysisOptions &options) const;
  std::optional<WorkGraph> analysed(ImportedModel &model) const;
  /// Nullopt if a target cannot run it.
  std::optional<TargetReport> priced(const WorkGraph &graph, const Target &target,
                                     const EnergyOptions &options) const;
  /// The same, in the situation.
  std::optional<TargetReport> priced(Estimator &estimator, size_t target) const;
  /// The joules that `graph` saves on every target, in the situation.
  std::vector<std::optional<double>> savings(const WorkGraph &graph) const;

  /// A suggestion with the check's own texts.
  Suggestion draft() const;
  /// Keeps a suggestion that saves enough on some target; else false.
  bool add(Suggestion suggestion);
  /// Keeps one without which the model does not run on some target.
  void addNeeded(Suggestion suggestion) { out.suggestions.push_back(std::move(suggestion)); }
  void refuse(size_t target, std::string reason, double savingPct);

private:
  Suggestions &out;
};

void adviseHours(Advisor &advisor); // deploy-hours
void adviseFit(Advisor &advisor);   // deploy-fit

/// What a log calls the node of a row if it has no name; "" if it makes nothing.
std::string logNameOf(const GraphRow &row, const WorkGraph &graph);

/// Joules of rows by their name, or by what a log calls a node without one. Views
/// of the graph's names.
class JoulesByName {
public:
  JoulesByName(const WorkGraph &graph, const TargetReport &report);
  /// 0 for a node that is not there.
  double lookup(llvm::StringRef node) const;

private:
  llvm::DenseMap<llvm::StringRef, double> byName;
  llvm::DenseMap<std::pair<llvm::StringRef, llvm::StringRef>, double> byResult; // op and result
};

/// Of each check that is perLayer and each target, nodes that cost more after it
/// than before; found when they are first asked for.
class SparedNodes {
public:
  const std::vector<std::string> &of(const Check &check, const Situation &situation, size_t target);
  void set(const Check &check, size_t target, std::vector<std::string> nodes) {
    known[{&check, target}] = std::move(nodes);
  }

private:
  std::map<std::pair<const Check *, size_t>, std::vector<std::string>> known;
};

/// Why `after` costs more than `before`, or hardly less: what grew or what did
/// not shrink, with numbers.
std::string explainLoss(const TargetReport &before, const TargetReport &after);

class Steps;
/// Plans of the suggestions that rewrite the model.
std::vector<Plan> makePlans(const Situation &situation, llvm::ArrayRef<Suggestion> suggestions,
                            SparedNodes &spared, Steps &steps);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_ADVISOR_H
