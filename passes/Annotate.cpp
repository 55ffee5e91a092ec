//===- Annotate.cpp - energy-annotate -------------------------------------===//

#include "Passes.h"

#include "Mlir/Annotate.h"

using namespace energyopt;

namespace energyopt {
#define GEN_PASS_DEF_ENERGYANNOTATE
#include "Passes.h.inc"
} // namespace energyopt

namespace {
struct Annotate : public impl::EnergyAnnotateBase<Annotate> {
  using Base::Base;

  void getDependentDialects(mlir::DialectRegistry &registry) const override {
    registerLinalgWork(registry);
  }

  void runOnOperation() override {
    markAllAnalysesPreserved(); // attributes cost nothing
    PricedModule priced =
        priceModule(getOperation(), readSettings(target, dims, precision, runtime),
                    [&]() -> EnergyAnalysis & { return getAnalysis<EnergyAnalysis>(); });
    if (!priced)
      return signalPassFailure();
    annotate(getOperation(), *priced.analysis, *priced.report);
  }
};
} // namespace
