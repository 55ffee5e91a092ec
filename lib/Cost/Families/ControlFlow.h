//===- ControlFlow.h - Ops whose work is that of their regions --*- C++ -*-===//
//
// If, Loop, Scan, SequenceMap and the generation loops of com.microsoft. The
// graph analysis infers and prices their regions, row by row and with trip
// counts.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTROLFLOW_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTROLFLOW_H

#include "energy-opt/OpRule.h"

namespace energyopt {

/// Leaves the outputs to the graph analysis.
extern const Family controlFlowFamily;
constexpr FamilyUse controlFlow() { return {&controlFlowFamily, {}}; }

/// Text generation: the regions are runs of the decoder, and between them a
/// token is chosen.
extern const Family generationFamily;
enum class GenerationForm : int16_t {
  Greedy, // GreedySearch, Sampling: [batch, max_length]
  Beam    // BeamSearch: [batch, returned, max_length], with scores
};
constexpr FamilyUse generation(GenerationForm form) {
  return {&generationFamily, {static_cast<int16_t>(form)}};
}

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTROLFLOW_H
