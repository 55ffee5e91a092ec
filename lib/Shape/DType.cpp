//===- DType.cpp - Names and widths of element types ----------------------===//

#include "energy-opt/DType.h"

using namespace energyopt;
using llvm::StringRef;

namespace {
enum class Kind : uint8_t { Other, Float, Integer, Complex };
struct TypeFacts {
  const char *name;     // numpy's and ml_dtypes' spelling
  const char *onnxName; // where ONNX differs
  unsigned bits;
  Kind kind;
};
} // namespace

/// Indexed by DType.
static constexpr TypeFacts kTypes[kLastDType + 1] = {
    {"undefined", "", 0, Kind::Other},      {"float32", "float", 32, Kind::Float},
    {"uint8", "", 8, Kind::Integer},        {"int8", "", 8, Kind::Integer},
    {"uint16", "", 16, Kind::Integer},      {"int16", "", 16, Kind::Integer},
    {"int32", "", 32, Kind::Integer},       {"int64", "", 64, Kind::Integer},
    {"string", "", 0, Kind::Other},         {"bool", "", 8, Kind::Other},
    {"float16", "", 16, Kind::Float},       {"float64", "double", 64, Kind::Float},
    {"uint32", "", 32, Kind::Integer},      {"uint64", "", 64, Kind::Integer},
    {"complex64", "", 64, Kind::Complex},   {"complex128", "", 128, Kind::Complex},
    {"bfloat16", "", 16, Kind::Float},      {"float8e4m3fn", "", 8, Kind::Float},
    {"float8e4m3fnuz", "", 8, Kind::Float}, {"float8e5m2", "", 8, Kind::Float},
    {"float8e5m2fnuz", "", 8, Kind::Float}, {"uint4", "", 4, Kind::Integer},
    {"int4", "", 4, Kind::Integer},         {"float4e2m1", "", 4, Kind::Float},
    {"float8e8m0", "", 8, Kind::Float},     {"uint2", "", 2, Kind::Integer},
    {"int2", "", 2, Kind::Integer},
};

static const TypeFacts &facts(DType type) {
  auto index = static_cast<size_t>(type);
  return kTypes[index <= kLastDType ? index : 0];
}

unsigned energyopt::bitWidth(DType type) { return facts(type).bits; }
StringRef energyopt::name(DType type) { return facts(type).name; }
bool energyopt::isFloat(DType type) { return facts(type).kind == Kind::Float; }
bool energyopt::isInteger(DType type) { return facts(type).kind == Kind::Integer; }
bool energyopt::isComplex(DType type) { return facts(type).kind == Kind::Complex; }

std::optional<DType> energyopt::parseDType(StringRef name) {
  if (name.consume_front("tensor(") && !name.consume_back(")"))
    return std::nullopt;
  // The first entry is no type that anyone may name.
  for (int i = 1; i <= kLastDType; ++i)
    if (name == kTypes[i].name || (*kTypes[i].onnxName && name == kTypes[i].onnxName))
      return static_cast<DType>(i);
  return std::nullopt;
}

Expr energyopt::bytesOf(DType type, const Expr &elements) {
  if (type == DType::String)
    return elements * kStringBytes;
  unsigned bits = bitWidth(type);
  if (bits % 8 == 0)
    return elements * (bits / 8);
  return elements.ceilDiv(8 / bits);
}
