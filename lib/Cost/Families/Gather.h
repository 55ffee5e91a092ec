//===- Gather.h - Elements found by index -----------------------*- C++ -*-===//
//
// Gathers read the rows that their indices name, not the table; scatters write
// the elements that they replace into a copy.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_GATHER_H
#define ENERGY_OPT_LIB_COST_FAMILIES_GATHER_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family gatherFamily;
extern const Family scatterFamily;

enum class GatherForm : int16_t { Rows, Elements, ND };
/// D5: bytes = elements taken + indices + output.
constexpr FamilyUse gather(GatherForm form) {
  return {&gatherFamily, {static_cast<int16_t>(form)}};
}

enum class ScatterForm : int16_t { Elements, ND, Cache };
/// D6: bytes = data + indices + updates + output; an addition (or the like)
/// per update where the op reduces. A cache is updated in place.
constexpr FamilyUse scatter(ScatterForm form) {
  return {&scatterFamily, {static_cast<int16_t>(form)}};
}

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_GATHER_H
