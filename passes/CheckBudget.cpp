//===- CheckBudget.cpp - energy-check-budget ------------------------------===//

#include "Passes.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Format.h"

using namespace energyopt;

namespace energyopt {
#define GEN_PASS_DEF_ENERGYCHECKBUDGET
#include "Passes.h.inc"
} // namespace energyopt

/// Ops that a note is spent on.
constexpr size_t kGuilty = 3;

namespace {
struct CheckBudget : public impl::EnergyCheckBudgetBase<CheckBudget> {
  using Base::Base;

  void getDependentDialects(mlir::DialectRegistry &registry) const override {
    registerLinalgWork(registry);
  }

  void runOnOperation() override {
    markAllAnalysesPreserved();
    PricedModule priced = priceModule(getOperation(), readSettings(target, dims, precision, runtime),
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

  /// An error where `value` is over `limit`, with the ops that have most of it.
  bool check(const PricedModule &priced, const char *what, const char *unit, double value,
             double limit, double RowCost::*part) {
    if (limit <= 0 || value <= limit)
      return true;
    mlir::InFlightDiagnostic error = mlir::emitError(getOperation().getLoc());
    error << what << " of one run on " << priced.report->name << ": " << withUnit(value, unit)
          << ", over the budget of " << withUnit(limit, unit);
    const auto &rows = priced.report->rows;
    std::vector<int32_t> order(rows.size());
    for (size_t i = 0; i < order.size(); ++i)
      order[i] = static_cast<int32_t>(i);
    llvm::stable_sort(order, [&](int32_t a, int32_t b) { return rows[a].*part > rows[b].*part; });
    for (int32_t row : llvm::ArrayRef(order).take_front(kGuilty))
      if (rows[row].*part > 0)
        error.attachNote(priced.analysis->opOf(row)->getLoc())
            << priced.analysis->graph().rows[row].op << " takes " << withUnit(rows[row].*part, unit);
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
