//===- Formats.h - What kind of file a model is -----------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_FORMATS_H
#define ENERGY_OPT_LIB_IMPORT_FORMATS_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace energyopt {

enum class ModelFormat : uint8_t { Binary, OnnxText, ProtoText };
llvm::StringRef formatName(ModelFormat format);

/// Tells by content. Empty files, and formats known not to be ONNX, are errors
/// that say what the file is.
llvm::Expected<ModelFormat> detectFormat(llvm::StringRef content);

/// The text as the bytes of a ModelProto, by the module that has libonnx.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> encodeText(ModelFormat format,
                                                               llvm::StringRef text);
/// That module's two parts.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> encodeOnnxText(llvm::StringRef text);
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> encodeProtoText(llvm::StringRef text);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_FORMATS_H
