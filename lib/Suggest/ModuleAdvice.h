//===- ModuleAdvice.h - Suggestions for a module of a pipeline --*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_MODULEADVICE_H
#define ENERGY_OPT_LIB_SUGGEST_MODULEADVICE_H

#include "energy-opt/EnergyAnalysis.h"
#include "energy-opt/Suggest.h"

namespace energyopt {

/// A suggestion and the ops of the module that it changes, in order.
struct LocatedSuggestion {
  Suggestion suggestion;
  llvm::SmallVector<mlir::Operation *> ops;
};

struct ModuleAdvice {
  std::vector<LocatedSuggestion> suggestions; // for one target
  double baseJ = 0;                           // what the savings are shares of
  /// Why checks that rewrite were not run; empty if they were.
  std::string notRewritten;
  /// Ids of checks that would take long on a module of this size.
  std::vector<std::string> notSought;
};

/// What would save on a target. Of a module in the importer's form all of `checks`
/// are run, of any other, whose costs `analysis` has, those that judge by costs.
/// `quick`: leaves out what takes long on a large module.
llvm::Expected<ModuleAdvice> adviseOn(mlir::ModuleOp module, const EnergyAnalysis &analysis,
                                      const AnalysisOptions &options, const EnergyOptions &energy,
                                      llvm::StringRef target, llvm::ArrayRef<const Check *> checks,
                                      bool quick);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_MODULEADVICE_H
