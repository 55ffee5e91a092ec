//===- Common.h - What every family needs -----------------------*- C++ -*-===//
//
// Setting outputs, broadcasting, axes, and the default traffic of an op: every
// operand whole.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_COMMON_H
#define ENERGY_OPT_LIB_COST_FAMILIES_COMMON_H

#include "energy-opt/OpRule.h"

namespace energyopt {

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// True if the node declares output `index` and something uses it.
bool wants(const OpView &op, unsigned index);
/// Sets an output; does nothing if the node does not want it.
void setOutput(OpView &op, unsigned index, ValueInfo info);
void setOutput(OpView &op, unsigned index, DType dtype, std::optional<Shape> shape = std::nullopt);
/// Type, shape and kind of an input, without its contents.
ValueInfo likeInput(const OpView &op, unsigned input);
/// Sets the contents of an output, unless there are too many or their number
/// contradicts the shape.
void setData(OpView &op, unsigned output, TensorData data);

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// numpy's broadcasting of any number of shapes; unequal symbols are assumed
/// equal through the context.
llvm::Expected<Shape> broadcastShapes(const OpView &op,
                                      llvm::ArrayRef<llvm::ArrayRef<Expr>> shapes);
/// An axis in [-rank, rank) made non-negative.
llvm::Expected<int64_t> normalizeAxis(const OpView &op, int64_t axis, int64_t rank);
/// Normalizes several axes; repeated ones are an error.
using Axes = llvm::SmallVector<int64_t, 4>;
llvm::Expected<Axes> normalizeAxes(const OpView &op, llvm::ArrayRef<int64_t> axes, int64_t rank);
/// Axes that input `input` holds, normalized; nullopt if it is absent (see
/// OpView::has) or its contents are unknown.
llvm::Expected<std::optional<Axes>> axesFrom(const OpView &op, unsigned input, int64_t rank);
/// Constant size of a rank-1 (or scalar) input; nullopt if unknown.
std::optional<int64_t> lengthOf(const OpView &op, unsigned input);

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

/// T0: reads every input and writes every output, whole. Unmodelled if a shape
/// is unknown; Bounded if a size depends on run-time data. No arithmetic.
Work wholeTensorWork(const OpView &op);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_COMMON_H
