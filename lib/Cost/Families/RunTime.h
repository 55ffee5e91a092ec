//===- RunTime.h - Sizes that only the run knows ----------------*- C++ -*-===//
//
// What to do where the size of a result stands in the data: bound it, and say
// so in the work's status.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_RUNTIME_H
#define ENERGY_OPT_LIB_COST_FAMILIES_RUNTIME_H

#include "energy-opt/OpView.h"
#include "energy-opt/Work.h"

namespace energyopt {

/// A dim that an operand decides and that nothing in the model bounds: taken
/// to be at most `nominal`, which the report's assumptions say.
Expr runtimeDim(OpView &op, llvm::StringRef hint, const Expr &nominal);

/// Marks modelled work as an upper bound if any of the op's dims is.
void markBounded(const OpView &op, Work &work);
/// Marks it as one for a reason of the op's own.
void markBounded(Work &work, llvm::StringRef reason);

/// wholeTensorWork of an op all of whose operands must be tensors of known rank.
Work tensorWork(const OpView &op);
/// The same if output 0 must be one too.
Work resultWork(const OpView &op);

/// `shape` with data-dependent dims at their bounds.
Shape boundedShape(const OpView &op, llvm::ArrayRef<Expr> shape);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_RUNTIME_H
