//===- PadTiles.h - Products as wide as the tiles of units ------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_SHAPE_PADTILES_H
#define ENERGY_OPT_LIB_SUGGEST_SHAPE_PADTILES_H

#include "energy-opt/Checks.h"

namespace energyopt {

// shape-tile-padding
void padTiles(Rewrite &rewrite);
void adviseTiles(Advisor &advisor);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_SHAPE_PADTILES_H
