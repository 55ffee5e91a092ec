//===- Recurrent.h - RNN, GRU, LSTM -----------------------------*- C++ -*-===//
//
// Layers that walk a sequence step by step.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_RECURRENT_H
#define ENERGY_OPT_LIB_COST_FAMILIES_RECURRENT_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family recurrentFamily;

enum class Cell : int16_t { Rnn, Gru, Lstm };
constexpr FamilyUse recurrent(Cell cell) {
  return {&recurrentFamily, {static_cast<int16_t>(cell)}};
}
constexpr int64_t gatesOf(Cell cell) { return cell == Cell::Rnn ? 1 : cell == Cell::Gru ? 3 : 4; }

struct RecurrentDims {
  Expr directions = 1, steps = 1, batch = 1, inputSize = 1, hiddenSize = 1;
  /// States computed, D*T*B*H.
  Expr states() const { return directions * steps * batch * hiddenSize; }
};

/// M34: macs = D*T*B*gates*H*(I + H), as one product over all steps for the
/// inputs and one per step for the states.
void addRecurrentProducts(const OpView &op, Work &work, DType dtype, Cell cell,
                          const RecurrentDims &dims);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_RECURRENT_H
