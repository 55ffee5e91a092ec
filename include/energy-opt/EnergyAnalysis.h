//===- EnergyAnalysis.h - What IR costs, for passes -------------*- C++ -*-===//
//
// An analysis in MLIR's sense: `getAnalysis<EnergyAnalysis>()` in a pass, or
// constructed on any op, a loop as well as a module. It keeps the work of every
// op under its root; a target turns that into joules and seconds on demand.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_ENERGYANALYSIS_H
#define ENERGY_OPT_ENERGYANALYSIS_H

#include "energy-opt/Analysis.h"
#include "energy-opt/EnergyModel.h"

#include "mlir/IR/Operation.h"

#include "llvm/ADT/DenseMap.h"

namespace energyopt {

/// What a part of the IR costs, over all its executions.
struct OpCost {
  int64_t macs = 0, flops = 0, intOps = 0, transcendentals = 0;
  int64_t bytesMin = 0, bytesMax = 0;
  bool saturated = false; // some count did not fit 64 bits and is held at the maximum
  double energyJ = 0, latencyS = 0, dramBytes = 0;
  /// Ops counted, and those of them that nothing is known of: if there are any,
  /// the figures are too low.
  int64_t ops = 0, unmodelled = 0;
  /// Of the first unmodelled or bounded op; lives as long as the analysis.
  llvm::StringRef reason;
};

class EnergyAnalysis {
public:
  /// Analyses what is under `root`; what it uses from outside is its input.
  explicit EnergyAnalysis(mlir::Operation *root) : EnergyAnalysis(root, AnalysisOptions()) {}
  /// The same with dims given (`--dim`).
  EnergyAnalysis(mlir::Operation *root, const AnalysisOptions &options);

  /// Why there is no analysis ("--dim: the module has no dim 'x'"); empty if
  /// there is one.
  const std::string &error() const { return failure; }
  const WorkGraph &graph() const { return work; }
  mlir::Operation *root() const { return top; }
  /// The op that a row of the graph stands for.
  mlir::Operation *opOf(int32_t row) const { return rowOps[row]; }

  /// Prices everything on a target, by name or path; remembered. The reference
  /// lives as long as the analysis.
  llvm::Expected<const TargetReport &> on(llvm::StringRef target,
                                          const EnergyOptions &options = {});

  /// Cost of an op with all that is nested in it or called from it.
  llvm::Expected<OpCost> costOf(mlir::Operation *op, llvm::StringRef target,
                                const EnergyOptions &options = {});
  /// The same without a price.
  OpCost workOf(mlir::Operation *op) const { return sum(op, nullptr); }
  /// The same with the prices of `report`, if any.
  OpCost sum(mlir::Operation *op, const TargetReport *report) const;
  /// Costs of each op by itself, what is nested or called not included; an op
  /// that is inlined in several places sums them up.
  llvm::DenseMap<mlir::Operation *, OpCost> ownCosts(const TargetReport &report) const;

private:
  llvm::Error analyse(const AnalysisOptions &options);
  bool isUnder(int32_t row, mlir::Operation *op) const;

  mlir::Operation *top;
  std::string failure;
  WorkGraph work;
  std::vector<mlir::Operation *> rowOps;
  /// Row of the call that a row was inlined for; -1 for none.
  std::vector<int32_t> rowCalls;
  llvm::StringMap<std::unique_ptr<TargetReport>> reports;
};

} // namespace energyopt

#endif // ENERGY_OPT_ENERGYANALYSIS_H
