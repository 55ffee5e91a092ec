//===- Analysis.cpp - From a model file to a WorkGraph --------------------===//

#include "energy-opt/Analysis.h"

#include "Mlir/MlirInput.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/OnnxImporter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace energyopt;
using llvm::StringRef;

llvm::Expected<AnalysedModel> energyopt::analyseModel(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                      StringRef path,
                                                      const AnalysisOptions &options) {
  if (isMlir(buffer->getBuffer(), path))
    return analyseMlir(std::move(buffer), path, options);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.disableMultithreading(); // its locks, too
  context.loadDialect<mlir::func::FuncDialect, OnnxDialect>();
  ImportOptions importOptions;
  importOptions.trustExternal = options.trustExternal;
  auto imported = importOnnx(context, std::move(buffer), path, importOptions);
  if (!imported)
    return imported.takeError();
  return analyseImported(*imported, path, options);
}

bool energyopt::holdsMlir(StringRef buffer, StringRef path) { return isMlir(buffer, path); }
