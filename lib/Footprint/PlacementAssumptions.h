//===- PlacementAssumptions.h - What a placement rests on -------*- C++ -*-===//

#ifndef ENERGY_OPT_FOOTPRINT_PLACEMENTASSUMPTIONS_H
#define ENERGY_OPT_FOOTPRINT_PLACEMENTASSUMPTIONS_H

#include "energy-opt/Placement.h"

#include <string>
#include <vector>

namespace energyopt {

/// What the rest of the board draws, W.
double wattsAround(const TargetReport &edge);
/// One line for each figure and each omission.
std::vector<std::string> placementAssumptions(const PlacementInput &input);

} // namespace energyopt

#endif // ENERGY_OPT_FOOTPRINT_PLACEMENTASSUMPTIONS_H
