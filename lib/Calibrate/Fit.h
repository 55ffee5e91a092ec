//===- Fit.h - Least squares with bounds and prior ranges -------*- C++ -*-===//
//
// Fits positive coefficients to measurements that scatter by factors: residuals
// are logarithms, a coefficient's published range is its prior (a log-normal
// whose 90 % range it is) and its bounds are twice as wide. Every device weighs
// the same, and single outliers count less than quadratically.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_CALIBRATE_FIT_H
#define ENERGY_OPT_LIB_CALIBRATE_FIT_H

#include "llvm/ADT/ArrayRef.h"

#include <functional>
#include <string>
#include <vector>

namespace energyopt {

struct FitParameter {
  std::string name;
  double start, low, high; // positive; low < high is the 90 % range
};

/// Residuals log(predicted / measured) at given parameter values, one per
/// observation and in the same order on every call.
using ResidualFn = std::function<std::vector<double>(llvm::ArrayRef<double> values)>;

struct FitOptions {
  /// Scatter that measurements have anyway (log units): the noise floor.
  double noise = 0.2;
  unsigned maxIterations = 25;
};

/// Levenberg-Marquardt in the logarithms of the parameters. `weights` scales
/// each observation's squared residual. The search begins at `from`, if given,
/// else where the parameters start. Returns the fitted values.
std::vector<double> fitParameters(llvm::ArrayRef<FitParameter> parameters,
                                  const ResidualFn &residuals, llvm::ArrayRef<double> weights,
                                  const FitOptions &options, llvm::ArrayRef<double> from = {});

} // namespace energyopt

#endif // ENERGY_OPT_LIB_CALIBRATE_FIT_H
