//===- OnnxTensor.cpp - Shapes, movement, indices, generators -------------===//

#include "Cost/Families/Gather.h"
#include "Cost/Families/Generate.h"
#include "Cost/Families/Movement.h"
#include "Cost/Families/Select.h"
#include "Cost/Families/View.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSpec = "ONNX Operators.md";
constexpr const char *kBody = "ONNX Operators.md, function body";
constexpr const char *kOld = "ONNX 1.4 Operators.md, experimental ops";

constexpr OpRule kRules[] = {
    {"onnx.Bernoulli", 15, bernoulli(), kBody},
    {"onnx.BitCast", 26, view(ViewForm::BitCast), kSpec},
    {"onnx.Cast", 1, cast(), kSpec},
    {"onnx.CastLike", 15, cast(/*like=*/true), kBody},
    {"onnx.CenterCropPad", 18, centerCropPad(), kBody},
    {"onnx.Col2Im", 18, col2Im(), kSpec},
    {"onnx.Compress", 9, compress(), kSpec},
    {"onnx.Concat", 1, concat(), kSpec},
    {"onnx.Constant", 1, constant(), kSpec},
    {"onnx.ConstantFill", 1, fill(), kOld},
    {"onnx.ConstantOfShape", 9, fill(), kSpec},
    {"onnx.Crop", 1, slice(), kOld},
    {"onnx.DepthToSpace", 1, depthToSpace(), kSpec},
    {"onnx.DynamicSlice", 1, slice(), kOld},
    {"onnx.Expand", 8, expand(), kSpec},
    {"onnx.EyeLike", 9, eye(), kSpec},
    {"onnx.Flatten", 1, view(ViewForm::Flatten), kSpec},
    {"onnx.Gather", 1, gather(GatherForm::Rows), kSpec},
    {"onnx.GatherElements", 11, gather(GatherForm::Elements), kSpec},
    {"onnx.GatherND", 11, gather(GatherForm::ND), kSpec},
    {"onnx.Identity", 1, view(ViewForm::Identity), kSpec},
    {"onnx.Multinomial", 7, multinomial(), kSpec},
    {"onnx.NonZero", 9, nonZero(), kSpec},
    {"onnx.OneHot", 9, oneHot(), kSpec},
    {"onnx.Pad", 1, pad(), kSpec},
    {"onnx.RandomNormal", 1, random(Distribution::Normal, /*like=*/false), kSpec},
    {"onnx.RandomNormalLike", 1, random(Distribution::Normal, /*like=*/true), kSpec},
    {"onnx.RandomUniform", 1, random(Distribution::Uniform, /*like=*/false), kSpec},
    {"onnx.RandomUniformLike", 1, random(Distribution::Uniform, /*like=*/true), kSpec},
    {"onnx.Range", 11, range(), kBody},
    {"onnx.Reshape", 1, view(ViewForm::Reshape), kSpec},
    {"onnx.ReverseSequence", 10, copyElements(), kSpec},
    {"onnx.Scatter", 9, scatter(ScatterForm::Elements), kSpec},
    {"onnx.ScatterElements", 11, scatter(ScatterForm::Elements), kSpec},
    {"onnx.ScatterND", 11, scatter(ScatterForm::ND), kSpec},
    {"onnx.Shape", 1, view(ViewForm::Shape), kSpec},
    {"onnx.Size", 1, view(ViewForm::Size), kSpec},
    {"onnx.Slice", 1, slice(), kSpec},
    {"onnx.SpaceToDepth", 1, spaceToDepth(), kSpec},
    {"onnx.Split", 1, split(), kSpec},
    {"onnx.Squeeze", 1, view(ViewForm::Squeeze), kSpec},
    {"onnx.TensorScatter", 24, scatter(ScatterForm::Cache), kSpec},
    {"onnx.Tile", 1, tile(), kSpec},
    {"onnx.TopK", 1, topK(), kSpec},
    {"onnx.Transpose", 1, transpose(), kSpec},
    {"onnx.Trilu", 14, copyElements(), kSpec},
    {"onnx.Unique", 11, unique(), kSpec},
    {"onnx.Unsqueeze", 1, view(ViewForm::Unsqueeze), kSpec},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxTensorRules() { return kRules; }
