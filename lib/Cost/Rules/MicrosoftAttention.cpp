//===- MicrosoftAttention.cpp - Attention ops of com.microsoft ------------===//
//
// Attention, its caches and positions, mixtures of experts, stateful layers and
// text generation of com.microsoft.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Attention.h"
#include "Cost/Families/ContribAttention.h"
#include "Cost/Families/ContribMoE.h"
#include "Cost/Families/ContribPosition.h"
#include "Cost/Families/ContribRecurrent.h"
#include "Cost/Families/ControlFlow.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kDocs = "ONNX Runtime ContribOperators.md";

constexpr OpRule kRules[] = {
    {"onnx.com.microsoft.Attention", 1, contribAttention(ContribAttentionForm::Attention), kDocs},
    {"onnx.com.microsoft.AttnLSTM", 1, attentionLstm(), kDocs},
    {"onnx.com.microsoft.BeamSearch", 1, generation(GenerationForm::Beam), kDocs},
    {"onnx.com.microsoft.CausalConvWithState", 1, statefulConv(/*packed=*/false), kDocs},
    {"onnx.com.microsoft.DecoderAttention", 1, contribAttention(ContribAttentionForm::Decoder),
     kDocs},
    {"onnx.com.microsoft.DecoderMaskedMultiHeadAttention", 1,
     contribAttention(ContribAttentionForm::MaskedMultiHead), kDocs},
    {"onnx.com.microsoft.DecoderMaskedSelfAttention", 1,
     contribAttention(ContribAttentionForm::MaskedSelf), kDocs},
    {"onnx.com.microsoft.DynamicQuantizeLSTM", 1, dynamicQuantizeLstm(), kDocs},
    {"onnx.com.microsoft.GatedDeltaNet", 1, gatedDeltaNet(), kDocs},
    {"onnx.com.microsoft.GatedRelativePositionBias", 1, positionBias(/*gated=*/true), kDocs},
    {"onnx.com.microsoft.GemmaRotaryEmbedding", 1, contribRotary(RotaryForm::Gemma), kDocs},
    {"onnx.com.microsoft.GreedySearch", 1, generation(GenerationForm::Greedy), kDocs},
    {"onnx.com.microsoft.GroupQueryAttention", 1,
     contribAttention(ContribAttentionForm::GroupQuery), kDocs},
    {"onnx.com.microsoft.LinearAttention", 1, linearAttention(), kDocs},
    {"onnx.com.microsoft.LongformerAttention", 1,
     contribAttention(ContribAttentionForm::Longformer), kDocs},
    {"onnx.com.microsoft.MRotaryEmbedding", 1, contribRotary(RotaryForm::Multi), kDocs},
    {"onnx.com.microsoft.MoE", 1, mixtureOfExperts(), kDocs},
    {"onnx.com.microsoft.MultiHeadAttention", 1, contribAttention(ContribAttentionForm::MultiHead),
     kDocs},
    {"onnx.com.microsoft.PackedAttention", 1, contribAttention(ContribAttentionForm::Packed),
     kDocs},
    {"onnx.com.microsoft.PackedMultiHeadAttention", 1,
     contribAttention(ContribAttentionForm::PackedMultiHead), kDocs},
    {"onnx.com.microsoft.PagedAttention", 1, contribAttention(ContribAttentionForm::Paged), kDocs},
    {"onnx.com.microsoft.QAttention", 1, contribAttention(ContribAttentionForm::QAttention), kDocs},
    {"onnx.com.microsoft.QMoE", 1, mixtureOfExperts(/*quantized=*/true), kDocs},
    {"onnx.com.microsoft.QOrderedAttention", 1, contribAttention(ContribAttentionForm::Ordered),
     kDocs},
    {"onnx.com.microsoft.QOrderedLongformerAttention", 1,
     contribAttention(ContribAttentionForm::LongformerOrdered), kDocs},
    {"onnx.com.microsoft.RelativePositionBias", 1, positionBias(), kDocs},
    {"onnx.com.microsoft.RotaryEmbedding", 1, contribRotary(RotaryForm::Plain), kDocs},
    {"onnx.com.microsoft.Sampling", 1, generation(GenerationForm::Greedy), kDocs},
    {"onnx.com.microsoft.SparseAttention", 1, contribAttention(ContribAttentionForm::Sparse),
     kDocs},
    {"onnx.com.microsoft.VarlenCausalConvWithState", 1, statefulConv(/*packed=*/true), kDocs},
    {"onnx.com.microsoft.WhisperBeamSearch", 1, generation(GenerationForm::Beam), kDocs},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::microsoftAttentionRules() { return kRules; }
