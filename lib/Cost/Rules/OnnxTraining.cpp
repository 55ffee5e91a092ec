//===- OnnxTraining.cpp - Losses and optimizers ---------------------------===//
//
// Losses of ai.onnx and the ops of ai.onnx.preview.training.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Loss.h"
#include "Cost/Rules/Tables.h"

using namespace energyopt;

namespace {

constexpr const char *kSpec = "ONNX Operators.md";
constexpr const char *kBody = "ONNX Operators.md, function body";

constexpr OpRule kRules[] = {
    {"onnx.NegativeLogLikelihoodLoss", 12, loss(), kBody},
    {"onnx.SoftmaxCrossEntropyLoss", 12, loss(/*softmax=*/true), kBody},
    {"onnx.ai.onnx.preview.training.Adagrad", 1, optimizer(OptimizerKind::Adagrad), kSpec},
    {"onnx.ai.onnx.preview.training.Adam", 1, optimizer(OptimizerKind::Adam), kSpec},
    {"onnx.ai.onnx.preview.training.Gradient", 1, gradient(), kSpec},
    {"onnx.ai.onnx.preview.training.Momentum", 1, optimizer(OptimizerKind::Momentum), kSpec},
};
static_assert(wellFormed(kRules), "rows must be sorted, unique and sourced");

} // namespace

llvm::ArrayRef<OpRule> energyopt::onnxTrainingRules() { return kRules; }
