//===- LoadedModel.h - An ONNX model in memory ------------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_RUN_LOADEDMODEL_H
#define ENERGY_OPT_TOOL_RUN_LOADEDMODEL_H

#include "energy-opt/OnnxImporter.h"

#include "mlir/IR/MLIRContext.h"

namespace energyopt {

/// A model with the context that its IR lives in.
class LoadedModel {
public:
  /// `path` names it in messages and locates external data.
  static llvm::Expected<std::unique_ptr<LoadedModel>>
  load(std::unique_ptr<llvm::MemoryBuffer> buffer, llvm::StringRef path, bool trustExternal);

  ImportedModel &get() { return *model; }

private:
  // The constructor's argument leaves the locks of attributes and types in place.
  LoadedModel() : context(mlir::MLIRContext::Threading::DISABLED) {
    context.disableMultithreading();
  }

  mlir::MLIRContext context;
  std::optional<ImportedModel> model; // goes before its context
};

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_RUN_LOADEDMODEL_H
