//===- Magnitudes.h - Magnitudes of stored numbers, counted -----*- C++ -*-===//
//
// Loops that compilers vectorize: magnitudes keep the width of what is stored, and
// sums that of magnitudes.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_MAGNITUDES_H
#define ENERGY_OPT_LIB_IMPORT_MAGNITUDES_H

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

/// Kernels are compiled for the instructions of whoever calls them.
#define ENERGY_OPT_INLINE [[gnu::always_inline]] inline

namespace energyopt {

/// Elements that one call of a kernel takes, so that its sums do not overflow; they
/// stay in the cache next to a core for the next kernel.
constexpr size_t kMostAtOnce = 4096;

/// float32, and whatever was decoded to it.
struct SinglePrecision {
  using Raw = float;
  using Magnitude = float;
  using Sum = int32_t;
  Magnitude operator()(Raw raw) const { return std::fabs(raw); }
  /// NaN loses every comparison.
  Magnitude number(Magnitude magnitude) const { return magnitude; }
};

/// float16 and bfloat16, whose bits without the sign are in the order of the values.
struct HalfPrecision {
  using Raw = uint16_t;
  using Magnitude = int16_t;
  using Sum = int16_t;
  int16_t infinity; // beyond: NaN
  Magnitude operator()(Raw raw) const { return int16_t(raw & 0x7fff); }
  Magnitude number(Magnitude magnitude) const {
    return magnitude > infinity ? int16_t(0) : magnitude;
  }
};

/// Bytes around a zero point. `flip`: 0x80 for signed ones, which keeps distances.
struct ByteSteps {
  using Raw = uint8_t;
  using Magnitude = uint8_t;
  using Sum = uint16_t;
  uint8_t flip = 0, zero = 0; // zero: flipped too
  Magnitude operator()(Raw raw) const {
    uint8_t value = raw ^ flip;
    return uint8_t(std::max(value, zero) - std::min(value, zero));
  }
  Magnitude number(Magnitude magnitude) const { return magnitude; }
};

/// How many are at most `limit`.
template <typename Form>
ENERGY_OPT_INLINE int64_t countUpTo(Form form, const typename Form::Raw *raw, size_t count,
                                    typename Form::Magnitude limit) {
  typename Form::Sum found = 0;
  for (size_t i = 0; i < count; ++i)
    found += form(raw[i]) <= limit;
  return found;
}

/// The same place by place.
template <typename Form>
ENERGY_OPT_INLINE void addUpTo(Form form, const typename Form::Raw *raw, size_t count,
                               typename Form::Magnitude limit, uint32_t *counts) {
  for (size_t i = 0; i < count; ++i)
    counts[i] += form(raw[i]) <= limit;
}

/// The same with a limit for each place; returns the sum.
template <typename Form>
ENERGY_OPT_INLINE int64_t addUpToEach(Form form, const typename Form::Raw *raw, size_t count,
                                      const typename Form::Magnitude *limits, uint32_t *counts) {
  uint32_t found = 0;
  for (size_t i = 0; i < count; ++i) {
    uint32_t one = form(raw[i]) <= limits[i];
    counts[i] += one;
    found += one;
  }
  return found;
}

/// Raises each of `largest` to what is in its place; returns how many are zero. In
/// one loop, as each element is loaded once then.
template <typename Form>
ENERGY_OPT_INLINE int64_t raiseEach(Form form, const typename Form::Raw *__restrict raw,
                                    size_t count, typename Form::Magnitude *__restrict largest) {
  typename Form::Sum zeros = 0;
#pragma GCC unroll 4
  for (size_t i = 0; i < count; ++i) {
    typename Form::Magnitude magnitude = form(raw[i]), number = form.number(magnitude);
    zeros += magnitude <= 0;
    largest[i] = number > largest[i] ? number : largest[i];
  }
  return zeros;
}

/// The same with one `largest` for all.
template <typename Form>
ENERGY_OPT_INLINE int64_t raise(Form form, const typename Form::Raw *raw, size_t count,
                                typename Form::Magnitude &largest) {
  // Place by place of short runs: a maximum of floats is not associative to a compiler.
  constexpr size_t kRun = 256;
  typename Form::Magnitude run[kRun] = {};
  const size_t used = std::min(count, kRun);
  int64_t zeros = 0;
  for (; count > 0; raw += std::min(count, kRun), count -= std::min(count, kRun))
    zeros += raiseEach(form, raw, std::min(count, kRun), run);
  for (size_t i = 0; i < used; ++i)
    largest = std::max(largest, run[i]);
  return zeros;
}

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_MAGNITUDES_H
