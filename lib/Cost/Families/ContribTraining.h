//===- ContribTraining.h - Gradients of com.microsoft -----------*- C++ -*-===//
//
// What ONNX Runtime's gradient builder writes into a training graph, as far as
// it is not elementwise.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBTRAINING_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBTRAINING_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family convGradFamily;
/// ConvGrad: dY, X, W -> dX?, dW?, dB?
constexpr FamilyUse convGrad() { return {&convGradFamily, {}}; }

extern const Family gatherGradFamily;
/// GatherGrad: shape, indices, dY -> dX
constexpr FamilyUse gatherGrad() { return {&gatherGradFamily, {}}; }

extern const Family layerNormGradFamily;
/// dY, X (or Y), scale, ... -> dX, dScale, dBias?; `rms`: no mean.
constexpr FamilyUse layerNormGrad(bool rms) { return {&layerNormGradFamily, {rms}}; }

extern const Family receiveFamily;
/// Recv: tensors of declared types arrive; nothing is computed.
constexpr FamilyUse receive() { return {&receiveFamily, {}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBTRAINING_H
