//===- PartialEval.h - Contents of small tensors ----------------*- C++ -*-===//
//
// Shape arithmetic, done on values that may be symbolic: what Shape → Gather →
// Mul → Concat compute before a Reshape. Elements that cannot be told stay
// unknown, alone.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_PARTIALEVAL_H
#define ENERGY_OPT_LIB_COST_PARTIALEVAL_H

#include "energy-opt/OpView.h"

namespace energyopt {

/// Contents of the result of an elementwise op (Add, Sub, Mul, Div, Mod, Pow,
/// Min, Max, Sum, Mean, Neg, Abs, Sign, Floor, Ceil, Round, Sqrt, Exp, Log,
/// Reciprocal, Not, And, Or, Xor, Equal, Greater, Less, …OrEqual, Where, Cast,
/// Clip, Relu, Identity), broadcast. Null if the op is none of these, an input's
/// contents are unknown, or the result is not small. The name may be in full.
std::shared_ptr<const TensorData> evaluateElementwise(llvm::StringRef name, const OpView &op);
/// The same for op.outputs[0], whose type and shape are set already.
void evaluateElementwise(OpView &op);

/// Contents of the result of ReduceSum, ReduceProd, ReduceMax, ReduceMin,
/// ReduceMean, ReduceSumSquare, ReduceL1 or ReduceL2 of input 0 over `axes`
/// (normalized); set in op.outputs[0], whose shape is set already.
void evaluateReduce(OpView &op, llvm::ArrayRef<int64_t> axes);

/// Contents of the result of CumSum along `axis` (normalized).
void evaluateCumSum(OpView &op, int64_t axis, bool exclusive, bool reverse);

/// The value that `scalar` has once converted to `type`: truncated to an
/// integer, compared with 0 for bool, wrapped never (out of range: unknown).
Scalar castScalar(const Scalar &scalar, DType type);

/// Concrete dims, if all are constant.
std::optional<llvm::SmallVector<int64_t, 4>> constantShape(const ValueInfo &value);

/// Positions in row-major order of the elements that a walk over `shape`
/// visits with the given strides and start; for gathering data.
std::vector<int64_t> walkIndices(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> strides,
                                 int64_t start = 0);
/// Row-major strides.
llvm::SmallVector<int64_t, 4> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_PARTIALEVAL_H
