//===- Annotate.h - Costs as attributes of the IR ---------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_MLIR_ANNOTATE_H
#define ENERGY_OPT_LIB_MLIR_ANNOTATE_H

#include "energy-opt/EnergyAnalysis.h"

#include "mlir/IR/BuiltinOps.h"

namespace energyopt {

/// Writes `energy.cost = {joules = …}` on ops, functions and the module, as
/// passes/Passes.td says of energy-annotate.
void annotate(mlir::ModuleOp module, const EnergyAnalysis &analysis, const TargetReport &report);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_ANNOTATE_H
