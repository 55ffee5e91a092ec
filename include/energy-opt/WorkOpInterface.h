//===- WorkOpInterface.h - The work of one op -------------------*- C++ -*-===//
//
// The interface through which any dialect tells what its ops do, and the
// fallback that answers it for onnx ops from the rule tables.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_WORKOPINTERFACE_H
#define ENERGY_OPT_WORKOPINTERFACE_H

#include "energy-opt/OpView.h"
#include "energy-opt/Work.h"

#include "mlir/IR/OpDefinition.h"

#include "energy-opt/WorkOpInterface.h.inc"

namespace energyopt {

/// Makes every op of the (loaded) onnx dialect answer WorkOpInterface.
void attachOnnxWork(mlir::MLIRContext &context);

} // namespace energyopt

#endif // ENERGY_OPT_WORKOPINTERFACE_H
