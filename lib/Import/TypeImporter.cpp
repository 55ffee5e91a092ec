//===- TypeImporter.cpp - TypeProto to MLIR types -------------------------===//

#include "Import/TypeImporter.h"

#include "Import/ImportError.h"
#include "Import/ProtoView.h"
#include "Import/WireReader.h"
#include "energy-opt/Limits.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace energyopt {

TypeImporter::TypeImporter(mlir::MLIRContext *context) : context(context) {
  elements[0] = undeclaredType(context);
  for (int i = 1; i <= kLastDType; ++i)
    elements[i] = elementType(static_cast<DType>(i), context);
}

static llvm::Error malformed() {
  return importError("its type is malformed", "the file is damaged: export it again");
}

llvm::Expected<DType> TypeImporter::dtype(int64_t number) const {
  if (number > 0 && number <= kLastDType)
    return static_cast<DType>(number);
  return importError("element type " + llvm::Twine(number) + " is not one of ONNX's (1 to " +
                         llvm::Twine(kLastDType) + ")",
                     "the file is damaged, or newer than IR version 13");
}

llvm::Expected<mlir::Type> TypeImporter::read(llvm::StringRef message) {
  if (mlir::Type type = known.lookup(message))
    return type;
  llvm::Expected<mlir::Type> type = read(message, 0);
  if (type)
    known[message] = *type;
  return type;
}

llvm::Expected<mlir::Type> TypeImporter::read(llvm::StringRef message, unsigned depth) {
  if (depth > kMaxTypeNesting)
    return importError("its type nests deeper than " + llvm::Twine(kMaxTypeNesting) + " levels",
                       "no op takes such a type; export the model again");
  // The last member of the oneof wins, as in protobuf.
  uint32_t kind = 0;
  llvm::StringRef body;
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    switch (f.number) {
    case kTensor:
    case kSequence:
    case kMap:
    case kOpaque:
    case kSparse:
    case kOptional:
      if (f.type != WireField::Bytes)
        return malformed();
      kind = f.number;
      body = f.bytes;
      break;
    default:
      break; // denotation
    }
  if (reader.problem())
    return malformed();
  switch (kind) {
  case kTensor:
    return readTensor(body);
  case kOpaque:
    return readOpaque(body);
  case kSequence:
  case kMap:
  case kOptional:
    return readHolder(body, kind, depth);
  case kSparse: {
    llvm::Expected<mlir::Type> dense = readTensor(body);
    if (!dense)
      return dense.takeError();
    return ContainerType::get(ContainerType::Sparse, *dense);
  }
  default:
    return undeclared();
  }
}

llvm::Expected<mlir::Type> TypeImporter::readTensor(llvm::StringRef message) {
  int64_t number = 0;
  std::optional<llvm::StringRef> shape;
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    if (f.number == 1 && f.type == WireField::Varint)
      number = f.asInt();
    else if (f.number == 2 && f.type == WireField::Bytes)
      shape = f.bytes;
  if (reader.problem())
    return malformed();
  if (number == 0) // UNDEFINED: as good as not declared
    return undeclared();
  llvm::Expected<DType> type = dtype(number);
  if (!type)
    return type.takeError();
  if (!shape)
    return mlir::UnrankedTensorType::get(element(*type));
  return readShaped(*shape, element(*type));
}

llvm::Error TypeImporter::readDim(llvm::StringRef message, int64_t &size, llvm::StringRef &symbol) {
  size = mlir::ShapedType::kDynamic;
  symbol = {};
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    if (f.number == 1 && f.type == WireField::Varint) {
      size = f.asInt();
      symbol = {};
      if (size < -1)
        return importError("its type has the negative dimension " + llvm::Twine(size),
                           "give an unknown dimension a name (dim_param), or no value");
      // Not ONNX, but what many exporters write for an unknown dimension.
      if (size == -1)
        size = mlir::ShapedType::kDynamic;
    } else if (f.number == 2 && f.type == WireField::Bytes) {
      size = mlir::ShapedType::kDynamic;
      symbol = f.bytes;
    }
  return reader.problem() ? malformed() : llvm::Error::success();
}

llvm::Expected<mlir::Type> TypeImporter::readShaped(llvm::StringRef shape, mlir::Type element) {
  llvm::SmallVector<int64_t, 6> dims;
  llvm::SmallVector<llvm::StringRef, 6> names;
  bool anyName = false;
  WireReader reader(shape);
  for (WireField f; reader.next(f);) {
    if (f.number != 1 || f.type != WireField::Bytes)
      continue;
    if (dims.size() == limitOf(Limit::Dims))
      return importError("its type has more than " + llvm::Twine(limitOf(Limit::Dims)) +
                             " dimensions",
                         howToRaise(Limit::Dims));
    if (llvm::Error error = readDim(f.bytes, dims.emplace_back(), names.emplace_back()))
      return error;
    anyName |= !names.back().empty();
  }
  if (reader.problem())
    return malformed();
  mlir::Attribute encoding;
  if (anyName) {
    llvm::SmallVector<mlir::Attribute, 6> attrs;
    for (llvm::StringRef name : names)
      attrs.push_back(mlir::StringAttr::get(context, name));
    encoding = mlir::ArrayAttr::get(context, attrs);
  }
  return mlir::RankedTensorType::get(dims, element, encoding);
}

/// Sequence and Optional { elem_type = 1 }, Map { key_type = 1, value_type = 2
/// }.
llvm::Expected<mlir::Type> TypeImporter::readHolder(llvm::StringRef message, uint32_t field,
                                                    unsigned depth) {
  mlir::Type element = undeclared(), key;
  uint32_t elementField = field == kMap ? 2 : 1;
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    if (f.number == elementField && f.type == WireField::Bytes) {
      llvm::Expected<mlir::Type> inner = read(f.bytes, depth + 1);
      if (!inner)
        return inner.takeError();
      element = *inner;
    } else if (field == kMap && f.number == 1 && f.type == WireField::Varint) {
      llvm::Expected<DType> type = dtype(f.asInt());
      if (!type)
        return type.takeError();
      key = this->element(*type);
    }
  if (reader.problem() || (field == kMap && !key))
    return malformed();
  auto kind = field == kMap        ? ContainerType::Map
              : field == kSequence ? ContainerType::Sequence
                                   : ContainerType::Optional;
  return ContainerType::get(kind, element, key);
}

mlir::Type TypeImporter::readOpaque(llvm::StringRef message) {
  llvm::StringRef domain, name;
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    if (f.type == WireField::Bytes)
      (f.number == 1 ? domain : name) = f.bytes;
  return opaqueType(context, domain, name);
}

} // namespace energyopt
