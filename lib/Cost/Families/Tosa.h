//===- Tosa.h - Families of the tosa dialect --------------------*- C++ -*-===//
//
// What differs from ONNX's ops: layouts (NHWC), attribute names, integer
// arithmetic with explicit rescaling.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_TOSA_H
#define ENERGY_OPT_LIB_COST_FAMILIES_TOSA_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family tosaConvFamily;
extern const Family tosaPoolFamily;
extern const Family tosaMatMulFamily;
extern const Family tosaReduceFamily;
extern const Family tosaResizeFamily;
extern const Family tosaFftFamily;

enum class TosaConv : int16_t { Conv, Depthwise, Transposed };
/// M5 (M6 if transposed), and a bias addition per result.
constexpr FamilyUse tosaConv(TosaConv form) {
  return {&tosaConvFamily, {static_cast<int16_t>(form)}};
}
/// M15 on NHWC.
constexpr FamilyUse tosaPool(bool average) { return {&tosaPoolFamily, {average}}; }
/// M2; `connected`: weights [out, in] and a bias.
constexpr FamilyUse tosaMatMul(bool connected) { return {&tosaMatMulFamily, {connected}}; }
/// M12 along `axis`, which stays with size 1, or goes for argmax.
constexpr FamilyUse tosaReduce(bool keep = true) { return {&tosaReduceFamily, {keep}}; }
constexpr FamilyUse tosaResize() { return {&tosaResizeFamily, {}}; }
/// G1 over the last two dims.
constexpr FamilyUse tosaFft(bool real) { return {&tosaFftFamily, {real}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_TOSA_H
