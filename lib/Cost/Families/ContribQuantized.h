//===- ContribQuantized.h - QLinear ops of com.microsoft --------*- C++ -*-===//
//
// Plain ops on quantized tensors: each input with a scale and a zero point, and
// the result quantized again.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBQUANTIZED_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBQUANTIZED_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family qlinearFamily;

/// Which plain op, and where its inputs stand.
enum class QLinearForm : int16_t {
  Add,
  AveragePool,
  Concat,
  Gelu, // QOrderedGelu
  GlobalAveragePool,
  LeakyRelu,
  Mul,
  ReduceMean,
  Sigmoid,
  Softmax,
  Where,
  MulInteger,       // -> int32, not quantized again
  ReduceSumInteger, // -> int32, not quantized again
};
/// Q1: the plain op in float, M41 for each input element and M40 for each
/// result.
constexpr FamilyUse qlinear(QLinearForm form) {
  return {&qlinearFamily, {static_cast<int16_t>(form)}};
}

extern const Family orderedQuantizeFamily;
/// QuantizeWithOrder and DequantizeWithOrder: a layout change on the way.
constexpr FamilyUse orderedQuantize(bool dequantize) {
  return {&orderedQuantizeFamily, {dequantize}};
}

extern const Family blockFloatFamily;
/// QuantizeBFP and DequantizeBFP: block floating point in raw bytes.
constexpr FamilyUse blockFloat(bool dequantize) { return {&blockFloatFamily, {dequantize}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBQUANTIZED_H
