//===- WeightDecoder.cpp - Bytes of tensors as numbers --------------------===//

#include "Import/WeightDecoder.h"

#include "Import/ImportError.h"
#include "Import/WireReader.h"

#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <cstring>

namespace energyopt {

float decodeMiniFloat(uint32_t bits, const MiniFloat &f) {
  uint32_t mantissa = bits & ((1u << f.mantissaBits) - 1);
  uint32_t exponent = (bits >> f.mantissaBits) & ((1u << f.exponentBits) - 1);
  bool negative = (bits >> (f.mantissaBits + f.exponentBits)) & 1;
  bool top = exponent == (1u << f.exponentBits) - 1;
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  float value;
  if (f.special == MiniFloat::Ieee && top)
    value = mantissa ? kNan : std::numeric_limits<float>::infinity();
  else if (f.special == MiniFloat::MaxNan && top && mantissa == (1u << f.mantissaBits) - 1)
    value = kNan;
  else if (f.special == MiniFloat::ZeroNan && negative && !exponent && !mantissa)
    value = kNan;
  else if (exponent == 0)
    value = std::ldexp(static_cast<float>(mantissa), 1 - f.bias - int(f.mantissaBits));
  else
    value = std::ldexp(static_cast<float>(mantissa + (1u << f.mantissaBits)),
                       int(exponent) - f.bias - int(f.mantissaBits));
  return negative ? -value : value;
}

/// ONNX documentation, "Float stored in 8 bits" and "Float stored in 4 bits".
static constexpr MiniFloat kE4M3FN = {4, 3, 7, MiniFloat::MaxNan};
static constexpr MiniFloat kE4M3FNUZ = {4, 3, 8, MiniFloat::ZeroNan};
static constexpr MiniFloat kE5M2 = {5, 2, 15, MiniFloat::Ieee};
static constexpr MiniFloat kE5M2FNUZ = {5, 2, 16, MiniFloat::ZeroNan};
static constexpr MiniFloat kE2M1 = {2, 1, 1, MiniFloat::Finite};

/// 2^(x - 127); 255 is NaN. No sign and no mantissa (OCP microscaling formats).
static float decodeE8M0(uint8_t bits) {
  return bits == 255 ? std::numeric_limits<float>::quiet_NaN() : std::ldexp(1.0f, int(bits) - 127);
}

static float decodeBF16(uint16_t bits) {
  uint32_t wide = uint32_t(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

/// IEEE 754 binary16 without a branch per element: exponents differ by 112, and a
/// product by 2^112 also makes subnormal numbers normal.
static float decodeF16(uint16_t bits) {
  uint32_t wide = uint32_t(bits & 0x7fff) << 13;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  value *= 0x1p112f;
  std::memcpy(&wide, &value, sizeof(value));
  wide |= (bits & 0x7c00) == 0x7c00 ? 0x7f800000u : 0u; // infinities and NaN
  wide |= uint32_t(bits & 0x8000) << 16;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

template <typename T> static T load(const uint8_t *raw, uint64_t i) {
  return llvm::support::endian::read<T, llvm::endianness::little>(raw + i * sizeof(T));
}

/// Element `i` of a type packed below a byte, first element in the low bits.
static uint8_t loadBits(const uint8_t *raw, uint64_t i, unsigned bits) {
  uint64_t perByte = 8 / bits;
  return (raw[i / perByte] >> (i % perByte * bits)) & ((1u << bits) - 1);
}

/// Calls store(i, value) for every element of a float type; false for others.
template <typename Store>
static bool forEachFloat(const uint8_t *raw, DType type, uint64_t n, Store store) {
  auto each = [&](auto decode) {
    for (uint64_t i = 0; i < n; ++i)
      store(i, decode(i));
    return true;
  };
  auto mini = [&](const MiniFloat &format) {
    return each([&](uint64_t i) { return decodeMiniFloat(raw[i], format); });
  };
  switch (type) {
  case DType::F32:
    return each([&](uint64_t i) { return load<float>(raw, i); });
  case DType::F64:
    return each([&](uint64_t i) { return load<double>(raw, i); });
  case DType::F16:
    return each([&](uint64_t i) { return decodeF16(load<uint16_t>(raw, i)); });
  case DType::BF16:
    return each([&](uint64_t i) { return decodeBF16(load<uint16_t>(raw, i)); });
  case DType::F8E4M3FN:
    return mini(kE4M3FN);
  case DType::F8E4M3FNUZ:
    return mini(kE4M3FNUZ);
  case DType::F8E5M2:
    return mini(kE5M2);
  case DType::F8E5M2FNUZ:
    return mini(kE5M2FNUZ);
  case DType::F4E2M1:
    return each([&](uint64_t i) { return decodeMiniFloat(loadBits(raw, i, 4), kE2M1); });
  case DType::F8E8M0:
    return each([&](uint64_t i) { return decodeE8M0(raw[i]); });
  default:
    return false;
  }
}

/// The same for integers and bool.
template <typename Store>
static bool forEachInt(const uint8_t *raw, DType type, uint64_t n, Store store) {
  auto each = [&](auto decode) {
    for (uint64_t i = 0; i < n; ++i)
      store(i, decode(i));
    return true;
  };
  auto packed = [&](unsigned bits, bool isSigned) {
    return each([=](uint64_t i) -> int64_t {
      uint8_t value = loadBits(raw, i, bits);
      return isSigned ? llvm::SignExtend64(value, bits) : value;
    });
  };
  switch (type) {
  case DType::Bool:
    return each([&](uint64_t i) -> int64_t { return raw[i] != 0; });
  case DType::U8:
    return each([&](uint64_t i) -> int64_t { return raw[i]; });
  case DType::I8:
    return each([&](uint64_t i) -> int64_t { return load<int8_t>(raw, i); });
  case DType::U16:
    return each([&](uint64_t i) -> int64_t { return load<uint16_t>(raw, i); });
  case DType::I16:
    return each([&](uint64_t i) -> int64_t { return load<int16_t>(raw, i); });
  case DType::U32:
    return each([&](uint64_t i) -> int64_t { return load<uint32_t>(raw, i); });
  case DType::I32:
    return each([&](uint64_t i) -> int64_t { return load<int32_t>(raw, i); });
  case DType::I64:
    return each([&](uint64_t i) { return load<int64_t>(raw, i); });
  case DType::U64:
    return each([&](uint64_t i) { return load<uint64_t>(raw, i); });
  case DType::U4:
    return packed(4, false);
  case DType::I4:
    return packed(4, true);
  case DType::U2:
    return packed(2, false);
  case DType::I2:
    return packed(2, true);
  default:
    return false;
  }
}

static llvm::Error unreadable(DType type, const char *as) {
  return importError("tensor of type " + name(type) + " cannot be read as " + as,
                     "this should be a tensor of another type");
}

template <typename Out>
llvm::Error decodeRaw(llvm::ArrayRef<uint8_t> raw, DType type, llvm::MutableArrayRef<Out> out) {
  // As they are in memory; the loop below is several times slower.
  if constexpr (std::is_same_v<Out, float> && llvm::endianness::native == llvm::endianness::little)
    if (type == DType::F32 && !out.empty()) {
      std::memcpy(out.data(), raw.data(), out.size() * sizeof(float));
      return llvm::Error::success();
    }
  bool fits = true;
  auto store = [&](uint64_t i, auto value) {
    using In = decltype(value);
    if constexpr (std::is_same_v<Out, int64_t> && std::is_same_v<In, uint64_t>)
      fits &= value <= uint64_t(std::numeric_limits<int64_t>::max());
    out[i] = static_cast<Out>(value);
  };
  bool known = forEachInt(raw.data(), type, out.size(), store);
  if constexpr (!std::is_same_v<Out, int64_t>)
    known = known || forEachFloat(raw.data(), type, out.size(), store);
  if (!known)
    return unreadable(type, std::is_same_v<Out, int64_t> ? "integers" : "numbers");
  if (!fits)
    return importError("tensor has a value beyond the range of int64", "store it in a signed type");
  return llvm::Error::success();
}

template llvm::Error decodeRaw(llvm::ArrayRef<uint8_t>, DType, llvm::MutableArrayRef<float>);
template llvm::Error decodeRaw(llvm::ArrayRef<uint8_t>, DType, llvm::MutableArrayRef<double>);
template llvm::Error decodeRaw(llvm::ArrayRef<uint8_t>, DType, llvm::MutableArrayRef<int64_t>);

/// Appends the low `bytes` bytes of a value.
static void append(std::vector<uint8_t> &out, uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

llvm::Expected<std::vector<uint8_t>> unpackTyped(llvm::StringRef tensor, DType type,
                                                 uint64_t elements) {
  if (type == DType::String)
    return unreadable(type, "numbers");
  // float_data and double_data are elements as they are in raw_data; all other
  // fields are varints, each an element or a byte of packed ones.
  unsigned bits = bitWidth(type);
  unsigned varintBytes = std::max(1u, bits / 8);
  uint64_t expected = llvm::divideCeil(elements * bits, 8);
  std::vector<uint8_t> out;
  out.reserve(std::min<uint64_t>(expected, tensor.size() * 8));
  WireReader reader(tensor);
  llvm::SmallVector<int64_t> values;
  for (WireField f; reader.next(f);) {
    bool isFixed = f.number == 4 || f.number == 10;
    bool isVarint = f.number == 5 || f.number == 7 || f.number == 11;
    if (isFixed && f.type == WireField::Bytes) {
      out.insert(out.end(), f.bytes.bytes_begin(), f.bytes.bytes_end());
    } else if (isFixed) {
      append(out, f.value, f.number == 4 ? 4 : 8);
    } else if (isVarint) {
      values.clear();
      if (!WireReader::readVarints(f, values))
        break;
      for (int64_t value : values)
        append(out, static_cast<uint64_t>(value), varintBytes);
    }
  }
  if (out.size() != expected)
    return importError("tensor has " + llvm::Twine(out.size()) +
                           " bytes of data where its dims "
                           "ask for " +
                           llvm::Twine(expected),
                       "the tensor is damaged: export the model again");
  return out;
}

} // namespace energyopt
