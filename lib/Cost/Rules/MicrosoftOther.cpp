//===- MicrosoftOther.cpp - Other ops of com.microsoft --------------------===//
//
// Movement, tokens, signals, mathematics, and opaque payloads of com.microsoft.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/ContribElementwise.h"
#include "Cost/Families/ContribMath.h"
#include "Cost/Families/ContribTokens.h"
#include "Cost/Families/Detection.h"
#include "Cost/Families/Disguise.h"
#include "Cost/Families/Gather.h"
#include "Cost/Families/Signal.h"
#include "Cost/Families/Text.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kDocs = "ONNX Runtime ContribOperators.md";

constexpr OpRule kRules[] = {
    {"onnx.com.microsoft.BifurcationDetector", 1, bifurcationDetector(), kDocs},
    {"onnx.com.microsoft.CDist", 1, distances(), kDocs},
    {"onnx.com.microsoft.CropAndResize", 1, roi(RoiForm::CropAndResize), kDocs},
    {"onnx.com.microsoft.DynamicTimeWarping", 1, dynamicTimeWarping(), kDocs},
    {"onnx.com.microsoft.EPContext", 1, opaque(), kDocs},
    {"onnx.com.microsoft.ExpandDims", 1, expandDims(), kDocs},
    {"onnx.com.microsoft.GatherBlockQuantized", 1, quantizedGather(), kDocs},
    {"onnx.com.microsoft.GatherND", 1, disguise(Plain::GatherND), kDocs},
    {"onnx.com.microsoft.GridSample", 1, disguise(Plain::GridSample), kDocs},
    {"onnx.com.microsoft.Inverse", 1, inverse(), kDocs},
    {"onnx.com.microsoft.Irfft", 1, fourier(FourierForm::Irfft), kDocs},
    {"onnx.com.microsoft.IsAllFinite", 1, toScalar(1, /*boolean=*/true), kDocs},
    {"onnx.com.microsoft.MurmurHash3", 1, murmurHash(), kDocs},
    {"onnx.com.microsoft.NGramHashMapping", 1, ngramHash(/*packed=*/false), kDocs},
    {"onnx.com.microsoft.NGramRepeatBlock", 1, ngramRepeatBlock(), kDocs},
    {"onnx.com.microsoft.Pad", 1, disguise(Plain::Pad), kDocs},
    {"onnx.com.microsoft.Range", 1, disguise(Plain::Range), kDocs},
    {"onnx.com.microsoft.RemovePadding", 1, tokenPadding(/*remove=*/true), kDocs},
    {"onnx.com.microsoft.RestorePadding", 1, tokenPadding(/*remove=*/false), kDocs},
    {"onnx.com.microsoft.Rfft", 1, fourier(FourierForm::Rfft), kDocs},
    {"onnx.com.microsoft.SampleOp", 1, likeInputs(0, 0), kDocs},
    {"onnx.com.microsoft.Snpe", 1, opaque(), kDocs},
    {"onnx.com.microsoft.Tokenizer", 1, text(TextForm::Tokenize), kDocs},
    {"onnx.com.microsoft.TorchEmbedding", 1, gather(GatherForm::Rows), kDocs},
    {"onnx.com.microsoft.Trilu", 1, disguise(Plain::Trilu), kDocs},
    {"onnx.com.microsoft.UnfoldTensor", 1, unfoldTensor(), kDocs},
    {"onnx.com.microsoft.Unique", 1, firstSeenUnique(), kDocs},
    {"onnx.com.microsoft.VarlenNGramHashMapping", 1, ngramHash(/*packed=*/true), kDocs},
    {"onnx.com.microsoft.WordConvEmbedding", 1, wordConvEmbedding(), kDocs},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::microsoftOtherRules() { return kRules; }
