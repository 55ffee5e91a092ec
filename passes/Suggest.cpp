//===- Suggest.cpp - energy-suggest ---------------------------------------===//

#include "Passes.h"

#include "mlir/IR/Diagnostics.h"

using namespace energyopt;

namespace energyopt {
#define GEN_PASS_DEF_ENERGYSUGGEST
#include "Passes.h.inc"
} // namespace energyopt

/// Where a saving has to come from, by what bounds the op's kernel.
static const char *advice(Bound bound) {
  switch (bound) {
  case Bound::Compute:
    return "fewer or narrower operations would save";
  case Bound::Memory:
    return "fewer or narrower bytes would save: fuse it with its neighbours, or keep its operands "
           "on chip";
  case Bound::Overhead:
    return "the launch costs more than the work: fuse it with its neighbours, or batch it";
  }
  return "";
}

namespace {
struct Suggest : public impl::EnergySuggestBase<Suggest> {
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
    const auto &graph = priced.analysis->graph();
    double all = 0;
    for (const RowCost &row : priced.report->rows)
      all += row.energyJ;
    for (int32_t i : costliestRows(*priced.report, &RowCost::energyJ, top)) {
      const RowCost &row = priced.report->rows[i];
      if (row.energyJ < minShare * all)
        break;
      mlir::emitRemark(priced.analysis->opOf(i)->getLoc())
          << graph.rows[i].op << " takes " << withUnit(row.energyJ, "J") << " on "
          << priced.report->name << ", " << static_cast<int>(100 * row.energyJ / all + 0.5)
          << " % of the energy of all ops; bound by " << name(row.bound) << ": "
          << advice(row.bound);
    }
    for (auto [i, row] : llvm::enumerate(graph.rows))
      if (row.status == WorkStatus::Unmodelled)
        mlir::emitRemark(priced.analysis->opOf(i)->getLoc())
            << "not in any figure, as its cost is unknown: " << row.reason;
  }
};
} // namespace
