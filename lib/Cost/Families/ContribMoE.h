//===- ContribMoE.h - Mixtures of experts -----------------------*- C++ -*-===//
//
// Only the experts that the router picks do work: k of n for each token.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBMOE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBMOE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family moeFamily;
/// MoE; `quantized`: QMoE, whose weights are packed and scaled.
constexpr FamilyUse mixtureOfExperts(bool quantized = false) { return {&moeFamily, {quantized}}; }

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBMOE_H
