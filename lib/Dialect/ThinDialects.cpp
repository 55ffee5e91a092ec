//===- ThinDialects.cpp - Dialects read without their definitions ---------===//

#include "Dialect/PrettyForm.h"
#include "energy-opt/Register.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::StringLiteral;
using llvm::StringRef;

static constexpr StringLiteral kNames[] = {
    "stablehlo",      "chlo",
    "mhlo",           "torch",
    "torch_c",        "tm_tensor",
    "check",          "util",
    "interpreter",    "hlo_test_broadcast",
    "hlo_test_infer", "hlo_test_speculatability",
};

llvm::ArrayRef<StringLiteral> energyopt::thinDialectNames() { return kNames; }

/// Types are compared by their text: `vtensor<[4], f32>` is `vtensor<[4],f32>`.
/// Spaces stay where they separate words, and in strings.
static std::string canonicalText(StringRef text) {
  std::string kept;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"')
      quoted = !quoted;
    if (llvm::isSpace(c) && !quoted) {
      StringRef rest = text.drop_front(i).ltrim();
      bool separates = !kept.empty() && llvm::isAlnum(kept.back()) && !rest.empty() &&
                       llvm::isAlnum(rest.front()) && llvm::isSpace(text[i]) &&
                       !llvm::isSpace(text[i + 1]);
      if (!separates)
        continue;
      c = ' ';
    }
    kept += c;
  }
  return kept;
}

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
                                 canonicalText(parser.getFullSymbolSpec()));
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
