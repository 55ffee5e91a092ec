//===- Attributes.cpp - Attributes of any dialect, for the rules ----------===//

#include "Mlir/TypeInfo.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/raw_ostream.h"

using namespace energyopt;
using llvm::StringRef;

/// An integer attribute's value, whatever its signedness; booleans are 0, 1.
static int64_t intOf(mlir::IntegerAttr attr) {
  const llvm::APInt &value = attr.getValue();
  if (value.getBitWidth() == 1)
    return value.getZExtValue();
  if (attr.getType().isUnsignedInteger())
    return value.getActiveBits() > 63 ? INT64_MAX : value.getZExtValue();
  return value.getSignificantBits() > 64 ? INT64_MAX : value.getSExtValue();
}

static int64_t intOf(const llvm::APInt &value) {
  if (value.getBitWidth() == 1)
    return value.getZExtValue();
  return value.getSignificantBits() > 64 ? INT64_MAX : value.getSExtValue();
}

/// All integers of a possibly nested list; false if it holds anything else.
static bool flatten(mlir::Attribute attr, std::vector<int64_t> &out, unsigned depth = 0) {
  if (auto i = mlir::dyn_cast<mlir::IntegerAttr>(attr)) {
    out.push_back(intOf(i));
    return true;
  }
  if (auto dense = mlir::dyn_cast<mlir::DenseIntElementsAttr>(attr)) {
    if (dense.getNumElements() > kMaxEvaluatedElements)
      return false;
    for (const llvm::APInt &value : dense.getValues<llvm::APInt>())
      out.push_back(intOf(value));
    return true;
  }
  if (auto ints = mlir::dyn_cast<mlir::DenseArrayAttr>(attr)) {
    if (!ints.getElementType().isIntOrIndex())
      return false;
    if (auto wide = mlir::dyn_cast<mlir::DenseI64ArrayAttr>(attr))
      out.insert(out.end(), wide.asArrayRef().begin(), wide.asArrayRef().end());
    else if (auto narrow = mlir::dyn_cast<mlir::DenseI32ArrayAttr>(attr))
      out.insert(out.end(), narrow.asArrayRef().begin(), narrow.asArrayRef().end());
    else if (auto bools = mlir::dyn_cast<mlir::DenseBoolArrayAttr>(attr))
      out.insert(out.end(), bools.asArrayRef().begin(), bools.asArrayRef().end());
    else
      return false;
    return true;
  }
  auto list = mlir::dyn_cast<mlir::ArrayAttr>(attr);
  if (!list || depth > 4)
    return false;
  for (mlir::Attribute entry : list)
    if (!flatten(entry, out, depth + 1))
      return false;
  return true;
}

llvm::ArrayRef<int64_t> MlirAttrs::keep(std::vector<int64_t> values) const {
  return ints.emplace_back(std::move(values));
}

StringRef MlirAttrs::keep(std::string text) const { return texts.emplace_back(std::move(text)); }

/// Lists of strings and of floats; false for other lists.
static bool convertList(mlir::ArrayAttr list, AttrValue &value) {
  if (list.empty())
    return false;
  bool strings = llvm::all_of(list, llvm::IsaPred<mlir::StringAttr>);
  if (!strings && !llvm::all_of(list, llvm::IsaPred<mlir::FloatAttr>))
    return false;
  value.kind = strings ? AttrValue::Strings : AttrValue::Floats;
  for (mlir::Attribute entry : list)
    if (strings)
      value.strings.push_back(mlir::cast<mlir::StringAttr>(entry).getValue());
    else
      value.floats.push_back(mlir::cast<mlir::FloatAttr>(entry).getValueAsDouble());
  return true;
}

AttrValue MlirAttrs::convert(mlir::Attribute attr) const {
  AttrValue value;
  std::vector<int64_t> list;
  if (auto i = mlir::dyn_cast<mlir::IntegerAttr>(attr)) {
    value.i = intOf(i);
  } else if (auto f = mlir::dyn_cast<mlir::FloatAttr>(attr)) {
    value.kind = AttrValue::Float;
    value.f = f.getValueAsDouble();
  } else if (auto s = mlir::dyn_cast<mlir::StringAttr>(attr)) {
    value.kind = AttrValue::String;
    value.s = s.getValue();
  } else if (mlir::isa<mlir::UnitAttr>(attr)) {
    value.i = 1;
  } else if (auto type = mlir::dyn_cast<mlir::TypeAttr>(attr)) {
    value.kind = AttrValue::Type;
    value.tensor = typeFacts(type.getValue()).info();
  } else if (auto opaque = mlir::dyn_cast<mlir::OpaqueAttr>(attr)) {
    value.kind = AttrValue::String;
    value.s = opaque.getAttrData();
  } else if (flatten(attr, list)) {
    value.kind = AttrValue::Ints;
    value.ints = keep(std::move(list));
  } else if (auto array = mlir::dyn_cast<mlir::ArrayAttr>(attr);
             array && convertList(array, value)) {
    return value;
  } else if (auto elements = mlir::dyn_cast<mlir::ElementsAttr>(attr)) {
    value.kind = AttrValue::Tensor;
    value.tensor = typeFacts(elements.getShapedType()).info();
    value.tensor.data = constantData(attr);
    value.tensor.isParameter = true;
  } else {
    std::string text;
    llvm::raw_string_ostream os(text);
    attr.print(os);
    value.kind = AttrValue::String;
    value.s = keep(std::move(text));
  }
  return value;
}

/// torch-mlir prefixes the attributes of the ONNX node that it wraps.
std::optional<AttrValue> MlirAttrs::find(StringRef name) const {
  if (mlir::Attribute attr = op->getAttr(name))
    return convert(attr);
  if (mlir::Attribute attr = op->getAttr(("torch.onnx." + name).str()))
    return convert(attr);
  return std::nullopt;
}

std::shared_ptr<const TensorData> energyopt::constantData(mlir::Attribute value) {
  TensorData data;
  if (!value)
    return nullptr;
  if (auto i = mlir::dyn_cast<mlir::IntegerAttr>(value)) {
    data.push_back(Scalar(Expr(intOf(i))));
  } else if (auto f = mlir::dyn_cast<mlir::FloatAttr>(value)) {
    data.push_back(Scalar(f.getValueAsDouble()));
  } else if (auto dense = mlir::dyn_cast<mlir::DenseElementsAttr>(value)) {
    if (dense.getNumElements() > kMaxEvaluatedElements)
      return nullptr;
    if (mlir::isa<mlir::IntegerType>(dense.getElementType()) || dense.getElementType().isIndex())
      for (const llvm::APInt &element : dense.getValues<llvm::APInt>())
        data.push_back(Scalar(Expr(intOf(element))));
    else if (mlir::isa<mlir::FloatType>(dense.getElementType()))
      for (const llvm::APFloat &element : dense.getValues<llvm::APFloat>()) {
        llvm::APFloat copy = element;
        bool lossy;
        copy.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lossy);
        data.push_back(Scalar(copy.convertToDouble()));
      }
    else
      return nullptr;
  } else {
    return nullptr;
  }
  return std::make_shared<const TensorData>(std::move(data));
}
