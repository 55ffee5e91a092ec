//===- AttributeExporter.h - MLIR attributes to AttributeProto --*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_EXPORT_ATTRIBUTEEXPORTER_H
#define ENERGY_OPT_LIB_EXPORT_ATTRIBUTEEXPORTER_H

#include "Export/TensorExporter.h"

namespace energyopt {

/// An AttributeProto named `name`; the reverse of AttributeImporter.
llvm::Expected<WireMessage> attributeProto(llvm::StringRef name, mlir::Attribute value,
                                           TensorExporter &tensors);
/// One that stands for the function's attribute `refName`. `type`: AttributeType.
WireMessage attributeReference(llvm::StringRef name, llvm::StringRef refName, int64_t type);
/// One that holds the graphs of `name`: a list if `isList`.
WireMessage graphAttribute(llvm::StringRef name, std::vector<WireMessage> graphs, bool isList);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_EXPORT_ATTRIBUTEEXPORTER_H
