//===- Loss.h - Losses and optimizer steps ----------------------*- C++ -*-===//
//
// What training graphs add: losses of ai.onnx, and the optimizers and the
// Gradient of ai.onnx.preview.training.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_LOSS_H
#define ENERGY_OPT_LIB_COST_FAMILIES_LOSS_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family lossFamily;
extern const Family optimizerFamily;
extern const Family gradientFamily;

/// NegativeLogLikelihoodLoss; `softmax` first takes LogSoftmax of the scores.
constexpr FamilyUse loss(bool softmax = false) { return {&lossFamily, {softmax}}; }

enum class OptimizerKind : int16_t { Adagrad, Adam, Momentum };
constexpr FamilyUse optimizer(OptimizerKind kind) {
  return {&optimizerFamily, {static_cast<int16_t>(kind)}};
}
constexpr FamilyUse gradient() { return {&gradientFamily, {}}; }

/// M45: operations of one step per parameter: Adagrad 9, Adam 15, Momentum 7,
/// 9 with Nesterov's look-ahead.
int64_t optimizerOps(OptimizerKind kind, bool nesterov = false);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_LOSS_H
