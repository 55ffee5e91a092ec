//===- Report.cpp - energy-report -----------------------------------------===//

#include "Passes.h"

#include "energy-opt/Views.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace energyopt;

namespace energyopt {
#define GEN_PASS_DEF_ENERGYREPORT
#include "Passes.h.inc"
} // namespace energyopt

namespace {
struct ReportPass : public impl::EnergyReportBase<ReportPass> {
  using Base::Base;

  void getDependentDialects(mlir::DialectRegistry &registry) const override {
    registerLinalgWork(registry);
  }

  void runOnOperation() override {
    markAllAnalysesPreserved();
    const View *view = findView(format);
    if (!view) {
      getOperation().emitError("energy-report: there is no format '" + format + "'");
      return signalPassFailure();
    }
    PricedModule priced =
        priceModule(getOperation(), readSettings(target, dims, precision, runtime),
                    [&]() -> EnergyAnalysis & { return getAnalysis<EnergyAnalysis>(); });
    if (!priced)
      return signalPassFailure();
    energyopt::Report report;
    report.graph = priced.analysis->graph();
    report.targets.push_back(*priced.report);
    summarize(report);
    write(*view, report);
  }

  void write(const View &view, const energyopt::Report &report) {
    std::error_code error;
    llvm::ToolOutputFile file(output, error, llvm::sys::fs::OF_None);
    if (error) {
      getOperation().emitError("energy-report: cannot write '" + output + "': " + error.message());
      return signalPassFailure();
    }
    ViewOptions options;
    options.top = top;
    view.print(report, options, file.os());
    file.keep();
  }
};
} // namespace
