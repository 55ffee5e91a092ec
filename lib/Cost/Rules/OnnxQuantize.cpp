//===- OnnxQuantize.cpp - Quantized operators -----------------------------===//
//
// Integer forms of the contractions in ai.onnx, and the conversions between
// float and integer tensors.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Contraction.h"
#include "Cost/Families/Convolution.h"
#include "Cost/Families/Quantize.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSpec = "ONNX Operators.md";
constexpr const char *kBody = "ONNX Operators.md, function body";

constexpr OpRule kRules[] = {
    {"onnx.ConvInteger", 10, conv(ConvForm::Integer), kSpec},
    {"onnx.DequantizeLinear", 10, dequantize(), kSpec},
    {"onnx.DynamicQuantizeLinear", 11, dynamicQuantize(), kBody},
    {"onnx.MatMulInteger", 10, matmul(MatMulForm::Integer), kSpec},
    {"onnx.QLinearConv", 10, conv(ConvForm::QLinear), kSpec},
    {"onnx.QLinearMatMul", 10, matmul(MatMulForm::QLinear), kSpec},
    {"onnx.QuantizeLinear", 10, quantize(), kSpec},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxQuantizeRules() { return kRules; }
