//===- WireReader.cpp - Fields of a protobuf message in place -------------===//

#include "Import/WireReader.h"

#include "Import/ModelFile.h"

#include "llvm/Support/Endian.h"

#include <cstring>

namespace energyopt {

float WireField::asFloat() const {
  uint32_t bits = static_cast<uint32_t>(value);
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

bool WireReader::fail(const char *reason) {
  failure = reason;
  return false;
}

template <typename T> bool WireReader::takeFixed(uint64_t &value) {
  if (rest.size() < sizeof(T))
    return false;
  value = llvm::support::endian::read<T, llvm::endianness::little>(rest.data());
  rest = rest.drop_front(sizeof(T));
  return true;
}

bool WireReader::next(WireField &field) {
  fieldStart = rest.data();
  if (failure || rest.empty())
    return false;
  uint64_t tag = 0;
  // A tag has 32 bits; a number of more is cut to them, as protobuf does.
  field.number = takeVarint(rest, tag) ? static_cast<uint32_t>(tag) >> 3 : 0;
  if (field.number == 0)
    return fail("has an invalid field tag");
  field.type = static_cast<WireField::Type>(tag & 7);
  switch (tag & 7) {
  case WireField::Varint:
    if (!takeVarint(rest, field.value))
      return fail("ends inside a number");
    break;
  case WireField::Fixed64:
    if (!takeFixed<uint64_t>(field.value))
      return fail("ends inside a number");
    break;
  case WireField::Fixed32:
    if (!takeFixed<uint32_t>(field.value))
      return fail("ends inside a number");
    break;
  case WireField::Bytes:
    return readBytes(field);
  default:
    return fail("has an invalid wire type");
  }
  field.whole = llvm::StringRef(fieldStart, rest.data() - fieldStart);
  return true;
}

bool WireReader::readBytes(WireField &field) {
  uint64_t length;
  if (!takeVarint(rest, length))
    return fail("ends inside a length");
  if (file && length > kMaxKeptPayload) {
    const char *end = file->advance(rest.data(), length);
    if (!end || end > rest.end())
      return fail("is cut short");
    length = end - rest.data();
  }
  if (length > rest.size())
    return fail("is cut short");
  field.bytes = rest.take_front(length);
  field.whole = llvm::StringRef(fieldStart, field.bytes.end() - fieldStart);
  rest = rest.drop_front(length);
  return true;
}

bool WireReader::readVarints(const WireField &field, llvm::SmallVectorImpl<int64_t> &out) {
  if (field.type == WireField::Varint) {
    out.push_back(field.asInt());
    return true;
  }
  if (field.type != WireField::Bytes)
    return false;
  uint64_t value;
  for (llvm::StringRef values = field.bytes; !values.empty();) {
    if (!takeVarint(values, value))
      return false;
    out.push_back(static_cast<int64_t>(value));
  }
  return true;
}

bool WireReader::readFloats(const WireField &field, llvm::SmallVectorImpl<float> &out) {
  if (field.type == WireField::Fixed32) {
    out.push_back(field.asFloat());
    return true;
  }
  if (field.type != WireField::Bytes || field.bytes.size() % sizeof(float))
    return false;
  size_t count = field.bytes.size() / sizeof(float), first = out.size();
  out.resize(first + count);
  for (size_t i = 0; i < count; ++i)
    out[first + i] = llvm::support::endian::read<float, llvm::endianness::little>(
        field.bytes.data() + i * sizeof(float));
  return true;
}

} // namespace energyopt
