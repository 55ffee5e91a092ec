//===- Steps.h - Models after sequences of checks ---------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_STEPS_H
#define ENERGY_OPT_LIB_SUGGEST_STEPS_H

#include "energy-opt/Suggest.h"

#include <set>

namespace energyopt {

/// Whether a check can be a part of a plan: it rewrites the model, and needs nothing
/// that somebody would have to add.
inline bool canBePlanned(const Check &check) { return check.apply && check.needs.empty(); }

/// A model after some checks, and its graph.
struct Step {
  ImportedModel model;
  WorkGraph graph;
  const Check *last; // of the sequence
  /// By target, of those that were asked for: nullopt if it cannot run it.
  std::map<size_t, std::optional<double>> joules;
};

/// Made once: most checks do the same for all targets, and a plan often starts with
/// what a suggestion has tried.
class Steps {
public:
  explicit Steps(const Situation &situation) : situation(situation) {}

  /// `before` (null: the model as it is) with `check` applied, null if it changes
  /// nothing there. `path`, the sequence that led to `before`, becomes that of the
  /// result.
  Step *after(Step *before, const Check &check, llvm::ArrayRef<std::string> spared,
              std::string &path);
  /// What came of applying `check` to the model as it is, if a plan can use it.
  void keep(const Check &check, llvm::ArrayRef<std::string> spared, std::shared_ptr<Step> step);
  /// Forgets what came of other checks.
  void keepOnly(const std::set<const Check *> &checks);
  /// Energy of a step on a target, in J; nullopt if it cannot run it.
  std::optional<double> joules(Step &step, size_t target) const;

private:
  std::unique_ptr<Step> make(ImportedModel &before, const WorkGraph &graphBefore,
                             const Check &check, llvm::ArrayRef<std::string> spared) const;

  const Situation &situation;
  std::map<std::string, std::shared_ptr<Step>> steps; // by path
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_STEPS_H
