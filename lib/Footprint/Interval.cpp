//===- Interval.cpp - Sums and products of uncertain figures --------------===//

#include "energy-opt/Interval.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

Interval inverse(const Interval &x) { return {1 / x.value, 1 / x.high, 1 / x.low}; }

/// CF6, sum: each side's widths add as squares, as errors that are independent
/// do.
Interval sumOf(ArrayRef<Interval> parts) {
  double value = 0, below = 0, above = 0;
  for (const Interval &part : parts) {
    value += part.value;
    below = std::hypot(below, part.value - part.low);
    above = std::hypot(above, part.high - part.value);
  }
  return {value, value - below, value + above};
}

/// The same of the logarithms.
Interval productOf(ArrayRef<Interval> factors) {
  double value = 1, below = 0, above = 0;
  for (const Interval &factor : factors) {
    value *= factor.value;
    if (factor.value <= 0)
      return {};
    below = std::hypot(below, std::log(factor.value / factor.low));
    above = std::hypot(above, std::log(factor.high / factor.value));
  }
  return {value, value * std::exp(-below), value * std::exp(above)};
}

} // namespace energyopt
