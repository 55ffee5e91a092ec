//===- StructText.h - Attributes that are kept as text ----------*- C++ -*-===//
//
// `#stablehlo.dot<lhs_batching_dimensions = [0], …>` of a dialect that is not
// linked stays text; rules read the lists in it.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_STRUCTTEXT_H
#define ENERGY_OPT_LIB_COST_FAMILIES_STRUCTTEXT_H

#include "Cost/Families/LayoutConv.h"

namespace energyopt {

/// `key = [1, 2]` or `key = 1`; empty if it is not there.
std::vector<int64_t> intsIn(llvm::StringRef text, llvm::StringRef key);

/// `conv<[b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]>` or the raw form with keys.
std::optional<ConvDimNumbers> convNumbersIn(llvm::StringRef text);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_STRUCTTEXT_H
