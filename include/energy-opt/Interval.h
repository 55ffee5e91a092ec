//===- Interval.h - A figure with its 90 % interval -------------*- C++ -*-===//

#ifndef ENERGY_OPT_INTERVAL_H
#define ENERGY_OPT_INTERVAL_H

#include "llvm/ADT/ArrayRef.h"

namespace energyopt {

struct Interval {
  double value = 0, low = 0, high = 0;
};

/// Exactly `value`.
inline Interval exactly(double value) { return {value, value, value}; }
inline Interval scaled(const Interval &x, double factor) {
  return {x.value * factor, x.low * factor, x.high * factor};
}
/// One over it.
Interval inverse(const Interval &x);
/// Sum and product of figures whose errors have nothing to do with each other.
Interval sumOf(llvm::ArrayRef<Interval> parts);
Interval productOf(llvm::ArrayRef<Interval> factors);

} // namespace energyopt

#endif // ENERGY_OPT_INTERVAL_H
