//===- ScalarMath.h - Arithmetic on single known values ---------*- C++ -*-===//
//
// One element of partial evaluation: ONNX's arithmetic on scalars that may be
// symbolic or unknown. A result that cannot be told is unknown, never a guess.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_SCALARMATH_H
#define ENERGY_OPT_LIB_COST_SCALARMATH_H

#include "energy-opt/OpView.h"

namespace energyopt {

/// What a scalar function may need beside its arguments.
struct ScalarContext {
  DType type;        // of the result
  bool integer;      // arithmetic of integers: division truncates
  bool fmod = false; // Mod with C's remainder
};
using ScalarFunction = Scalar (*)(llvm::ArrayRef<Scalar> args, const ScalarContext &context);

/// The function of an elementwise op by its bare name ("Add"); null if there is
/// none. Variadic ops (Sum, Max, …) take any number of arguments.
ScalarFunction scalarFunction(llvm::StringRef op);

/// The value that `scalar` has as a `type`: floats rounded to float32, integers
/// that do not fit unknown.
Scalar fitScalar(const Scalar &scalar, DType type);
/// The same for a conversion: fractions are cut off for an integer type,
/// compared with 0 for bool.
Scalar castScalar(const Scalar &scalar, DType type);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_SCALARMATH_H
