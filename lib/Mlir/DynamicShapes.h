//===- DynamicShapes.h - Sizes that stand in operands -----------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_MLIR_DYNAMICSHAPES_H
#define ENERGY_OPT_LIB_MLIR_DYNAMICSHAPES_H

#include "Mlir/IndexValues.h"
#include "energy-opt/ValueInfo.h"

namespace energyopt {

/// Shapes of results whose types leave dims open, as far as index operands, the
/// sizes of a slice, or the operand that a result takes its form from say; one
/// entry per result, nullopt where nothing says it. A tile that is smaller at
/// the edge counts as a full one.
llvm::SmallVector<std::optional<Shape>, 2> dynamicShapes(mlir::Operation *op,
                                                         llvm::ArrayRef<const ValueInfo *> operands,
                                                         IndexValues &index, ShapeFacts &facts);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_DYNAMICSHAPES_H
