//===- LoadedModel.cpp - An ONNX model in memory --------------------------===//

#include "Run/LoadedModel.h"

#include "energy-opt/OnnxDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace llvm;

namespace energyopt {

Expected<std::unique_ptr<LoadedModel>> LoadedModel::load(std::unique_ptr<MemoryBuffer> buffer,
                                                         StringRef path, bool trustExternal) {
  std::unique_ptr<LoadedModel> loaded(new LoadedModel);
  loaded->context.loadDialect<mlir::func::FuncDialect, OnnxDialect>();
  ImportOptions options;
  options.trustExternal = trustExternal;
  auto model = importOnnx(loaded->context, std::move(buffer), path, options);
  if (!model)
    return model.takeError();
  loaded->model = std::move(*model);
  return loaded;
}

} // namespace energyopt
