//===- OnnxNN.cpp - Convolutions, pools, normalizations, layers -----------===//
//
// The layers of neural networks in ai.onnx.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Attention.h"
#include "Cost/Families/Convolution.h"
#include "Cost/Families/Normalize.h"
#include "Cost/Families/Pool.h"
#include "Cost/Families/Recurrent.h"
#include "Cost/Families/Resize.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSpec = "ONNX Operators.md";
constexpr const char *kBody = "ONNX Operators.md, function body";

constexpr OpRule kRules[] = {
    {"onnx.AffineGrid", 20, affineGrid(), kBody},
    {"onnx.Attention", 23, attention(), kBody},
    {"onnx.AveragePool", 1, pool(PoolKind::Average), kSpec},
    {"onnx.BatchNormalization", 1, batchNorm(), kSpec},
    {"onnx.CausalConvWithState", 27, causalConv(), kBody},
    {"onnx.Conv", 1, conv(), kSpec},
    {"onnx.ConvTranspose", 1, convTranspose(), kSpec},
    {"onnx.DeformConv", 19, deformConv(), kSpec},
    {"onnx.GRU", 1, recurrent(Cell::Gru), kSpec},
    {"onnx.GlobalAveragePool", 1, globalPool(PoolKind::Average), kSpec},
    {"onnx.GlobalLpPool", 1, globalPool(PoolKind::Lp), kSpec},
    {"onnx.GlobalMaxPool", 1, globalPool(PoolKind::Max), kSpec},
    {"onnx.GridSample", 16, gridSample(), kSpec},
    {"onnx.GroupNormalization", 18, groupNorm(), kBody},
    {"onnx.InstanceNormalization", 1, instanceNorm(), kSpec},
    {"onnx.LRN", 1, lrn(), kSpec},
    {"onnx.LSTM", 1, recurrent(Cell::Lstm), kSpec},
    {"onnx.LayerNormalization", 17, layerNorm(), kBody},
    {"onnx.LinearAttention", 27, linearAttention(), kBody},
    {"onnx.LpNormalization", 1, lpNorm(), kSpec},
    {"onnx.LpPool", 1, pool(PoolKind::Lp), kSpec},
    {"onnx.MaxPool", 1, pool(PoolKind::Max), kSpec},
    {"onnx.MaxRoiPool", 1, maxRoiPool(), kSpec},
    {"onnx.MaxUnpool", 9, maxUnpool(), kSpec},
    {"onnx.MeanVarianceNormalization", 1, meanVarianceNorm(), kBody},
    {"onnx.RMSNormalization", 23, layerNorm(/*rms=*/true), kBody},
    {"onnx.RNN", 1, recurrent(Cell::Rnn), kSpec},
    {"onnx.Resize", 10, resize(/*scalesInput=*/1), kSpec},
    {"onnx.Resize", 11, resize(), kSpec},
    {"onnx.RotaryEmbedding", 23, rotaryEmbedding(), kBody},
    {"onnx.Upsample", 1, resize(/*scalesInput=*/1), kSpec},
    {"onnx.ai.onnx.preview.FlexAttention", 1, flexAttention(), kBody},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxNNRules() { return kRules; }
