//===- Wide.h - Sums that may leave 64 bits ---------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_FOOTPRINT_WIDE_H
#define ENERGY_OPT_LIB_FOOTPRINT_WIDE_H

#include <cstdint>
#include <limits>

namespace energyopt {

using Wide = __int128;

/// A count as reports hold it: at the maximum if it does not fit, or is none.
inline int64_t clampToInt64(Wide value, bool &saturated) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  if (value >= 0 && value <= kMax)
    return static_cast<int64_t>(value);
  saturated = true;
  return kMax;
}

} // namespace energyopt

#endif // ENERGY_OPT_LIB_FOOTPRINT_WIDE_H
