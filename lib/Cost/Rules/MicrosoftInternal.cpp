//===- MicrosoftInternal.cpp - Training and layout ops of ONNX Runtime ----===//
//
// What ONNX Runtime writes into graphs that it has optimized or differentiated:
// gradients, and ops in blocked or channels-last layouts.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/ContribElementwise.h"
#include "Cost/Families/ContribQuantized.h"
#include "Cost/Families/ContribTraining.h"
#include "Cost/Families/Disguise.h"
#include "Cost/Families/Loss.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kTraining = "ONNX Runtime orttraining, training_op_defs.cc";
constexpr const char *kInternal = "ONNX Runtime nhwc_schema_defs.cc";
constexpr const char *kNchwc = "ONNX Runtime nchwc_schema_defs.cc";

constexpr OpRule kRules[] = {
    {"onnx.com.microsoft.BiasFastGeluGrad_dX", 1, likeInputs(0, 15, 1), kTraining},
    {"onnx.com.microsoft.BiasGeluGrad_dX", 1, likeInputs(0, 10, 2), kTraining},
    {"onnx.com.microsoft.BitmaskDropoutGrad", 1, likeInputs(0, 2), kTraining},
    {"onnx.com.microsoft.ConvGrad", 1, convGrad(), kTraining},
    {"onnx.com.microsoft.DropoutGrad", 1, likeInputs(0, 2), kTraining},
    {"onnx.com.microsoft.FastGeluGrad", 1, likeInputs(0, 14, 1), kTraining},
    {"onnx.com.microsoft.GatherGrad", 1, gatherGrad(), kTraining},
    {"onnx.com.microsoft.GeluGrad", 1, likeInputs(0, 9, 2), kTraining},
    {"onnx.com.microsoft.Group", 1, toScalar(0, /*boolean=*/true), kTraining},
    {"onnx.com.microsoft.InPlaceAccumulator", 1, likeInputs(0, 1), kTraining},
    {"onnx.com.microsoft.InvertibleLayerNormalizationGrad", 1, layerNormGrad(/*rms=*/false),
     kTraining},
    {"onnx.com.microsoft.LayerNormalizationGrad", 1, layerNormGrad(/*rms=*/false), kTraining},
    {"onnx.com.microsoft.LeakyReluGrad", 1, likeInputs(0, 3), kTraining},
    {"onnx.com.microsoft.LogSoftmaxGrad", 1, likeInputs(0, 3, 1), kTraining},
    {"onnx.com.microsoft.LogSoftmaxGrad_13", 1, likeInputs(0, 3, 1), kTraining},
    {"onnx.com.microsoft.PassThrough", 1, likeInputs(0, 0), kTraining},
    {"onnx.com.microsoft.QuickGeluGrad", 1, likeInputs(0, 8, 1), kTraining},
    {"onnx.com.microsoft.Record", 1, likeInputs(0, 0), kTraining},
    {"onnx.com.microsoft.Recv", 1, receive(), kTraining},
    {"onnx.com.microsoft.ReduceAllL2", 1, toScalar(2, /*boolean=*/false), kTraining},
    {"onnx.com.microsoft.ReluGrad", 1, likeInputs(0, 2), kTraining},
    {"onnx.com.microsoft.Send", 1, likeInputs(0, 0), kTraining},
    {"onnx.com.microsoft.SigmoidGrad", 1, likeInputs(0, 3), kTraining},
    {"onnx.com.microsoft.SimplifiedLayerNormalizationGrad", 1, layerNormGrad(/*rms=*/true),
     kTraining},
    {"onnx.com.microsoft.SoftmaxCrossEntropyLossGrad", 1, likeInputs(1, 3, 1), kTraining},
    {"onnx.com.microsoft.SoftmaxCrossEntropyLossInternal", 1, loss(/*softmax=*/true), kTraining},
    {"onnx.com.microsoft.SoftmaxCrossEntropyLossInternalGrad", 1, likeInputs(1, 3, 1), kTraining},
    {"onnx.com.microsoft.SoftmaxDropoutGrad", 1, likeInputs(0, 6), kTraining},
    {"onnx.com.microsoft.SoftmaxGrad", 1, likeInputs(0, 4), kTraining},
    {"onnx.com.microsoft.SoftmaxGrad_13", 1, likeInputs(0, 4), kTraining},
    {"onnx.com.microsoft.TanhGrad", 1, likeInputs(0, 3), kTraining},
    {"onnx.com.microsoft.Wait", 1, likeInputs(0, 0), kTraining},
    {"onnx.com.microsoft.YieldOp", 1, likeInputs(0, 0), kTraining},
    {"onnx.com.microsoft.ZeroGradient", 1, likeInputs(0, 0), kTraining},
    {"onnx.com.microsoft.nchwc.AveragePool", 1, disguise(Plain::AveragePool), kNchwc},
    {"onnx.com.microsoft.nchwc.Conv", 1, disguise(Plain::Conv, kFused), kNchwc},
    {"onnx.com.microsoft.nchwc.GlobalAveragePool", 1, disguise(Plain::GlobalAveragePool), kNchwc},
    {"onnx.com.microsoft.nchwc.GlobalMaxPool", 1, disguise(Plain::GlobalMaxPool), kNchwc},
    {"onnx.com.microsoft.nchwc.MaxPool", 1, disguise(Plain::MaxPool), kNchwc},
    {"onnx.com.microsoft.nchwc.ReorderInput", 1, likeInputs(0, 0), kNchwc},
    {"onnx.com.microsoft.nchwc.ReorderOutput", 1, likeInputs(0, 0), kNchwc},
    {"onnx.com.microsoft.nchwc.Upsample", 1, disguise(Plain::Upsample), kNchwc},
    {"onnx.com.ms.internal.nhwc.AveragePool", 1, disguise(Plain::AveragePool, kChannelsLast),
     kInternal},
    {"onnx.com.ms.internal.nhwc.BatchNormalization", 1,
     disguise(Plain::BatchNormalization, kChannelsLast), kInternal},
    {"onnx.com.ms.internal.nhwc.Conv", 1, disguise(Plain::Conv, kChannelsLast), kInternal},
    {"onnx.com.ms.internal.nhwc.ConvTranspose", 1, disguise(Plain::ConvTranspose, kChannelsLast),
     kInternal},
    {"onnx.com.ms.internal.nhwc.DepthToSpace", 1, disguise(Plain::DepthToSpace, kChannelsLast),
     kInternal},
    {"onnx.com.ms.internal.nhwc.FusedConv", 1, disguise(Plain::Conv, kChannelsLast | kFused),
     kInternal},
    {"onnx.com.ms.internal.nhwc.GlobalAveragePool", 1,
     disguise(Plain::GlobalAveragePool, kChannelsLast), kInternal},
    {"onnx.com.ms.internal.nhwc.GlobalMaxPool", 1, disguise(Plain::GlobalMaxPool, kChannelsLast),
     kInternal},
    {"onnx.com.ms.internal.nhwc.GridSample", 1, disguise(Plain::GridSample, kChannelsLast),
     kInternal},
    {"onnx.com.ms.internal.nhwc.InstanceNormalization", 1,
     disguise(Plain::InstanceNormalization, kChannelsLast), kInternal},
    {"onnx.com.ms.internal.nhwc.LRN", 1, disguise(Plain::LRN, kChannelsLast), kInternal},
    {"onnx.com.ms.internal.nhwc.MaxPool", 1, disguise(Plain::MaxPool, kChannelsLast), kInternal},
    {"onnx.com.ms.internal.nhwc.QLinearAveragePool", 1, qlinear(QLinearForm::AveragePool),
     kInternal},
    {"onnx.com.ms.internal.nhwc.QLinearConv", 1, disguise(Plain::QLinearConv, kChannelsLast),
     kInternal},
    {"onnx.com.ms.internal.nhwc.Resize", 1, disguise(Plain::Resize), kInternal},
    {"onnx.com.ms.internal.nhwc.SpaceToDepth", 1, disguise(Plain::SpaceToDepth, kChannelsLast),
     kInternal},
    {"onnx.com.ms.internal.nhwc.Upsample", 1, disguise(Plain::Upsample), kInternal},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::microsoftInternalRules() { return kRules; }
