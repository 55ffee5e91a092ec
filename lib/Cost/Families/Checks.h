//===- Checks.h - What an op requires of its operands -----------*- C++ -*-===//
//
// The preconditions that many families share, each with one message. A fact
// that is not known (no rank, no type) passes: only a contradiction is an
// error.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CHECKS_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CHECKS_H

#include "energy-opt/OpView.h"
#include "energy-opt/Work.h"

namespace energyopt {

/// The first `count` inputs are present, and the node has an output.
llvm::Error requireInputs(const OpView &op, unsigned count);
/// At most `count` inputs are present.
llvm::Error requireAtMostInputs(const OpView &op, unsigned count);
/// The inputs (absent or negative ones are skipped) have one element type.
llvm::Error requireSameType(const OpView &op, llvm::ArrayRef<int> inputs);
/// The input's element type satisfies `accepts`; `what` names such types.
llvm::Error requireType(const OpView &op, unsigned input, bool (*accepts)(DType),
                        llvm::StringRef what);
/// f64 … bf16: types that activations are computed in.
llvm::Error requireFloat(const OpView &op, unsigned input);
/// An 8-bit integer or float8.
llvm::Error requireQuantized(const OpView &op, unsigned input);
llvm::Error requireRank(const OpView &op, unsigned input, int64_t rank);
llvm::Error requireRankAtLeast(const OpView &op, unsigned input, int64_t rank);
/// The input has rank 1 and `size` elements (e.g. one per channel).
llvm::Error requireVector(const OpView &op, unsigned input, const Expr &size);
/// The input broadcasts to `shape` without enlarging it.
llvm::Error requireBroadcastTo(const OpView &op, unsigned input, llvm::ArrayRef<Expr> shape);
/// A computed shape has no negative dim and none beyond 64 bits.
llvm::Error requireSizes(const OpView &op, llvm::ArrayRef<Expr> shape);
/// Attribute `name` is one of `values`.
llvm::Error requireOneOf(const OpView &op, llvm::StringRef name, llvm::StringRef value,
                         llvm::ArrayRef<llvm::StringRef> values);

/// Unmodelled, with 0 bytes for each operand, so that a rule may go on and set some.
Work unmodelledWork(const OpView &op, std::string reason);

/// A family's work for an op that some needed shape is unknown of.
Work unknownShape(const OpView &op);
/// A Work that carries an error's text as the reason.
Work unmodelledError(llvm::Error error);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CHECKS_H
