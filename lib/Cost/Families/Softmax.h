//===- Softmax.h - Softmax, LogSoftmax, Hardmax -----------------*- C++ -*-===//
//
// Normalized exponentials along one axis.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_SOFTMAX_H
#define ENERGY_OPT_LIB_COST_FAMILIES_SOFTMAX_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family softmaxFamily;

enum class SoftmaxForm : int16_t { Soft, Log, Hard };
constexpr FamilyUse softmax(SoftmaxForm form = SoftmaxForm::Soft) {
  return {&softmaxFamily, {static_cast<int16_t>(form)}};
}

/// M13: adds max, subtract, exp, sum, divide: 4 operations and a
/// transcendental for each of `elements`.
void addSoftmax(Work &work, DType type, const Expr &elements);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_SOFTMAX_H
