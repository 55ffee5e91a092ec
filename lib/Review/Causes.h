//===- Causes.h - Why an op costs other than its counterpart ----*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_REVIEW_CAUSES_H
#define ENERGY_OPT_LIB_REVIEW_CAUSES_H

#include "energy-opt/WorkGraph.h"

namespace energyopt {

/// What differs between two rows of one op, in the terms of that op: "out
/// channels 64 → 96, kernel 3x3 → 5x5". Empty if only the names do.
std::string causeOf(const GraphRow &row, const WorkGraph &base, const GraphRow &other,
                    const WorkGraph &changed);

/// An op in a few words: "64x3x7x7 weights, 1x64x112x112".
std::string shapesOf(const GraphRow &row, const WorkGraph &graph);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_REVIEW_CAUSES_H
