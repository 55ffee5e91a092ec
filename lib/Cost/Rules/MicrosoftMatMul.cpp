//===- MicrosoftMatMul.cpp - Products and convolutions of com.microsoft ---===//
//
// Fused, integer and weight-quantized matrix products, fused convolutions, and
// pools and convolutions with channels last.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Disguise.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kDocs = "ONNX Runtime ContribOperators.md";

constexpr OpRule kRules[] = {
    {"onnx.com.microsoft.ConvTransposeWithDynamicPads", 1,
     disguise(Plain::ConvTranspose, kPadsOperand), kDocs},
    {"onnx.com.microsoft.DynamicQuantizeMatMul", 1, integerMatMul(IntegerMatMulForm::Dynamic),
     kDocs},
    {"onnx.com.microsoft.FusedConv", 1, disguise(Plain::Conv, kFused), kDocs},
    {"onnx.com.microsoft.FusedGemm", 1, fusedGemm(), kDocs},
    {"onnx.com.microsoft.FusedMatMul", 1, fusedMatMul(), kDocs},
    {"onnx.com.microsoft.FusedMatMulActivation", 1, fusedMatMul(), kDocs},
    {"onnx.com.microsoft.GemmFastGelu", 1, fusedMatMul(FusedMatMulForm::Gelu), kDocs},
    {"onnx.com.microsoft.GemmFloat8", 1, fusedGemm(/*float8=*/true), kDocs},
    {"onnx.com.microsoft.MatMulBlockQuantizedFp4Weight", 1, packedMatMul(PackedForm::BlockFp4),
     kDocs},
    {"onnx.com.microsoft.MatMulBlockQuantizedFp8Weight", 1, packedMatMul(PackedForm::BlockFp8),
     kDocs},
    {"onnx.com.microsoft.MatMulBnb4", 1, packedMatMul(PackedForm::Bnb4), kDocs},
    {"onnx.com.microsoft.MatMulFpQ4", 1, packedMatMul(PackedForm::FpQ4), kDocs},
    {"onnx.com.microsoft.MatMulInteger16", 1, integerMatMul(IntegerMatMulForm::Int16), kDocs},
    {"onnx.com.microsoft.MatMulIntegerToFloat", 1, integerMatMul(IntegerMatMulForm::ToFloat),
     kDocs},
    {"onnx.com.microsoft.MatMulNBits", 1, packedMatMul(PackedForm::NBits), kDocs},
    {"onnx.com.microsoft.MatMulNBitsMlp", 1, packedProjections(/*qkv=*/false), kDocs},
    {"onnx.com.microsoft.MatMulNBitsQkv", 1, packedProjections(/*qkv=*/true), kDocs},
    {"onnx.com.microsoft.MaxpoolWithMask", 1, disguise(Plain::MaxPool, kFirstInputOnly), kDocs},
    {"onnx.com.microsoft.NhwcConv", 1, disguise(Plain::Conv, kChannelsLast), kDocs},
    {"onnx.com.microsoft.NhwcFusedConv", 1, disguise(Plain::Conv, kChannelsLast | kFused), kDocs},
    {"onnx.com.microsoft.NhwcMaxPool", 1, disguise(Plain::MaxPool, kChannelsLast), kDocs},
    {"onnx.com.microsoft.QGemm", 1, integerMatMul(IntegerMatMulForm::Gemm), kDocs},
    {"onnx.com.microsoft.QLinearConv", 1, disguise(Plain::QLinearConv, kChannelsLastByAttr), kDocs},
    {"onnx.com.microsoft.QOrderedMatMul", 1, integerMatMul(IntegerMatMulForm::Ordered), kDocs},
    {"onnx.com.microsoft.SparseToDenseMatMul", 1, fusedMatMul(FusedMatMulForm::Sparse), kDocs},
    {"onnx.com.microsoft.TransposeMatMul", 1, fusedMatMul(), kDocs},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::microsoftMatMulRules() { return kRules; }
