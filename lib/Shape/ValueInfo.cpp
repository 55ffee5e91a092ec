//===- ValueInfo.cpp - Scalars, sizes and printing of values --------------===//

#include "energy-opt/ValueInfo.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace energyopt;

std::optional<Expr> Scalar::asInt() const {
  if (const Expr *e = std::get_if<Expr>(&v))
    return *e;
  const double *f = std::get_if<double>(&v);
  // Doubles below 2^63 in magnitude convert exactly; NaN fails the comparison.
  constexpr double kLimit = 9223372036854775808.0;
  if (f && std::fabs(*f) < kLimit && std::trunc(*f) == *f)
    return Expr(static_cast<int64_t>(*f));
  return std::nullopt;
}

std::optional<double> Scalar::asFloat() const {
  if (const double *f = std::get_if<double>(&v))
    return *f;
  if (const Expr *e = std::get_if<Expr>(&v))
    if (auto c = e->constant())
      return static_cast<double>(*c);
  return std::nullopt;
}

const Expr &ValueInfo::noDim() {
  static const Expr none = Expr::overflow();
  return none;
}

std::optional<Expr> ValueInfo::bytes() const {
  switch (kind) {
  case ValueKind::None:
    return Expr(0);
  case ValueKind::Tensor:
  case ValueKind::SparseTensor:
  case ValueKind::Map:
    if (!shape)
      return std::nullopt;
    return bytesOf(dtype, elements());
  case ValueKind::Sequence:
    if (!element || !length)
      return std::nullopt;
    if (auto each = element->bytes())
      return *each * *length;
    return std::nullopt;
  case ValueKind::Optional:
    return element ? element->bytes() : std::nullopt;
  }
  return std::nullopt;
}

static std::string printShape(const std::optional<Shape> &shape) {
  if (!shape)
    return "[?]";
  std::string text = "[";
  llvm::ListSeparator comma(",");
  for (const Expr &dim : *shape)
    text += (llvm::StringRef(comma) + dim.str()).str();
  return text + "]";
}

std::string ValueInfo::str() const {
  std::string inner = element ? element->str() : "?";
  switch (kind) {
  case ValueKind::Tensor:
    return name(dtype).str() + printShape(shape);
  case ValueKind::SparseTensor:
    return "sparse " + name(dtype).str() + printShape(shape);
  case ValueKind::Sequence:
    return "sequence(" + inner + ")" + (length ? "[" + length->str() + "]" : "");
  case ValueKind::Optional:
    return "optional(" + inner + ")";
  case ValueKind::Map:
    return "map(" + name(keyType).str() + " to " + name(dtype).str() + printShape(shape) + ")";
  case ValueKind::None:
    return "none";
  }
  return "none";
}
