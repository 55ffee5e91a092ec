//===- OnnxTypes.cpp - Element types --------------------------------------===//

#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace energyopt {

static mlir::Type opaque(mlir::MLIRContext *context, llvm::StringRef text) {
  return mlir::OpaqueType::get(mlir::StringAttr::get(context, OnnxDialect::getDialectNamespace()),
                               text);
}

static mlir::Type integer(mlir::MLIRContext *context, unsigned bits, bool isSigned = true) {
  return mlir::IntegerType::get(
      context, bits, isSigned ? mlir::IntegerType::Signless : mlir::IntegerType::Unsigned);
}

mlir::Type elementType(DType type, mlir::MLIRContext *c) {
  switch (type) {
  case DType::Undefined:
    return {};
  case DType::F32:
    return mlir::Float32Type::get(c);
  case DType::U8:
    return integer(c, 8, false);
  case DType::I8:
    return integer(c, 8);
  case DType::U16:
    return integer(c, 16, false);
  case DType::I16:
    return integer(c, 16);
  case DType::I32:
    return integer(c, 32);
  case DType::I64:
    return integer(c, 64);
  case DType::String:
    return opaque(c, "string");
  case DType::Bool:
    return integer(c, 1);
  case DType::F16:
    return mlir::Float16Type::get(c);
  case DType::F64:
    return mlir::Float64Type::get(c);
  case DType::U32:
    return integer(c, 32, false);
  case DType::U64:
    return integer(c, 64, false);
  case DType::C64:
    return mlir::ComplexType::get(mlir::Float32Type::get(c));
  case DType::C128:
    return mlir::ComplexType::get(mlir::Float64Type::get(c));
  case DType::BF16:
    return mlir::BFloat16Type::get(c);
  case DType::F8E4M3FN:
    return mlir::Float8E4M3FNType::get(c);
  case DType::F8E4M3FNUZ:
    return mlir::Float8E4M3FNUZType::get(c);
  case DType::F8E5M2:
    return mlir::Float8E5M2Type::get(c);
  case DType::F8E5M2FNUZ:
    return mlir::Float8E5M2FNUZType::get(c);
  case DType::U4:
    return integer(c, 4, false);
  case DType::I4:
    return integer(c, 4);
  case DType::F4E2M1:
    return opaque(c, "f4e2m1");
  case DType::F8E8M0:
    return opaque(c, "f8e8m0");
  case DType::U2:
    return integer(c, 2, false);
  case DType::I2:
    return integer(c, 2);
  }
  return {};
}

DType dtypeOf(mlir::Type element) {
  // The few types of each width make a search over elementType's own answers
  // affordable, and keep the mapping in one place.
  auto is = [&](DType type) { return elementType(type, element.getContext()) == element; };
  for (DType most : {DType::F32, DType::I64})
    if (is(most))
      return most;
  for (int i = 1; i <= kLastDType; ++i)
    if (is(static_cast<DType>(i)))
      return static_cast<DType>(i);
  return DType::Undefined;
}

mlir::Type undeclaredType(mlir::MLIRContext *context) { return opaque(context, "value"); }

bool isUndeclared(mlir::Type type) {
  auto opaqueType = llvm::dyn_cast<mlir::OpaqueType>(type);
  return opaqueType && opaqueType.getTypeData() == "value";
}

mlir::Type opaqueType(mlir::MLIRContext *context, llvm::StringRef domain, llvm::StringRef name) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "opaque<\"";
  llvm::printEscapedString(domain, os);
  os << "\", \"";
  llvm::printEscapedString(name, os);
  os << "\">";
  return opaque(context, text);
}

/// The text of a string literal as printEscapedString writes it ("\\" and two hex
/// digits); takes it off `text`, quotes included.
static std::string takeQuoted(llvm::StringRef &text) {
  std::string out;
  text = text.drop_front(text.find('"')).drop_front();
  while (!text.empty() && text.front() != '"') {
    uint8_t code = 0;
    if (text.front() != '\\' || text.substr(1, 2).getAsInteger(16, code)) {
      bool escaped = text.starts_with("\\\\");
      out += text.front();
      text = text.drop_front(escaped ? 2 : 1);
      continue;
    }
    out += static_cast<char>(code);
    text = text.drop_front(3);
  }
  text = text.drop_front();
  return out;
}

std::pair<std::string, std::string> opaqueParts(mlir::OpaqueType type) {
  llvm::StringRef text = type.getTypeData();
  if (text.count('"') < 4 || !text.consume_front("opaque<"))
    return {};
  std::string domain = takeQuoted(text);
  return {std::move(domain), takeQuoted(text)};
}

} // namespace energyopt
