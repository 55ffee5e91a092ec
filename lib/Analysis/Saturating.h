//===- Saturating.h - Arithmetic that stops at the maximum ------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_SATURATING_H
#define ENERGY_OPT_LIB_ANALYSIS_SATURATING_H

#include "llvm/Support/MathExtras.h"

#include <cstdint>

namespace energyopt {

inline int64_t timesHeld(int64_t a, int64_t b, bool &saturated) {
  int64_t result;
  if (!llvm::MulOverflow(a, b, result))
    return result;
  saturated = true;
  return INT64_MAX;
}

inline int64_t plusHeld(int64_t a, int64_t b, bool &saturated) {
  int64_t result;
  if (!llvm::AddOverflow(a, b, result))
    return result;
  saturated = true;
  return INT64_MAX;
}

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_SATURATING_H
