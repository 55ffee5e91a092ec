//===- AttributeImporter.h - AttributeProto to MLIR attributes --*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_ATTRIBUTEIMPORTER_H
#define ENERGY_OPT_LIB_IMPORT_ATTRIBUTEIMPORTER_H

#include "Import/TensorImporter.h"

namespace energyopt {

/// AttributeProto.AttributeType.
enum class AttributeType : uint8_t {
  Undefined,
  Float,
  Int,
  String,
  Tensor,
  Graph,
  Floats,
  Ints,
  Strings,
  Tensors,
  Graphs,
  SparseTensor,
  SparseTensors,
  TypeProto,
  TypeProtos
};

/// Field of AttributeProto that holds a value of each type.
uint32_t valueField(AttributeType type);

class AttributeImporter {
public:
  AttributeImporter(mlir::MLIRContext *context, TypeImporter &types, TensorImporter &tensors)
      : context(context), types(types), tensors(tensors) {}

  /// Adds all attributes but subgraphs, references of a function's body as
  /// `onnx.attr_ref.<name>`. Errors have no place in front.
  llvm::Error add(const std::vector<AttributeView> &attributes, mlir::NamedAttrList &out);

  /// How the IR spells a name: `onnx.` is the importer's own.
  static std::string spelling(llvm::StringRef name);

private:
  llvm::Expected<mlir::NamedAttribute> named(const AttributeView &attribute);
  llvm::Expected<mlir::Attribute> value(const AttributeView &attribute);
  llvm::Expected<mlir::Attribute> number(const AttributeView &attribute);
  llvm::Expected<mlir::Attribute> object(const AttributeView &attribute);
  llvm::Expected<mlir::Attribute> one(AttributeType type, llvm::StringRef bytes);

  mlir::MLIRContext *context;
  TypeImporter &types;
  TensorImporter &tensors;
  /// By message, short ones without a tensor: nodes of a kind repeat them.
  llvm::DenseMap<llvm::StringRef, mlir::NamedAttribute> known;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_ATTRIBUTEIMPORTER_H
