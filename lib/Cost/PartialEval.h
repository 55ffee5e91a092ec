//===- PartialEval.h - Contents of small tensors ----------------*- C++ -*-===//
//
// Shape arithmetic, done on values that may be symbolic: what Shape → Gather →
// Mul → Concat compute before a Reshape. Elements that cannot be told stay
// unknown, alone.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_PARTIALEVAL_H
#define ENERGY_OPT_LIB_COST_PARTIALEVAL_H

#include "Cost/ScalarMath.h"

namespace energyopt {

/// Contents of op.outputs[0] of an elementwise op that scalarFunction() knows,
/// broadcast. Null if it knows it not, an input's contents are unknown, or the
/// result is not small. Needs the output's type and shape. The name may be in
/// full ("onnx.Add").
std::shared_ptr<const TensorData> evaluateElementwise(llvm::StringRef name, const OpView &op);
/// Sets the contents of op.outputs[0], whose type and shape are set already.
void evaluateElementwise(OpView &op);

/// Sets the contents of the result of ReduceSum, ReduceProd, ReduceMax,
/// ReduceMin, ReduceMean, ReduceSumSquare, ReduceL1 or ReduceL2 of input 0 over
/// `axes` (normalized); type and shape are set already.
void evaluateReduce(OpView &op, llvm::ArrayRef<int64_t> axes);

/// Sets the contents of the result of CumSum or CumProd of input 0 along `axis`
/// (normalized); type and shape are set already.
void evaluateCumSum(OpView &op, int64_t axis, bool exclusive, bool reverse);

/// Concrete dims, if all are constant; smallShape: and few elements.
std::optional<llvm::SmallVector<int64_t, 4>> constantDims(const ValueInfo &value);
std::optional<llvm::SmallVector<int64_t, 4>> smallShape(const ValueInfo &value);

/// Contents of an input broadcast to `shape`; null if unknown.
std::shared_ptr<const TensorData> broadcastData(const OpView &op, unsigned input,
                                                llvm::ArrayRef<int64_t> shape);

/// Positions of the elements that a row-major walk over `shape` visits with the
/// given strides from `start`; for gathering data.
std::vector<int64_t> walkIndices(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> strides,
                                 int64_t start = 0);
/// Row-major strides.
llvm::SmallVector<int64_t, 4> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_PARTIALEVAL_H
