//===- OpKinds.h - What an op is to the walk, by traits and name *- C++ -*-===//

#ifndef ENERGY_OPT_LIB_MLIR_OPKINDS_H
#define ENERGY_OPT_LIB_MLIR_OPKINDS_H

#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace energyopt {

/// What an op does with its regions.
enum class RegionKind {
  Loop,      // counted or unknown number of times
  NamedLoop, // known by name only
  While,     // a condition region and a body
  Branch,    // one of them
  Once,      // all of them, one after the other
  Applied,   // to elements: the op has a rule of its own
};
RegionKind regionKind(mlir::Operation *op);

bool isTerminator(mlir::Operation *op);
/// Symbols that hold data or name functions, and module-level bookkeeping.
bool isDeclaration(mlir::Operation *op);
/// Constants, and reads of globals that never change. `value` may stay null.
bool isConstant(mlir::Operation *op, mlir::Attribute &value);

/// The function that an op calls, with a body; null if it calls none. `symbols`
/// remembers the tables that it looked into.
mlir::FunctionOpInterface calledFunction(mlir::Operation *op,
                                         mlir::SymbolTableCollection *symbols = nullptr);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_OPKINDS_H
