//===- WeightStream.h - Weights piece by piece ------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_WEIGHTSTREAM_H
#define ENERGY_OPT_LIB_IMPORT_WEIGHTSTREAM_H

#include "energy-opt/WeightReader.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace energyopt {

/// What WeightReader::floats returns, in pieces that stay in a core's cache: for
/// statistics of tensors that are larger than memory should be.
llvm::Error streamFloats(WeightReader &reader, const WeightRef &ref,
                         llvm::function_ref<void(llvm::ArrayRef<float>)> piece);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_WEIGHTSTREAM_H
