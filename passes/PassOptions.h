//===- PassOptions.h - What all passes share --------------------*- C++ -*-===//

#ifndef ENERGY_OPT_PASSES_PASSOPTIONS_H
#define ENERGY_OPT_PASSES_PASSOPTIONS_H

#include "energy-opt/EnergyAnalysis.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace energyopt {

/// The common options of Passes.td, read.
struct PassSettings {
  std::string target;
  AnalysisOptions analysis;
  EnergyOptions energy;
};

llvm::Expected<PassSettings> readSettings(llvm::StringRef target, llvm::ArrayRef<std::string> dims,
                                          llvm::StringRef precision, llvm::StringRef runtime);

/// An analysis priced on the target: the pass manager's if the options change
/// nothing about it, else one of its own. Null after a diagnostic on the module.
struct PricedModule {
  EnergyAnalysis *analysis = nullptr;
  const TargetReport *report = nullptr;
  std::unique_ptr<EnergyAnalysis> own;

  explicit operator bool() const { return report; }
};
PricedModule priceModule(mlir::ModuleOp module, llvm::Expected<PassSettings> settings,
                         llvm::function_ref<EnergyAnalysis &()> shared);

/// What is wrong, and how to mend it, on the lines of an error's text.
void reportError(mlir::ModuleOp module, llvm::Error error);

/// Rows with the largest share of a cost, largest first; none that has none.
std::vector<int32_t> costliestRows(const TargetReport &report, double RowCost::*part,
                                   size_t atMost);

/// "12.3 mJ"
std::string withUnit(double value, llvm::StringRef unit);

} // namespace energyopt

#endif // ENERGY_OPT_PASSES_PASSOPTIONS_H
