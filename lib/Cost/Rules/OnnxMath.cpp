//===- OnnxMath.cpp - Elementwise, reductions, matrix products ------------===//
//
// Numbers per element follow the function bodies of ONNX Operators.md where an
// op has one; otherwise the usual formula (Sigmoid = 1/(1 + exp(-x)): negate,
// exp, add, divide).
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Contraction.h"
#include "Cost/Families/Determinant.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Reduce.h"
#include "Cost/Families/Softmax.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSpec = "ONNX Operators.md";
constexpr const char *kBody = "ONNX Operators.md, function body";
constexpr const char *kOld = "ONNX 1.4 Operators.md, experimental ops";

constexpr OpRule kRules[] = {
    {"onnx.Abs", 1, elementwise(1), kSpec},
    {"onnx.Acos", 7, elementwise(0, 1), kSpec},
    {"onnx.Acosh", 9, elementwise(0, 1), kSpec},
    {"onnx.Add", 1, elementwise(1), kSpec},
    {"onnx.Affine", 1, elementwise(2), kOld},
    {"onnx.And", 1, elementwise(1), kSpec},
    {"onnx.ArgMax", 1, argReduce(), kSpec},
    {"onnx.ArgMin", 1, argReduce(), kSpec},
    {"onnx.Asin", 7, elementwise(0, 1), kSpec},
    {"onnx.Asinh", 9, elementwise(0, 1), kSpec},
    {"onnx.Atan", 7, elementwise(0, 1), kSpec},
    {"onnx.Atanh", 9, elementwise(0, 1), kSpec},
    {"onnx.BitShift", 11, elementwise(1), kSpec},
    {"onnx.BitwiseAnd", 18, elementwise(1), kSpec},
    {"onnx.BitwiseNot", 18, elementwise(1), kSpec},
    {"onnx.BitwiseOr", 18, elementwise(1), kSpec},
    {"onnx.BitwiseXor", 18, elementwise(1), kSpec},
    {"onnx.Ceil", 1, elementwise(1), kSpec},
    {"onnx.Celu", 12, elementwise(6, 1, ElementType::Float32), kBody},
    {"onnx.Celu", 28, elementwise(6, 1), kBody},
    {"onnx.Clip", 1, clip(), kBody},
    {"onnx.Cos", 7, elementwise(0, 1), kSpec},
    {"onnx.Cosh", 9, elementwise(0, 1), kSpec},
    {"onnx.CumProd", 26, cumulative(), kSpec},
    {"onnx.CumSum", 11, cumulative(), kSpec},
    {"onnx.Det", 11, determinant(), kSpec},
    {"onnx.Div", 1, elementwise(1), kSpec},
    {"onnx.Dropout", 1, dropout(), kSpec},
    {"onnx.Einsum", 12, einsum(), kSpec},
    {"onnx.Elu", 1, elementwise(4, 1), kBody},
    {"onnx.Equal", 1, compare(), kSpec},
    {"onnx.Erf", 9, elementwise(0, 1), kSpec},
    {"onnx.Exp", 1, elementwise(0, 1), kSpec},
    {"onnx.Floor", 1, elementwise(1), kSpec},
    {"onnx.Gelu", 20, gelu(), kBody},
    {"onnx.Gemm", 1, gemm(), kSpec},
    {"onnx.Greater", 1, compare(), kSpec},
    {"onnx.GreaterOrEqual", 12, compare(2, 1), kBody},
    {"onnx.HardSigmoid", 1, elementwise(4), kBody},
    {"onnx.HardSwish", 14, elementwise(5), kBody},
    {"onnx.Hardmax", 1, softmax(SoftmaxForm::Hard), kSpec},
    {"onnx.IsInf", 10, compare(), kSpec},
    {"onnx.IsNaN", 9, compare(), kSpec},
    {"onnx.LeakyRelu", 1, elementwise(3), kBody},
    {"onnx.Less", 1, compare(), kSpec},
    {"onnx.LessOrEqual", 12, compare(2, 1), kBody},
    {"onnx.Log", 1, elementwise(0, 1), kSpec},
    {"onnx.LogSoftmax", 1, softmax(SoftmaxForm::Log), kBody},
    {"onnx.MatMul", 1, matmul(), kSpec},
    {"onnx.Max", 1, variadic(), kSpec},
    {"onnx.Mean", 1, variadic(1), kSpec},
    {"onnx.Min", 1, variadic(), kSpec},
    {"onnx.Mish", 18, elementwise(2, 3), kBody},
    {"onnx.Mod", 10, elementwise(1), kSpec},
    {"onnx.Mul", 1, elementwise(1), kSpec},
    {"onnx.Neg", 1, elementwise(1), kSpec},
    {"onnx.Not", 1, elementwise(1), kSpec},
    {"onnx.Or", 1, elementwise(1), kSpec},
    {"onnx.PRelu", 1, prelu(), kBody},
    {"onnx.ParametricSoftplus", 1, elementwise(3, 2), kOld},
    {"onnx.Pow", 1, pow(), kSpec},
    {"onnx.Reciprocal", 1, elementwise(1), kSpec},
    {"onnx.ReduceL1", 1, reduce(1), kBody},
    {"onnx.ReduceL2", 1, reduce(1, 0, 1), kBody},
    {"onnx.ReduceLogSum", 1, reduce(0, 0, 0, 1), kBody},
    {"onnx.ReduceLogSumExp", 1, reduce(0, 1, 0, 1), kBody},
    {"onnx.ReduceMax", 1, reduce(), kSpec},
    {"onnx.ReduceMean", 1, reduce(0, 0, 1), kSpec},
    {"onnx.ReduceMin", 1, reduce(), kSpec},
    {"onnx.ReduceProd", 1, reduce(), kSpec},
    {"onnx.ReduceSum", 1, reduce(), kSpec},
    {"onnx.ReduceSumSquare", 1, reduce(1), kBody},
    {"onnx.Relu", 1, elementwise(1), kBody},
    {"onnx.Round", 11, elementwise(1), kSpec},
    {"onnx.ScaledTanh", 1, elementwise(2, 1), kOld},
    {"onnx.Selu", 1, elementwise(6, 1), kBody},
    {"onnx.Shrink", 9, elementwise(6, 0, ElementType::Same, /*once=*/1), kBody},
    {"onnx.Sigmoid", 1, elementwise(3, 1), kSpec},
    {"onnx.Sign", 9, elementwise(1), kSpec},
    {"onnx.Sin", 7, elementwise(0, 1), kSpec},
    {"onnx.Sinh", 9, elementwise(0, 1), kSpec},
    {"onnx.Softmax", 1, softmax(), kBody},
    {"onnx.Softplus", 1, elementwise(1, 2), kBody},
    {"onnx.Softsign", 1, elementwise(3), kBody},
    {"onnx.Sqrt", 1, elementwise(1), kSpec},
    {"onnx.Sub", 1, elementwise(1), kSpec},
    {"onnx.Sum", 1, variadic(), kSpec},
    {"onnx.SwiGLU", 28, elementwise(6, 1), kBody},
    {"onnx.Swish", 24, elementwise(5, 1), kBody},
    {"onnx.Tan", 7, elementwise(0, 1), kSpec},
    {"onnx.Tanh", 1, elementwise(0, 1), kSpec},
    {"onnx.ThresholdedRelu", 1, elementwise(2), kBody},
    {"onnx.Where", 9, elementwise(1, 0, ElementType::Select), kSpec},
    {"onnx.Xor", 1, elementwise(1), kSpec},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxMathRules() { return kRules; }
