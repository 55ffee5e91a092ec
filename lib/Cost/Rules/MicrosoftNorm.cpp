//===- MicrosoftNorm.cpp - Normalizations and quantizers of com.microsoft -===//
//
// Fused normalizations and activations, dropouts, and the ops on quantized
// tensors of com.microsoft.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/ContribElementwise.h"
#include "Cost/Families/ContribNorm.h"
#include "Cost/Families/ContribQuantized.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Quantize.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kDocs = "ONNX Runtime ContribOperators.md";

constexpr OpRule kRules[] = {
    {"onnx.com.microsoft.BiasAdd", 1, elementwise(2), kDocs},
    {"onnx.com.microsoft.BiasDropout", 1, biasDropout(/*bias=*/true, /*bitmask=*/false), kDocs},
    {"onnx.com.microsoft.BiasGelu", 1, gelu(GeluForm::Erf, /*before=*/1), kDocs},
    {"onnx.com.microsoft.BiasSoftmax", 1, biasSoftmax(), kDocs},
    {"onnx.com.microsoft.BiasSplitGelu", 1, biasSplitGelu(), kDocs},
    {"onnx.com.microsoft.BitmaskBiasDropout", 1, biasDropout(/*bias=*/true, /*bitmask=*/true),
     kDocs},
    {"onnx.com.microsoft.BitmaskDropout", 1, biasDropout(/*bias=*/false, /*bitmask=*/true), kDocs},
    {"onnx.com.microsoft.ComplexMul", 1, elementwise(3), kDocs},
    {"onnx.com.microsoft.ComplexMulConj", 1, elementwise(3), kDocs},
    {"onnx.com.microsoft.DequantizeBFP", 1, blockFloat(/*dequantize=*/true), kDocs},
    {"onnx.com.microsoft.DequantizeLinear", 1, dequantize(), kDocs},
    {"onnx.com.microsoft.DequantizeWithOrder", 1, orderedQuantize(/*dequantize=*/true), kDocs},
    {"onnx.com.microsoft.EmbedLayerNormalization", 1, embedNorm(), kDocs},
    {"onnx.com.microsoft.EngramGate", 1, gatedNorm(GatedNormForm::Engram), kDocs},
    {"onnx.com.microsoft.FastGelu", 1, fastGelu(), kDocs},
    {"onnx.com.microsoft.GatedAdd", 1, elementwise(2), kDocs},
    {"onnx.com.microsoft.GatedRMSNorm", 1, gatedNorm(GatedNormForm::Rms), kDocs},
    {"onnx.com.microsoft.Gelu", 1, gelu(GeluForm::Erf), kDocs},
    {"onnx.com.microsoft.GroupNorm", 1, contribGroupNorm(), kDocs},
    {"onnx.com.microsoft.LinearAttentionGate", 1, attentionGate(), kDocs},
    {"onnx.com.microsoft.MulInteger", 1, qlinear(QLinearForm::MulInteger), kDocs},
    {"onnx.com.microsoft.QEmbedLayerNormalization", 1, embedNorm(/*quantized=*/true), kDocs},
    {"onnx.com.microsoft.QLinearAdd", 1, qlinear(QLinearForm::Add), kDocs},
    {"onnx.com.microsoft.QLinearAveragePool", 1, qlinear(QLinearForm::AveragePool), kDocs},
    {"onnx.com.microsoft.QLinearConcat", 1, qlinear(QLinearForm::Concat), kDocs},
    {"onnx.com.microsoft.QLinearGlobalAveragePool", 1, qlinear(QLinearForm::GlobalAveragePool),
     kDocs},
    {"onnx.com.microsoft.QLinearLeakyRelu", 1, qlinear(QLinearForm::LeakyRelu), kDocs},
    {"onnx.com.microsoft.QLinearMul", 1, qlinear(QLinearForm::Mul), kDocs},
    {"onnx.com.microsoft.QLinearReduceMean", 1, qlinear(QLinearForm::ReduceMean), kDocs},
    {"onnx.com.microsoft.QLinearSigmoid", 1, qlinear(QLinearForm::Sigmoid), kDocs},
    {"onnx.com.microsoft.QLinearSoftmax", 1, qlinear(QLinearForm::Softmax), kDocs},
    {"onnx.com.microsoft.QLinearWhere", 1, qlinear(QLinearForm::Where), kDocs},
    {"onnx.com.microsoft.QOrderedGelu", 1, qlinear(QLinearForm::Gelu), kDocs},
    {"onnx.com.microsoft.QOrderedLayerNormalization", 1, gatedNorm(GatedNormForm::Quantized),
     kDocs},
    {"onnx.com.microsoft.QuantizeBFP", 1, blockFloat(/*dequantize=*/false), kDocs},
    {"onnx.com.microsoft.QuantizeLinear", 1, quantize(), kDocs},
    {"onnx.com.microsoft.QuantizeWithOrder", 1, orderedQuantize(/*dequantize=*/false), kDocs},
    {"onnx.com.microsoft.QuickGelu", 1, elementwise(5, 1), kDocs},
    {"onnx.com.microsoft.ReduceSumInteger", 1, qlinear(QLinearForm::ReduceSumInteger), kDocs},
    {"onnx.com.microsoft.SimplifiedLayerNormalization", 1, skipNorm(SkipNormForm::Simplified),
     kDocs},
    {"onnx.com.microsoft.SkipGroupNorm", 1, contribGroupNorm(/*skip=*/true), kDocs},
    {"onnx.com.microsoft.SkipLayerNormalization", 1, skipNorm(SkipNormForm::Layer), kDocs},
    {"onnx.com.microsoft.SkipSimplifiedLayerNormalization", 1, skipNorm(SkipNormForm::Rms), kDocs},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::microsoftNormRules() { return kRules; }
