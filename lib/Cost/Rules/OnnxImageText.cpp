//===- OnnxImageText.cpp - Detection, strings, signals ---------------------===//
//
// Boxes, strings, encoded images and signals of ai.onnx.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Detection.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Signal.h"
#include "Cost/Families/Text.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSource = "ONNX Operators.md";
constexpr const char *kOld = "ONNX 1.4 Operators.md, experimental ops";

constexpr OpRule kRules[] = {
    {"onnx.BlackmanWindow", 17, windowFunction(6, 2), kSource},
    {"onnx.DFT", 17, fourier(FourierForm::Dft), kSource},
    {"onnx.HammingWindow", 17, windowFunction(3, 1), kSource},
    {"onnx.HannWindow", 17, windowFunction(3, 1), kSource},
    {"onnx.ImageDecoder", 20, imageDecode(), kSource},
    {"onnx.ImageScaler", 1, elementwise(2), kOld},
    {"onnx.MelWeightMatrix", 17, melWeightMatrix(), kSource},
    {"onnx.NonMaxSuppression", 10, nonMaxSuppression(), kSource},
    {"onnx.RegexFullMatch", 20, text(TextForm::Match), kSource},
    {"onnx.RoiAlign", 10, roi(RoiForm::Align), kSource},
    {"onnx.STFT", 17, fourier(FourierForm::Stft), kSource},
    {"onnx.StringConcat", 20, text(TextForm::Concat), kSource},
    {"onnx.StringNormalizer", 10, text(TextForm::Normalize), kSource},
    {"onnx.StringSplit", 20, text(TextForm::Split), kSource},
    {"onnx.TfIdfVectorizer", 9, tfIdf(), kSource},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxImageTextRules() { return kRules; }
