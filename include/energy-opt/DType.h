//===- DType.h - Element types --------------------------------*- C++ -*-===//
//
// Element types of tensors, with the numbers of onnx.TensorProto.DataType
// (IR version 13), which libonnx 1.12's header knows only up to 16.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_DTYPE_H
#define ENERGY_OPT_DTYPE_H

#include "energy-opt/Expr.h"

namespace energyopt {

enum class DType : uint8_t {
  Undefined = 0,
  F32 = 1,
  U8 = 2,
  I8 = 3,
  U16 = 4,
  I16 = 5,
  I32 = 6,
  I64 = 7,
  String = 8,
  Bool = 9,
  F16 = 10,
  F64 = 11,
  U32 = 12,
  U64 = 13,
  C64 = 14,  // complex of two f32
  C128 = 15, // complex of two f64
  BF16 = 16,
  F8E4M3FN = 17,
  F8E4M3FNUZ = 18,
  F8E5M2 = 19,
  F8E5M2FNUZ = 20,
  U4 = 21,
  I4 = 22,
  F4E2M1 = 23,
  F8E8M0 = 24,
  U2 = 25,
  I2 = 26,
};
constexpr int kLastDType = 26;

/// Width of one element in bits; 0 for String and Undefined. Elements narrower
/// than a byte are packed, the last byte padded.
unsigned bitWidth(DType type);
/// Name as in numpy and in the JSON report: "float32", "int8", "bool".
llvm::StringRef name(DType type);
bool isFloat(DType type);   // f64 … f4, not complex
bool isInteger(DType type); // signed and unsigned, not bool
bool isComplex(DType type);
/// Inverse of name(); also takes ONNX's spellings ("float", "tensor(float)").
std::optional<DType> parseDType(llvm::StringRef name);

/// Bytes that `elements` packed elements take: ceil(elements * bits / 8). A
/// string counts as kStringBytes, since its length is not part of its type.
Expr bytesOf(DType type, const Expr &elements);
constexpr int64_t kStringBytes = 16;

} // namespace energyopt

#endif // ENERGY_OPT_DTYPE_H
