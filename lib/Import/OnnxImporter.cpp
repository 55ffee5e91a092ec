//===- OnnxImporter.cpp - From a file of any format to a module -----------===//

#include "energy-opt/OnnxImporter.h"

#include "Import/Formats.h"
#include "Import/ModelImporter.h"

#include "llvm/Support/Path.h"

namespace energyopt {

llvm::Expected<ImportedModel> importOnnx(mlir::MLIRContext &context,
                                         std::unique_ptr<llvm::MemoryBuffer> buffer,
                                         llvm::StringRef path, const ImportOptions &options) {
  llvm::Expected<ModelFormat> format = detectFormat(buffer->getBuffer());
  if (!format)
    return format.takeError();
  if (*format != ModelFormat::Binary) {
    auto bytes = encodeText(*format, buffer->getBuffer());
    if (!bytes)
      return bytes.takeError();
    buffer = std::move(*bytes);
  }

  ImportedModel result;
  result.format = formatName(*format).str();
  std::string directory = llvm::sys::path::parent_path(path).str();
  ModelFile file(*buffer);
  ModelSource source{file, path, directory, options.trustExternal};
  auto module = importModel(context, source, result.notes);
  if (!module)
    return module.takeError();
  result.module = std::move(*module);
  result.weights =
      std::make_shared<WeightReader>(std::move(buffer), directory, options.trustExternal);
  return result;
}

} // namespace energyopt
