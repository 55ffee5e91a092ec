//===- ContribRecurrent.h - Stateful layers of com.microsoft ----*- C++ -*-===//
//
// LSTMs with quantized weights or attention, linear attention over packed
// tokens, causal convolutions that carry their state.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBRECURRENT_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBRECURRENT_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family quantizedLstmFamily;
constexpr FamilyUse dynamicQuantizeLstm() { return {&quantizedLstmFamily, {}}; }

extern const Family attentionLstmFamily;
constexpr FamilyUse attentionLstm() { return {&attentionLstmFamily, {}}; }

extern const Family deltaNetFamily;
constexpr FamilyUse gatedDeltaNet() { return {&deltaNetFamily, {}}; }

extern const Family statefulConvFamily;
/// CausalConvWithState; `packed`: its variable-length form.
constexpr FamilyUse statefulConv(bool packed) { return {&statefulConvFamily, {packed}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBRECURRENT_H
