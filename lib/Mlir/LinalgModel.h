//===- LinalgModel.h - linalg ops answer WorkOpInterface --------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_MLIR_LINALGMODEL_H
#define ENERGY_OPT_LIB_MLIR_LINALGMODEL_H

#include "mlir/IR/DialectRegistry.h"

namespace energyopt {

/// Makes every structured op of linalg, and vector.contract, answer
/// WorkOpInterface as soon as its dialect is loaded.
void registerLinalgWork(mlir::DialectRegistry &registry);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_LINALGMODEL_H
