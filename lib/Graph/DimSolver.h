//===- DimSolver.h - Sizes that a graph accepts -----------------*- C++ -*-===//
//
// Dims that nobody gave have defaults by their names, which a graph may
// contradict: it needs "total" equal to "past + 1", or takes two rows of a dim
// that would be 1. Where it says so in an equation the dim follows from it;
// where it only refuses, other sizes are tried.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_GRAPH_DIMSOLVER_H
#define ENERGY_OPT_LIB_GRAPH_DIMSOLVER_H

#include "Graph/ShapeFacts.h"

namespace energyopt {

/// Sizes by name.
using DimSizes = llvm::StringMap<int64_t>;

/// New sizes for some of `sizes` so that the equations hold, as far as one dim
/// at a time can make them. The `given` ones stay; of several solutions the
/// greatest is taken that does not exceed the present size.
DimChoices solveDims(llvm::ArrayRef<DimEquation> equations, DimSizes sizes, const DimSizes &given);

/// Other sizes to try for dims that were assumed, the likeliest first: for all
/// whose names say nothing, then smaller ones for all but batches, then for
/// each dim alone.
std::vector<DimSizes> sizesToTry(llvm::ArrayRef<std::string> assumed);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_GRAPH_DIMSOLVER_H
