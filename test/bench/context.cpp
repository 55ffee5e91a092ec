//===- context.cpp - The least that a tool on MLIR does -------------------===//
//
// Makes an MLIRContext with the dialects that an ONNX model is read into, and
// ends: what the start of energy-opt is compared with.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/OnnxDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"

int main() {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::func::FuncDialect, energyopt::OnnxDialect>();
  return context.getLoadedDialects().empty();
}
