//===- OnnxQuantize.cpp - Quantized operators -----------------------------===//
//
// Integer forms of the contractions in ai.onnx, and the conversions between
// float and integer tensors.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Contraction.h"
#include "Cost/Families/Convolution.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSpec = "ONNX Operators.md";

constexpr OpRule kRules[] = {
    {"onnx.ConvInteger", 10, conv(ConvForm::Integer), kSpec},
    {"onnx.MatMulInteger", 10, matmul(MatMulForm::Integer), kSpec},
    {"onnx.QLinearConv", 10, conv(ConvForm::QLinear), kSpec},
    {"onnx.QLinearMatMul", 10, matmul(MatMulForm::QLinear), kSpec},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxQuantizeRules() { return kRules; }
