//===- Nearest.h - What a misspelt name was meant to be ---------*- C++ -*-===//
//
// Behind every "did you mean": names of targets, regions, options, dims, ops.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_SHAPE_NEAREST_H
#define ENERGY_OPT_SHAPE_NEAREST_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace energyopt {

/// Those of `known` that `name` was probably meant to be, equally likely ones
/// in their order; empty if none is near. Case does not count. A part between
/// hyphens stands for the whole ("h100" for "nvidia-h100-sxm"), so does a
/// beginning, then what contains it, then what few slips lead to.
std::vector<llvm::StringRef> nearest(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known);

/// "did you mean 'a' or 'b'?" of a few of `near`; "" of none.
std::string didYouMean(llvm::ArrayRef<llvm::StringRef> near);
/// The same of those of `known` that are near.
std::string didYouMean(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known);

} // namespace energyopt

#endif // ENERGY_OPT_SHAPE_NEAREST_H
