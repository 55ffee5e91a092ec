//===- TypeInfo.cpp - MLIR types as plain data ----------------------------===//

#include "Mlir/TypeInfo.h"

#include "Mlir/TypeText.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/Dialect/Quant/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace energyopt;
using llvm::StringRef;

static DType integerOfWidth(unsigned bits, bool isUnsigned) {
  if (bits == 1)
    return DType::Bool;
  if (bits <= 2)
    return isUnsigned ? DType::U2 : DType::I2;
  if (bits <= 4)
    return isUnsigned ? DType::U4 : DType::I4;
  if (bits <= 8)
    return isUnsigned ? DType::U8 : DType::I8;
  if (bits <= 16)
    return isUnsigned ? DType::U16 : DType::I16;
  if (bits <= 32)
    return isUnsigned ? DType::U32 : DType::I32;
  return isUnsigned ? DType::U64 : DType::I64;
}

static DType floatOfWidth(unsigned bits) {
  if (bits <= 8)
    return DType::F8E4M3FN; // the E4M3, E3M4 and B11 variants
  return bits <= 16 ? DType::F16 : bits <= 32 ? DType::F32 : DType::F64;
}

DType energyopt::scalarType(mlir::Type type) {
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(type))
    return integerOfWidth(integer.getWidth(), integer.isUnsigned());
  if (type.isIndex())
    return DType::I64;
  if (auto complex = mlir::dyn_cast<mlir::ComplexType>(type))
    return bitWidth(scalarType(complex.getElementType())) > 32 ? DType::C128 : DType::C64;
  DType known = dtypeOf(type);
  if (known != DType::Undefined)
    return known;
  if (auto floating = mlir::dyn_cast<mlir::FloatType>(type))
    return floatOfWidth(floating.getWidth());
  if (auto quantized = mlir::dyn_cast<mlir::quant::QuantizedType>(type))
    return integerOfWidth(quantized.getStorageTypeIntegralWidth(), !quantized.isSigned());
  if (auto shaped = mlir::dyn_cast<mlir::ShapedType>(type))
    return scalarType(shaped.getElementType());
  if (auto opaque = mlir::dyn_cast<mlir::OpaqueType>(type))
    return factsOfText(opaque.getDialectNamespace(), opaque.getTypeData()).dtype;
  return DType::Undefined;
}

bool energyopt::isRegisterType(mlir::Type type) {
  if (auto vector = mlir::dyn_cast<mlir::VectorType>(type))
    return isRegisterType(vector.getElementType());
  return type.isIntOrIndexOrFloat() || mlir::isa<mlir::ComplexType>(type);
}

bool energyopt::isIndexLike(mlir::Type type) {
  if (auto vector = mlir::dyn_cast<mlir::VectorType>(type))
    return vector.getElementType().isIndex();
  return type.isIndex();
}

/// Names of dynamic dims: the importer's encoding `["batch", ""]`.
static void readDimNames(mlir::RankedTensorType type, TypeFacts &facts) {
  auto names = mlir::dyn_cast_or_null<mlir::ArrayAttr>(type.getEncoding());
  if (!names)
    return;
  for (mlir::Attribute entry : names) {
    auto name = mlir::dyn_cast<mlir::StringAttr>(entry);
    facts.dimNames.push_back(name ? name.getValue() : StringRef());
  }
}

TypeFacts energyopt::typeFacts(mlir::Type type) {
  TypeFacts facts;
  if (auto opaque = mlir::dyn_cast<mlir::OpaqueType>(type))
    return factsOfText(opaque.getDialectNamespace(), opaque.getTypeData());
  facts.dtype = scalarType(type);
  auto shaped = mlir::dyn_cast<mlir::ShapedType>(type);
  if (!shaped) {
    if (facts.dtype == DType::Undefined)
      return facts;
    facts.kind = ValueKind::Tensor;
    facts.dims.emplace();
    return facts;
  }
  facts.kind = ValueKind::Tensor;
  if (!shaped.hasRank())
    return facts;
  facts.dims.emplace();
  for (int64_t dim : shaped.getShape())
    facts.dims->push_back(mlir::ShapedType::isDynamic(dim) ? std::nullopt
                                                           : std::optional<int64_t>(dim));
  if (auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type))
    readDimNames(tensor, facts);
  // memref<8xvector<4xf32>>
  if (auto inner = mlir::dyn_cast<mlir::VectorType>(shaped.getElementType()))
    facts.dims->append(inner.getShape().begin(), inner.getShape().end());
  return facts;
}

bool TypeFacts::isStatic() const {
  return dims && llvm::all_of(*dims, [](const auto &dim) { return dim.has_value(); });
}

ValueInfo TypeFacts::info() const {
  ValueInfo info;
  info.kind = kind;
  info.dtype = dtype;
  if (kind != ValueKind::Tensor || !isStatic())
    return info;
  info.shape.emplace();
  for (const auto &dim : *dims)
    info.shape->push_back(Expr(*dim));
  return info;
}
