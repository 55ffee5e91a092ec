//===- ApplyChecks.h - One check after the other ----------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_RUN_APPLYCHECKS_H
#define ENERGY_OPT_TOOL_RUN_APPLYCHECKS_H

#include "energy-opt/Suggest.h"

namespace energyopt {

struct Applied {
  const Check *check;
  std::vector<std::string> ops, kept;
};

std::vector<double> energies(llvm::ArrayRef<TargetReport> targets);

/// A model between two checks: its energies by target, and its analysis.
struct PricedModel {
  std::vector<double> joules;
  std::optional<WorkGraph> graph; // nullopt if it cannot be priced
};

/// Applies a check to the situation's model, which is `now` before and after. On one
/// target, layers that do not gain there are spared. Of an exact check that costs
/// energy after all, those sites are kept that do not.
Applied applyCheck(const ChosenCheck &chosen, const Situation &situation, PricedModel &now);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_RUN_APPLYCHECKS_H
