//===- ModelImporter.h - ModelProto to a module -----------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_MODELIMPORTER_H
#define ENERGY_OPT_LIB_IMPORT_MODELIMPORTER_H

#include "Import/ModelFile.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"

namespace energyopt {

struct ModelSource {
  const ModelFile &file;     // bytes of a ModelProto
  llvm::StringRef path;      // for messages
  llvm::StringRef directory; // of external data
  bool trustExternal = false;
};

/// `notes` receives what a user should know and is no error.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importModel(mlir::MLIRContext &context, const ModelSource &source, std::vector<std::string> &notes);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_MODELIMPORTER_H
