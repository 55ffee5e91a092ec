//===- WeightDecoder.h - Bytes of tensors as numbers ------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_WEIGHTDECODER_H
#define ENERGY_OPT_LIB_IMPORT_WEIGHTDECODER_H

#include "energy-opt/DType.h"

#include "llvm/Support/Error.h"

#include <vector>

namespace energyopt {

/// The little-endian elements of a TensorProto that has them in typed fields,
/// as they would be in raw_data. The values must be as many as the elements.
llvm::Expected<std::vector<uint8_t>> unpackTyped(llvm::StringRef tensor, DType type,
                                                 uint64_t elements);

/// Elements as numbers of type Out (float, double, int64_t), as many as `out` has
/// room for; any alignment. Floats are not read as integers; strings and complex
/// numbers are not read. Out of range of int64_t is an error, rounding to float is not.
template <typename Out>
llvm::Error decodeRaw(llvm::ArrayRef<uint8_t> raw, DType type, llvm::MutableArrayRef<Out> out);

/// A small float format: sign, exponent, mantissa, from the top bit down.
struct MiniFloat {
  enum Special : uint8_t {
    Ieee,    // greatest exponent: infinities and NaN
    MaxNan,  // all ones: NaN; no infinities
    ZeroNan, // minus zero: NaN; no infinities
    Finite,  // neither
  };
  unsigned exponentBits, mantissaBits;
  int bias;
  Special special;
};
/// value = (-1)^s * 2^(e - bias) * (1 + m / 2^M), subnormal where e = 0.
float decodeMiniFloat(uint32_t bits, const MiniFloat &format);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_WEIGHTDECODER_H
