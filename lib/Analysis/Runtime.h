//===- Runtime.h - What a runtime runs as one kernel ------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_RUNTIME_H
#define ENERGY_OPT_LIB_ANALYSIS_RUNTIME_H

#include "llvm/ADT/StringRef.h"

namespace energyopt {

/// What follows a contraction within its kernel.
enum class Epilogue : uint8_t {
  Bias,       // an added parameter
  Activation, // also folded batch norm, and activations with one operand
  Full,       // any element-wise op, residual additions included
};

/// KN1: the habits of a runtime, as its documentation states them.
struct RuntimeProfile {
  const char *name;
  Epilogue epilogue;
  bool fusesElementwise;  // element-wise chains, also into norms and pools
  bool fusesMovement;     // transposes, slices and concats in generated code
  bool elidesConcat;      // producers write into the concatenated tensor
  bool flashAttention;    // attention subgraphs are one kernel
  bool foldsQuantization; // Q and DQ become part of their neighbours
  bool usesHelpers;       // spreads a batch over all engines of an SoC
  bool asynchronous;      // kernels queue up: issue time hides behind work
  bool runsShapeOps;      // shape arithmetic is nodes like others
};

/// Null for an unknown name.
const RuntimeProfile *findRuntime(llvm::StringRef name);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_RUNTIME_H
