//===- AttributeExporter.cpp - MLIR attributes to AttributeProto ----------===//

#include "Export/AttributeExporter.h"

#include "Export/TypeExporter.h"
#include "Import/AttributeImporter.h"
#include "Import/ImportError.h"

using namespace energyopt;
using llvm::StringRef;

constexpr uint32_t kNameField = 1, kTypeField = 20, kRefNameField = 21;

static WireMessage start(StringRef name, AttributeType type) {
  WireMessage out;
  out.addBytes(kNameField, name);
  out.addVarint(kTypeField, static_cast<uint64_t>(type));
  return out;
}

WireMessage energyopt::attributeReference(StringRef name, StringRef refName, int64_t type) {
  WireMessage out;
  out.addBytes(kNameField, name);
  out.addVarint(kTypeField, type);
  out.addBytes(kRefNameField, refName);
  return out;
}

WireMessage energyopt::graphAttribute(StringRef name, std::vector<WireMessage> graphs,
                                      bool isList) {
  AttributeType type = isList ? AttributeType::Graphs : AttributeType::Graph;
  WireMessage out = start(name, type);
  for (WireMessage &graph : graphs)
    out.addMessage(valueField(type), std::move(graph));
  return out;
}

static bool isSparse(mlir::DictionaryAttr reference) { return reference.contains("values"); }

/// TensorProto or SparseTensorProto of a reference.
static llvm::Expected<WireMessage> tensorValue(mlir::DictionaryAttr reference,
                                               TensorExporter &tensors) {
  auto type = reference.getAs<mlir::TypeAttr>("type");
  auto ranked =
      type ? llvm::dyn_cast<mlir::RankedTensorType>(type.getValue()) : mlir::RankedTensorType();
  if (!ranked)
    return importError("a tensor has no type", "give it a ranked one");
  if (isSparse(reference))
    return tensors.sparse(reference, ranked);
  auto name = reference.getAs<mlir::StringAttr>("name");
  return tensors.tensor(reference, ranked, name ? name.getValue() : StringRef());
}

/// Adds one value that is a message or a string.
static llvm::Error addObject(mlir::Attribute value, uint32_t field, TensorExporter &tensors,
                             WireMessage &out) {
  if (auto text = llvm::dyn_cast<mlir::StringAttr>(value)) {
    out.addBytes(field, text.getValue());
  } else if (auto type = llvm::dyn_cast<mlir::TypeAttr>(value)) {
    out.addMessage(field, typeProto(type.getValue()));
  } else if (auto reference = llvm::dyn_cast<mlir::DictionaryAttr>(value)) {
    llvm::Expected<WireMessage> tensor = tensorValue(reference, tensors);
    if (!tensor)
      return tensor.takeError();
    out.addMessage(field, std::move(*tensor));
  }
  return llvm::Error::success();
}

static std::optional<AttributeType> objectType(mlir::Attribute value, bool isList) {
  if (llvm::isa<mlir::StringAttr>(value))
    return isList ? AttributeType::Strings : AttributeType::String;
  if (llvm::isa<mlir::TypeAttr>(value))
    return isList ? AttributeType::TypeProtos : AttributeType::TypeProto;
  auto reference = llvm::dyn_cast<mlir::DictionaryAttr>(value);
  if (!reference)
    return std::nullopt;
  if (isSparse(reference))
    return isList ? AttributeType::SparseTensors : AttributeType::SparseTensor;
  return isList ? AttributeType::Tensors : AttributeType::Tensor;
}

llvm::Expected<WireMessage> energyopt::attributeProto(StringRef name, mlir::Attribute value,
                                                      TensorExporter &tensors) {
  WireMessage out;
  if (auto number = llvm::dyn_cast<mlir::IntegerAttr>(value)) {
    out = start(name, AttributeType::Int);
    out.addVarint(valueField(AttributeType::Int), number.getInt());
    return out;
  }
  if (auto number = llvm::dyn_cast<mlir::FloatAttr>(value)) {
    out = start(name, AttributeType::Float);
    out.addFloat(valueField(AttributeType::Float), static_cast<float>(number.getValueAsDouble()));
    return out;
  }
  if (auto numbers = llvm::dyn_cast<mlir::DenseI64ArrayAttr>(value)) {
    out = start(name, AttributeType::Ints);
    out.addVarints(valueField(AttributeType::Ints), numbers.asArrayRef());
    return out;
  }
  if (auto numbers = llvm::dyn_cast<mlir::DenseF32ArrayAttr>(value)) {
    out = start(name, AttributeType::Floats);
    out.addFloats(valueField(AttributeType::Floats), numbers.asArrayRef());
    return out;
  }
  auto list = llvm::dyn_cast<mlir::ArrayAttr>(value);
  // Of an empty list the kind is lost; strings are the most common.
  if (list && list.empty())
    return start(name, AttributeType::Strings);
  std::optional<AttributeType> type = objectType(list ? list[0] : value, bool(list));
  if (!type)
    return importError("attribute " + quoted(name) + " has no form in ONNX",
                       "numbers, strings, types, tensors and lists of these have");
  out = start(name, *type);
  for (mlir::Attribute element : list ? list.getValue() : llvm::ArrayRef(value))
    if (llvm::Error error = addObject(element, valueField(*type), tensors, out))
      return std::move(error);
  return out;
}
