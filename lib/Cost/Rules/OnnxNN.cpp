//===- OnnxNN.cpp - Convolutions, pools, normalizations, layers -----------===//
//
// The layers of neural networks in ai.onnx.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Convolution.h"
#include "Cost/Families/Normalize.h"
#include "Cost/Families/Pool.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSpec = "ONNX Operators.md";
constexpr const char *kBody = "ONNX Operators.md, function body";

constexpr OpRule kRules[] = {
    {"onnx.AveragePool", 1, pool(PoolKind::Average), kSpec},
    {"onnx.BatchNormalization", 1, batchNorm(), kSpec},
    {"onnx.Conv", 1, conv(), kSpec},
    {"onnx.ConvTranspose", 1, convTranspose(), kSpec},
    {"onnx.GlobalAveragePool", 1, globalPool(PoolKind::Average), kSpec},
    {"onnx.GlobalLpPool", 1, globalPool(PoolKind::Lp), kSpec},
    {"onnx.GlobalMaxPool", 1, globalPool(PoolKind::Max), kSpec},
    {"onnx.GroupNormalization", 18, groupNorm(), kBody},
    {"onnx.InstanceNormalization", 1, instanceNorm(), kSpec},
    {"onnx.LRN", 1, lrn(), kSpec},
    {"onnx.LayerNormalization", 17, layerNorm(), kBody},
    {"onnx.LpNormalization", 1, lpNorm(), kSpec},
    {"onnx.LpPool", 1, pool(PoolKind::Lp), kSpec},
    {"onnx.MaxPool", 1, pool(PoolKind::Max), kSpec},
    {"onnx.MaxRoiPool", 1, maxRoiPool(), kSpec},
    {"onnx.MaxUnpool", 9, maxUnpool(), kSpec},
    {"onnx.MeanVarianceNormalization", 1, meanVarianceNorm(), kBody},
    {"onnx.RMSNormalization", 23, layerNorm(/*rms=*/true), kBody},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxNNRules() { return kRules; }
