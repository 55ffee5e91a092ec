//===- CheckBudget.cpp - energy-check-budget ------------------------------===//

#include "Passes.h"

#include "mlir/IR/Diagnostics.h"

using namespace energyopt;

namespace energyopt {
#define GEN_PASS_DEF_ENERGYCHECKBUDGET
#include "Passes.h.inc"
} // namespace energyopt

/// Ops that an error is spent on.
constexpr size_t kGuilty = 3;

namespace {
struct CheckBudget : public impl::EnergyCheckBudgetBase<CheckBudget> {
  using Base::Base;

  void getDependentDialects(mlir::DialectRegistry &registry) const override {
    registerLinalgWork(registry);
  }

  void runOnOperation() override {
    markAllAnalysesPreserved();
    PricedModule priced =
        priceModule(getOperation(), readSettings(target, dims, precision, runtime),
                    [&]() -> EnergyAnalysis & { return getAnalysis<EnergyAnalysis>(); });
    if (!priced)
      return signalPassFailure();
    const TargetReport &report = *priced.report;
    bool fine = check(priced, "energy", "J", report.energyJ.value, maxJoules, &RowCost::energyJ);
    fine &= check(priced, "time", "s", report.latencyS.value, maxLatency, &RowCost::latencyS);
    fine &= checkCoverage(priced);
    if (!fine)
      signalPassFailure();
  }

  /// Errors on the ops that have most of `value`, if that is over `limit`.
  bool check(const PricedModule &priced, const char *what, const char *unit, double value,
             double limit, double RowCost::*part) {
    if (limit <= 0 || value <= limit)
      return true;
    std::string message = (llvm::Twine(what) + " of one run on " + priced.report->name + " is " +
                           withUnit(value, unit) + ", over the budget of " + withUnit(limit, unit))
                              .str();
    auto guilty = costliestRows(*priced.report, part, kGuilty);
    if (guilty.empty())
      mlir::emitError(getOperation().getLoc(), message);
    for (int32_t row : guilty)
      mlir::emitError(priced.analysis->opOf(row)->getLoc(), message)
          << ": " << priced.analysis->graph().rows[row].op << " takes "
          << withUnit(priced.report->rows[row].*part, unit);
    return false;
  }

  bool checkCoverage(const PricedModule &priced) {
    OpCost total = priced.analysis->workOf(getOperation());
    double covered = total.ops ? 1.0 - double(total.unmodelled) / double(total.ops) : 1.0;
    if (covered >= minCoverage)
      return true;
    for (auto [i, row] : llvm::enumerate(priced.analysis->graph().rows))
      if (row.status == WorkStatus::Unmodelled)
        mlir::emitError(priced.analysis->opOf(i)->getLoc()) << "not modelled: " << row.reason;
    return false;
  }
};
} // namespace
