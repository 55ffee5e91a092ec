//===- EntryPoints.h - Where a module starts --------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_MLIR_ENTRYPOINTS_H
#define ENERGY_OPT_LIB_MLIR_ENTRYPOINTS_H

#include "Graph/DimBinding.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

namespace energyopt {

/// A function that nothing in the module calls, with its arguments as declared.
struct EntryPoint {
  mlir::FunctionOpInterface function;
  /// Of the rows of this function, "name/"; "" if it is the only one.
  std::string prefix;
  std::vector<DeclaredInput> inputs;
};

/// Entry points in the order of the file: public functions that no other one
/// refers to; if there are none, private ones.
std::vector<EntryPoint> entryPoints(mlir::Operation *root);

/// Ops that describe how to transform or match other ops, not what runs.
bool isMetaOp(mlir::Operation *op);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_ENTRYPOINTS_H
