//===- OpAdapter.cpp - mlir::Operation as OpView --------------------------===//

#include "Graph/OpAdapter.h"

#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// Name of a dynamic dim, from the tensor type's encoding.
static StringRef dimName(mlir::RankedTensorType type, size_t i) {
  auto names = mlir::dyn_cast_or_null<mlir::ArrayAttr>(type.getEncoding());
  if (!names || i >= names.size())
    return "";
  auto name = mlir::dyn_cast<mlir::StringAttr>(names[i]);
  return name ? name.getValue() : StringRef();
}

DeclaredInput energyopt::declaredInput(mlir::Type type, StringRef name) {
  DeclaredInput input;
  input.name = name.str();
  if (auto shaped = mlir::dyn_cast<mlir::ShapedType>(type))
    input.dtype = dtypeOf(shaped.getElementType());
  auto ranked = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!ranked)
    return input;
  input.dims.emplace();
  for (auto [i, size] : llvm::enumerate(ranked.getShape())) {
    DeclaredDim dim;
    if (mlir::ShapedType::isDynamic(size))
      dim.name = dimName(ranked, i).str();
    else
      dim.size = size;
    input.dims->push_back(std::move(dim));
  }
  return input;
}

static ValueInfo containerInfo(ContainerType type, ShapeFacts *facts) {
  ValueInfo info;
  ValueInfo element = declaredInfo(type.getElement(), facts);
  info.dtype = element.dtype;
  switch (type.getKind()) {
  case ContainerType::Sparse:
    element.kind = ValueKind::SparseTensor;
    return element;
  case ContainerType::Map:
    info.kind = ValueKind::Map;
    info.keyType = dtypeOf(type.getKey());
    break;
  case ContainerType::Sequence:
    info.kind = ValueKind::Sequence;
    break;
  case ContainerType::Optional:
    info.kind = ValueKind::Optional;
    break;
  }
  info.element = std::make_shared<ValueInfo>(std::move(element));
  return info;
}

ValueInfo energyopt::declaredInfo(mlir::Type type, ShapeFacts *facts) {
  if (auto container = mlir::dyn_cast<ContainerType>(type))
    return containerInfo(container, facts);
  auto shaped = mlir::dyn_cast<mlir::ShapedType>(type);
  if (!shaped)
    return ValueInfo();
  ValueInfo info = ValueInfo::tensor(dtypeOf(shaped.getElementType()));
  auto ranked = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!ranked)
    return info;
  info.shape.emplace();
  for (auto [i, size] : llvm::enumerate(ranked.getShape())) {
    if (!mlir::ShapedType::isDynamic(size)) {
      info.shape->push_back(Expr(size));
      continue;
    }
    StringRef name = dimName(ranked, i);
    // A nameless dim of an intermediate says nothing about its size.
    if (name.empty() || !facts) {
      info.shape.reset();
      return info;
    }
    info.shape->push_back(parseDimParam(name, *facts));
  }
  return info;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

std::optional<WeightRef> energyopt::weightRef(mlir::DictionaryAttr attrs, mlir::Type type) {
  auto shaped = mlir::dyn_cast<mlir::ShapedType>(type);
  auto encoding = attrs.getAs<mlir::StringAttr>("encoding");
  if (!shaped || !shaped.hasStaticShape() || !encoding)
    return std::nullopt;
  Expr elements = 1;
  for (int64_t dim : shaped.getShape())
    elements *= Expr(dim);
  if (!elements.constant())
    return std::nullopt;
  WeightRef ref;
  ref.dtype = dtypeOf(shaped.getElementType());
  ref.elements = *elements.constant();
  ref.encoding = llvm::StringSwitch<WeightRef::Encoding>(encoding.getValue())
                     .Case("raw", WeightRef::Encoding::Raw)
                     .Case("packed", WeightRef::Encoding::Packed)
                     .Default(WeightRef::Encoding::None);
  // One pass: every lookup would search the dictionary anew.
  for (mlir::NamedAttribute entry : attrs) {
    StringRef name = entry.getName().getValue();
    if (auto text = mlir::dyn_cast<mlir::StringAttr>(entry.getValue()); text && name == "location")
      ref.location = text.getValue();
    auto number = mlir::dyn_cast<mlir::IntegerAttr>(entry.getValue());
    if (!number)
      continue;
    uint64_t value = number.getInt();
    if (name == "source")
      ref.source = static_cast<WeightRef::Source>(value <= 2 ? value : 1);
    else if (name == "offset")
      ref.offset = value;
    else if (name == "length")
      ref.length = value;
  }
  return ref;
}

std::shared_ptr<const TensorData> energyopt::loadSmall(mlir::DictionaryAttr attrs, mlir::Type type,
                                                       WeightReader &weights) {
  return weights.data({attrs.getAsOpaquePointer(), type.getAsOpaquePointer()},
                      [&] { return weightRef(attrs, type); });
}

/// A tensor attribute: its type, and its contents if it is small.
static std::optional<AttrValue> tensorValue(mlir::DictionaryAttr dict, WeightReader *weights) {
  auto type = dict.getAs<mlir::TypeAttr>("type");
  auto shaped = type ? mlir::dyn_cast<mlir::RankedTensorType>(type.getValue()) : nullptr;
  if (!shaped)
    return std::nullopt;
  AttrValue value;
  value.kind = AttrValue::Tensor;
  value.tensor = ValueInfo::tensor(dtypeOf(shaped.getElementType()), Shape());
  for (int64_t dim : shaped.getShape())
    value.tensor.shape->push_back(Expr(dim));
  value.tensor.isParameter = true;
  if (weights)
    value.tensor.data = loadSmall(dict, shaped, *weights);
  return value;
}

std::optional<AttrValue> OpAttrs::convert(mlir::Attribute attr) const {
  AttrValue value;
  if (auto i = mlir::dyn_cast<mlir::IntegerAttr>(attr)) {
    value.kind = AttrValue::Int;
    value.i = i.getInt();
  } else if (auto f = mlir::dyn_cast<mlir::FloatAttr>(attr)) {
    value.kind = AttrValue::Float;
    value.f = f.getValueAsDouble();
  } else if (auto s = mlir::dyn_cast<mlir::StringAttr>(attr)) {
    value.kind = AttrValue::String;
    value.s = s.getValue();
  } else if (auto ints = mlir::dyn_cast<mlir::DenseI64ArrayAttr>(attr)) {
    value.kind = AttrValue::Ints;
    value.ints = ints.asArrayRef();
  } else if (auto floats = mlir::dyn_cast<mlir::DenseF32ArrayAttr>(attr)) {
    value.kind = AttrValue::Floats;
    value.floats.assign(floats.asArrayRef().begin(), floats.asArrayRef().end());
  } else if (auto strings = mlir::dyn_cast<mlir::ArrayAttr>(attr)) {
    value.kind = AttrValue::Strings;
    for (mlir::Attribute entry : strings)
      if (auto text = mlir::dyn_cast<mlir::StringAttr>(entry))
        value.strings.push_back(text.getValue());
  } else if (auto dict = mlir::dyn_cast<mlir::DictionaryAttr>(attr)) {
    return tensorValue(dict, weights);
  } else if (auto type = mlir::dyn_cast<mlir::TypeAttr>(attr)) {
    value.kind = AttrValue::Type;
    value.tensor = declaredInfo(type.getValue(), nullptr);
  } else {
    return std::nullopt;
  }
  return value;
}

std::optional<AttrValue> OpAttrs::find(StringRef name) const {
  if (mlir::Attribute attr = op->getAttr(name))
    return convert(attr);
  // In a function body: the call decides.
  if (call)
    if (auto reference = op->getAttrOfType<mlir::StringAttr>(("onnx.attr_ref." + name).str()))
      return call->find(reference.getValue());
  // On a call: the function's default.
  if (callee)
    if (auto defaults = callee->getAttrOfType<mlir::DictionaryAttr>("onnx.attribute_defaults"))
      if (mlir::Attribute attr = defaults.get(name))
        return convert(attr);
  return std::nullopt;
}

std::shared_ptr<const TensorData> OpAttrs::load(unsigned index) const {
  if (!weights || index >= op->getNumOperands())
    return nullptr;
  Operation *def = op->getOperand(index).getDefiningOp();
  if (!def || def->getName().getStringRef() != "onnx.initializer")
    return nullptr;
  if (!llvm::is_contained(askedFor, index))
    askedFor.push_back(index);
  return loadSmall(def->getAttrDictionary(), def->getResult(0).getType(), *weights);
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

StringRef energyopt::nodeName(Operation *op) { return locatedNodeName(op); }

StringRef energyopt::resultName(Operation *op, unsigned result) {
  return locatedValueName(op->getResult(result));
}
