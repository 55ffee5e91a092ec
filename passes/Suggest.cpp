//===- Suggest.cpp - energy-suggest ---------------------------------------===//

#include "Passes.h"

#include "Suggest/ModuleAdvice.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

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
    auto settings = readSettings(target, dims, precision, runtime);
    PassSettings read = settings ? *settings : PassSettings();
    PricedModule priced =
        priceModule(getOperation(), std::move(settings),
                    [&]() -> EnergyAnalysis & { return getAnalysis<EnergyAnalysis>(); });
    if (!priced)
      return signalPassFailure();
    pointAtCostliest(priced);
    std::vector<const Check *> chosen = selectChecks(checks);
    if (chosen.empty())
      return;
    auto advice = adviseOn(getOperation(), *priced.analysis, read.analysis, read.energy, target,
                           chosen, /*quick=*/checks.empty());
    if (!advice) {
      reportError(getOperation(), advice.takeError());
      return signalPassFailure();
    }
    for (const LocatedSuggestion &each : advice->suggestions)
      remark(each, advice->baseJ, priced.report->name);
    if (!advice->notRewritten.empty())
      mlir::emitRemark(getOperation().getLoc())
          << "checks that rewrite were not run, as the module is no ONNX model to them: "
          << advice->notRewritten;
    if (!advice->notSought.empty())
      mlir::emitRemark(getOperation().getLoc())
          << "not looked for in a module of this size (checks=* does): "
          << llvm::join(advice->notSought, ", ");
  }

  void pointAtCostliest(const PricedModule &priced) {
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

  /// Of a check that changes many ops, the first few have a note.
  static constexpr size_t kNotes = 8;

  void remark(const LocatedSuggestion &located, double baseJ, llvm::StringRef on) {
    const Suggestion &s = located.suggestion;
    auto saved = s.savingJ.front();
    if (!saved && s.savingCarbonG.empty())
      return;
    mlir::Location at =
        located.ops.empty() ? getOperation().getLoc() : located.ops.front()->getLoc();
    mlir::InFlightDiagnostic remark = mlir::emitRemark(at);
    remark << s.id << ": " << s.title << "; ";
    if (saved)
      remark << "saves " << withUnit(*saved, "J") << " of " << withUnit(baseJ, "J") << " on " << on
             << llvm::formatv(" ({0:F1} %)", 100 * *saved / baseJ).str();
    else if (auto carbon = s.savingCarbonG.front())
      remark << "saves " << withUnit(*carbon, "gCO2e") << " a run on " << on;
    remark << (s.exact ? ", exact" : ", approximate, risk " + s.risk) << "; " << s.apply;
    if (located.ops.size() > 1)
      remark << "; " << located.ops.size() << " ops";
    for (mlir::Operation *op :
         llvm::ArrayRef(located.ops).drop_front(!located.ops.empty()).take_front(kNotes))
      remark.attachNote(op->getLoc()) << s.id << " changes this as well";
  }
};
} // namespace
