//===- AttributeImporter.cpp - AttributeProto to MLIR attributes ----------===//

#include "Import/AttributeImporter.h"

#include "Import/ImportError.h"
#include "Import/WireReader.h"

#include "mlir/IR/Builders.h"

namespace energyopt {

uint32_t valueField(AttributeType type) {
  switch (type) {
  case AttributeType::TypeProto:
    return 14;
  case AttributeType::TypeProtos:
    return 15;
  case AttributeType::SparseTensor:
    return 22;
  case AttributeType::SparseTensors:
    return 23;
  default:
    return static_cast<uint32_t>(type) + 1; // f i s t g floats … graphs
  }
}

static llvm::Error malformed() {
  return importError("has a malformed value", "the file is damaged: export it again");
}

std::string AttributeImporter::spelling(llvm::StringRef name) {
  return name.starts_with("onnx.") ? ("onnx.attr." + name).str() : name.str();
}

llvm::Error AttributeImporter::add(const std::vector<AttributeView> &attributes,
                                   mlir::NamedAttrList &out) {
  mlir::Builder b(context);
  for (const AttributeView &attribute : attributes) {
    if (attribute.name.empty())
      return importError("has an attribute without a name", "export the model again");
    if (!attribute.refName.empty()) {
      out.append(("onnx.attr_ref." + attribute.name).str(), b.getStringAttr(attribute.refName));
      out.append(("onnx.attr_type." + attribute.name).str(), b.getI64IntegerAttr(attribute.type));
      continue;
    }
    if (!attribute.graphs.empty())
      continue;
    llvm::Expected<mlir::NamedAttribute> attr = named(attribute);
    if (!attr)
      return inPlace("attribute " + quoted(attribute.name), attr.takeError());
    out.push_back(*attr);
  }
  if (std::optional<mlir::NamedAttribute> twice = out.findDuplicate())
    return importError("has the attribute " + quoted(twice->getName()) + " twice",
                       "give each attribute one value");
  return llvm::Error::success();
}

llvm::Expected<mlir::NamedAttribute> AttributeImporter::named(const AttributeView &attribute) {
  constexpr size_t kMaxCached = 128;
  bool hasTensor = attribute.type == int64_t(AttributeType::Tensor) ||
                   attribute.type == int64_t(AttributeType::Tensors) ||
                   attribute.type == int64_t(AttributeType::SparseTensor) ||
                   attribute.type == int64_t(AttributeType::SparseTensors);
  bool cached = !hasTensor && attribute.message.size() <= kMaxCached;
  if (cached) {
    auto it = known.find(attribute.message);
    if (it != known.end())
      return it->second;
  }
  llvm::Expected<mlir::Attribute> attr = value(attribute);
  if (!attr)
    return attr.takeError();
  mlir::NamedAttribute result(mlir::StringAttr::get(context, spelling(attribute.name)), *attr);
  if (cached)
    known.try_emplace(attribute.message, result);
  return result;
}

llvm::Expected<mlir::Attribute> AttributeImporter::value(const AttributeView &attribute) {
  switch (static_cast<AttributeType>(attribute.type)) {
  case AttributeType::Float:
  case AttributeType::Int:
  case AttributeType::Floats:
  case AttributeType::Ints:
    return number(attribute);
  case AttributeType::String:
  case AttributeType::Strings:
  case AttributeType::Tensor:
  case AttributeType::Tensors:
  case AttributeType::SparseTensor:
  case AttributeType::SparseTensors:
  case AttributeType::TypeProto:
  case AttributeType::TypeProtos:
    return object(attribute);
  case AttributeType::Graphs: // none of them
    return mlir::ArrayAttr::get(context, {});
  default:
    return importError("has no value of a known type", "export the model again");
  }
}

llvm::Expected<mlir::Attribute> AttributeImporter::number(const AttributeView &attribute) {
  auto type = static_cast<AttributeType>(attribute.type);
  llvm::SmallVector<int64_t> ints;
  llvm::SmallVector<float> floats;
  bool isInt = type == AttributeType::Int || type == AttributeType::Ints;
  WireReader reader(attribute.message, &tensors.modelFile());
  for (WireField f; reader.next(f);)
    if (f.number == valueField(type) &&
        !(isInt ? WireReader::readVarints(f, ints) : WireReader::readFloats(f, floats)))
      return malformed();
  mlir::Builder b(context);
  switch (type) {
  // An absent value is protobuf's default.
  case AttributeType::Int:
    return b.getI64IntegerAttr(ints.empty() ? 0 : ints.back());
  case AttributeType::Float:
    return b.getF32FloatAttr(floats.empty() ? 0.0f : floats.back());
  case AttributeType::Ints:
    return b.getDenseI64ArrayAttr(ints);
  default:
    return b.getDenseF32ArrayAttr(floats);
  }
}

llvm::Expected<mlir::Attribute> AttributeImporter::one(AttributeType type, llvm::StringRef bytes) {
  switch (type) {
  case AttributeType::Tensor:
  case AttributeType::Tensors:
    return tensors.readAttribute(bytes);
  case AttributeType::SparseTensor:
  case AttributeType::SparseTensors:
    return tensors.readSparseAttribute(bytes);
  case AttributeType::TypeProto:
  case AttributeType::TypeProtos: {
    llvm::Expected<mlir::Type> read = types.read(bytes);
    if (!read)
      return read.takeError();
    return mlir::TypeAttr::get(*read);
  }
  default:
    return mlir::StringAttr::get(context, bytes);
  }
}

llvm::Expected<mlir::Attribute> AttributeImporter::object(const AttributeView &attribute) {
  auto type = static_cast<AttributeType>(attribute.type);
  llvm::SmallVector<mlir::Attribute> values;
  WireReader reader(attribute.message, &tensors.modelFile());
  for (WireField f; reader.next(f);) {
    if (f.number != valueField(type))
      continue;
    if (f.type != WireField::Bytes)
      return malformed();
    llvm::Expected<mlir::Attribute> value = one(type, f.bytes);
    if (!value)
      return value.takeError();
    values.push_back(*value);
  }
  bool isList = type == AttributeType::Strings || type == AttributeType::Tensors ||
                type == AttributeType::SparseTensors || type == AttributeType::TypeProtos;
  if (isList)
    return mlir::ArrayAttr::get(context, values);
  if (!values.empty())
    return values.back();
  if (type == AttributeType::String)
    return mlir::StringAttr::get(context, "");
  return importError("has no value", "export the model again");
}

} // namespace energyopt
