//===- ThinDialects.cpp - Dialects read without their definitions ---------===//

#include "Dialect/ThinDialects.h"

#include "Dialect/PrettyForm.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"

using namespace energyopt;
using llvm::StringLiteral;
using llvm::StringRef;

static constexpr StringLiteral kNames[] = {
    "stablehlo", "chlo",  "mhlo",       "torch",       "torch_c",
    "tm_tensor", "check", "util",       "interpreter", "hlo_test_broadcast",
    "hlo_test_infer",     "hlo_test_speculatability",
};

llvm::ArrayRef<StringLiteral> energyopt::thinDialectNames() { return kNames; }

namespace energyopt::detail {
class ThinDialect : public mlir::Dialect {
public:
  ThinDialect(StringRef name, mlir::MLIRContext *context, mlir::TypeID id)
      : Dialect(name, context, id) {
    allowUnknownOperations();
    allowUnknownTypes();
  }

  mlir::Type parseType(mlir::DialectAsmParser &parser) const override {
    return mlir::OpaqueType::get(mlir::StringAttr::get(getContext(), getNamespace()),
                                 parser.getFullSymbolSpec());
  }
  mlir::Attribute parseAttribute(mlir::DialectAsmParser &parser, mlir::Type type) const override {
    return mlir::OpaqueAttr::get(mlir::StringAttr::get(getContext(), getNamespace()),
                                 parser.getFullSymbolSpec(),
                                 type ? type : mlir::NoneType::get(getContext()));
  }
  std::optional<ParseOpHook> getParseOperationHook(StringRef) const override {
    return ParseOpHook(parsePrettyForm);
  }
};

/// A class, and so an identity, for each namespace.
template <size_t I> class Thin : public ThinDialect {
public:
  explicit Thin(mlir::MLIRContext *context)
      : ThinDialect(kNames[I], context, mlir::TypeID::get<Thin<I>>()) {}
  static StringRef getDialectNamespace() { return kNames[I]; }
};
} // namespace energyopt::detail

template <size_t I> static void registerOne(mlir::DialectRegistry &registry) {
  if (!registry.getDialectAllocator(kNames[I]))
    registry.insert<energyopt::detail::Thin<I>>();
}

template <size_t... I>
static void registerAll(mlir::DialectRegistry &registry, std::index_sequence<I...>) {
  (registerOne<I>(registry), ...);
}

void energyopt::registerThinDialects(mlir::DialectRegistry &registry) {
  registerAll(registry, std::make_index_sequence<std::size(kNames)>());
}
