//===- AttributeExporter.cpp - MLIR attributes to AttributeProto ----------===//

#include "Export/AttributeExporter.h"

#include "Export/TypeExporter.h"
#include "Import/ImportError.h"

using namespace energyopt;
using llvm::StringRef;

/// AttributeProto.AttributeType, and the field that holds a value of each.
namespace {
struct Kind {
  uint32_t type, field;
};
} // namespace
constexpr Kind kFloat{1, 2}, kInt{2, 3}, kString{3, 4}, kTensor{4, 5}, kGraph{5, 6}, kFloats{6, 7},
    kInts{7, 8}, kStrings{8, 9}, kTensors{9, 10}, kGraphs{10, 11}, kSparse{11, 22},
    kSparses{12, 23}, kType{13, 14}, kTypes{14, 15};

constexpr uint32_t kNameField = 1, kTypeField = 20, kRefNameField = 21;

static WireMessage start(StringRef name, Kind kind) {
  WireMessage out;
  out.addBytes(kNameField, name);
  out.addVarint(kTypeField, kind.type);
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
  Kind kind = isList ? kGraphs : kGraph;
  WireMessage out = start(name, kind);
  for (WireMessage &graph : graphs)
    out.addMessage(kind.field, std::move(graph));
  return out;
}

static bool isSparse(mlir::DictionaryAttr reference) { return reference.contains("values"); }

/// TensorProto or SparseTensorProto of a reference.
static llvm::Expected<WireMessage> tensorValue(mlir::DictionaryAttr reference,
                                               TensorExporter &tensors) {
  auto type = reference.getAs<mlir::TypeAttr>("type");
  auto ranked = type ? llvm::dyn_cast<mlir::RankedTensorType>(type.getValue())
                     : mlir::RankedTensorType();
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

static std::optional<Kind> objectKind(mlir::Attribute value, bool isList) {
  if (llvm::isa<mlir::StringAttr>(value))
    return isList ? kStrings : kString;
  if (llvm::isa<mlir::TypeAttr>(value))
    return isList ? kTypes : kType;
  auto reference = llvm::dyn_cast<mlir::DictionaryAttr>(value);
  if (!reference)
    return std::nullopt;
  if (isSparse(reference))
    return isList ? kSparses : kSparse;
  return isList ? kTensors : kTensor;
}

llvm::Expected<WireMessage> energyopt::attributeProto(StringRef name, mlir::Attribute value,
                                                      TensorExporter &tensors) {
  WireMessage out;
  if (auto number = llvm::dyn_cast<mlir::IntegerAttr>(value)) {
    out = start(name, kInt);
    out.addVarint(kInt.field, number.getInt());
    return out;
  }
  if (auto number = llvm::dyn_cast<mlir::FloatAttr>(value)) {
    out = start(name, kFloat);
    out.addFloat(kFloat.field, static_cast<float>(number.getValueAsDouble()));
    return out;
  }
  if (auto numbers = llvm::dyn_cast<mlir::DenseI64ArrayAttr>(value)) {
    out = start(name, kInts);
    out.addVarints(kInts.field, numbers.asArrayRef());
    return out;
  }
  if (auto numbers = llvm::dyn_cast<mlir::DenseF32ArrayAttr>(value)) {
    out = start(name, kFloats);
    out.addFloats(kFloats.field, numbers.asArrayRef());
    return out;
  }
  auto list = llvm::dyn_cast<mlir::ArrayAttr>(value);
  // Of an empty list the kind is lost; strings are the most common.
  if (list && list.empty())
    return start(name, kStrings);
  std::optional<Kind> kind = objectKind(list ? list[0] : value, bool(list));
  if (!kind)
    return importError("attribute " + quoted(name) + " has no form in ONNX",
                       "numbers, strings, types, tensors and lists of these have");
  out = start(name, *kind);
  for (mlir::Attribute element : list ? list.getValue() : llvm::ArrayRef(value))
    if (llvm::Error error = addObject(element, kind->field, tensors, out))
      return std::move(error);
  return out;
}
