//===- OnnxEffects.h - Memory effects of onnx ops ---------------*- C++ -*-===//
//
// Lets MLIR's CSE work on ONNX graphs: all ops answer MemoryEffectOpInterface
// through the dialect. Internal to lib/Dialect.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_DIALECT_ONNXEFFECTS_H
#define ENERGY_OPT_LIB_DIALECT_ONNXEFFECTS_H

#include "mlir/Support/TypeID.h"

#include <memory>

namespace energyopt {

struct InterfaceFallback {
  mlir::TypeID interface;
  std::shared_ptr<void> model;
};
InterfaceFallback makeEffectsFallback();

} // namespace energyopt

#endif // ENERGY_OPT_LIB_DIALECT_ONNXEFFECTS_H
