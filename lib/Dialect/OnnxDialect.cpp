//===- OnnxDialect.cpp - Registration and text of types -------------------===//

#include "energy-opt/OnnxDialect.h"

#include "Dialect/OnnxEffects.h"
#include "Dialect/PrettyForm.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

MLIR_DEFINE_EXPLICIT_TYPE_ID(energyopt::OnnxDialect)
MLIR_DEFINE_EXPLICIT_TYPE_ID(energyopt::ContainerType)

namespace energyopt {

namespace detail {
struct ContainerTypeStorage : public mlir::TypeStorage {
  using KeyTy = std::tuple<uint8_t, mlir::Type, mlir::Type>;
  explicit ContainerTypeStorage(const KeyTy &key) : key(key) {}
  bool operator==(const KeyTy &other) const { return key == other; }
  static ContainerTypeStorage *construct(mlir::TypeStorageAllocator &allocator, const KeyTy &key) {
    return new (allocator.allocate<ContainerTypeStorage>()) ContainerTypeStorage(key);
  }
  KeyTy key;
};
} // namespace detail

ContainerType ContainerType::get(Kind kind, mlir::Type element, mlir::Type key) {
  return Base::get(element.getContext(), static_cast<uint8_t>(kind), element, key);
}
ContainerType::Kind ContainerType::getKind() const {
  return static_cast<Kind>(std::get<0>(getImpl()->key));
}
mlir::Type ContainerType::getElement() const { return std::get<1>(getImpl()->key); }
mlir::Type ContainerType::getKey() const { return std::get<2>(getImpl()->key); }

OnnxDialect::OnnxDialect(mlir::MLIRContext *context)
    : Dialect(getDialectNamespace(), context, mlir::TypeID::get<OnnxDialect>()) {
  allowUnknownOperations();
  allowUnknownTypes();
  addTypes<ContainerType>();
  auto effects = makeEffectsFallback();
  addInterfaceFallback(effects.interface, effects.model.get(), effects.model);
}
OnnxDialect::~OnnxDialect() = default;

void OnnxDialect::addInterfaceFallback(mlir::TypeID interface, void *model,
                                       std::shared_ptr<void> owner) {
  fallbacks[interface] = {model, std::move(owner)};
}

void *OnnxDialect::getRegisteredInterfaceForOp(mlir::TypeID interface, mlir::OperationName op) {
  auto it = fallbacks.find(interface);
  return it == fallbacks.end() ? nullptr : it->second.first;
}

/// Keywords of the four containers, in the order of ContainerType::Kind.
static constexpr llvm::StringLiteral kContainers[] = {"seq", "optional", "map", "sparse"};

static mlir::Type parseContainer(mlir::DialectAsmParser &parser, ContainerType::Kind kind) {
  mlir::Type key, element;
  if (parser.parseLess())
    return {};
  if (kind == ContainerType::Map && (parser.parseType(key) || parser.parseComma()))
    return {};
  if (parser.parseType(element) || parser.parseGreater())
    return {};
  return ContainerType::get(kind, element, key);
}

mlir::Type OnnxDialect::parseType(mlir::DialectAsmParser &parser) const {
  llvm::StringRef keyword;
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword))
    return {};
  for (unsigned kind = 0; kind < std::size(kContainers); ++kind)
    if (keyword == kContainers[kind])
      return parseContainer(parser, static_cast<ContainerType::Kind>(kind));

  if (keyword == "opaque") {
    std::string domain, type;
    if (parser.parseLess() || parser.parseString(&domain) || parser.parseComma() ||
        parser.parseString(&type) || parser.parseGreater())
      return {};
    return opaqueType(getContext(), domain, type);
  }
  // onnx-mlir's types begin with a capital; they stay text.
  bool known = llvm::StringSwitch<bool>(keyword)
                   .Cases("value", "string", "f4e2m1", "f8e8m0", true)
                   .Default(llvm::isUpper(keyword.front()));
  if (!known) {
    parser.emitError(loc) << "unknown onnx type '" << keyword << "'";
    return {};
  }
  return mlir::OpaqueType::get(mlir::StringAttr::get(getContext(), getNamespace()),
                               parser.getFullSymbolSpec());
}

mlir::Attribute OnnxDialect::parseAttribute(mlir::DialectAsmParser &parser, mlir::Type type) const {
  return mlir::OpaqueAttr::get(mlir::StringAttr::get(getContext(), getNamespace()),
                               parser.getFullSymbolSpec(),
                               type ? type : mlir::NoneType::get(getContext()));
}

std::optional<mlir::Dialect::ParseOpHook>
OnnxDialect::getParseOperationHook(llvm::StringRef) const {
  return ParseOpHook(parsePrettyForm);
}

void OnnxDialect::printType(mlir::Type type, mlir::DialectAsmPrinter &printer) const {
  auto container = llvm::cast<ContainerType>(type);
  printer << kContainers[container.getKind()] << '<';
  if (container.getKind() == ContainerType::Map)
    printer << container.getKey() << ", ";
  printer << container.getElement() << '>';
}

} // namespace energyopt
