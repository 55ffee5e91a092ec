//===- WireReader.cpp - Fields of a protobuf message in place -------------===//

#include "Import/WireReader.h"

#include "Import/ModelFile.h"

#include "llvm/Support/Endian.h"

#include <cstring>

namespace energyopt {

using google::protobuf::io::CodedInputStream;

float WireField::asFloat() const {
  uint32_t bits = static_cast<uint32_t>(value);
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

void WireReader::open() {
  auto *data = reinterpret_cast<const uint8_t *>(rest.data());
  constexpr size_t kMax = std::numeric_limits<int>::max();
  stream.emplace(data, static_cast<int>(std::min(rest.size(), kMax)));
  fieldStart = rest.data();
}

bool WireReader::fail(const char *reason) {
  failure = reason;
  return false;
}

bool WireReader::next(WireField &field) {
  // Numbers never straddle the end of a stream that is not the message's.
  if (stream->CurrentPosition() > std::numeric_limits<int>::max() / 2) {
    rest = rest.drop_front(stream->CurrentPosition());
    open();
  }
  fieldStart = rest.data() + stream->CurrentPosition();
  if (failure || fieldStart == rest.end())
    return false;
  uint32_t tag = stream->ReadTagNoLastTag();
  field.number = tag >> 3;
  if (field.number == 0)
    return fail("has an invalid field tag");
  field.type = static_cast<WireField::Type>(tag & 7);
  switch (field.type) {
  case WireField::Varint:
    if (!stream->ReadVarint64(&field.value))
      return fail("ends inside a number");
    break;
  case WireField::Fixed64:
    if (!stream->ReadLittleEndian64(&field.value))
      return fail("ends inside a number");
    break;
  case WireField::Fixed32: {
    uint32_t value;
    if (!stream->ReadLittleEndian32(&value))
      return fail("ends inside a number");
    field.value = value;
    break;
  }
  case WireField::Bytes:
    return readBytes(field);
  default:
    return fail("has an invalid wire type");
  }
  field.whole = llvm::StringRef(
      fieldStart, rest.data() + stream->CurrentPosition() - fieldStart);
  return true;
}

bool WireReader::readBytes(WireField &field) {
  uint64_t length;
  if (!stream->ReadVarint64(&length))
    return fail("ends inside a length");
  const char *begin = rest.data() + stream->CurrentPosition();
  if (file && length > kMaxKeptPayload) {
    const char *end = file->advance(begin, length);
    if (!end || end > rest.end())
      return fail("is cut short");
    length = end - begin;
  }
  if (length > static_cast<uint64_t>(rest.end() - begin))
    return fail("is cut short");
  field.bytes = llvm::StringRef(begin, length);
  field.whole = llvm::StringRef(fieldStart, field.bytes.end() - fieldStart);
  if (length > std::numeric_limits<int>::max() ||
      !stream->Skip(static_cast<int>(length)) ||
      rest.data() + stream->CurrentPosition() != field.bytes.end()) {
    rest = rest.drop_front(field.bytes.end() - rest.data());
    open();
  }
  return true;
}

bool WireReader::readVarints(const WireField &field,
                             llvm::SmallVectorImpl<int64_t> &out) {
  if (field.type == WireField::Varint) {
    out.push_back(field.asInt());
    return true;
  }
  if (field.type != WireField::Bytes ||
      field.bytes.size() > std::numeric_limits<int>::max())
    return false;
  CodedInputStream input(reinterpret_cast<const uint8_t *>(field.bytes.data()),
                         static_cast<int>(field.bytes.size()));
  while (static_cast<size_t>(input.CurrentPosition()) < field.bytes.size()) {
    uint64_t value;
    if (!input.ReadVarint64(&value))
      return false;
    out.push_back(static_cast<int64_t>(value));
  }
  return true;
}

bool WireReader::readFloats(const WireField &field,
                            llvm::SmallVectorImpl<float> &out) {
  if (field.type == WireField::Fixed32) {
    out.push_back(field.asFloat());
    return true;
  }
  if (field.type != WireField::Bytes || field.bytes.size() % sizeof(float))
    return false;
  size_t count = field.bytes.size() / sizeof(float), first = out.size();
  out.resize(first + count);
  for (size_t i = 0; i < count; ++i)
    out[first + i] =
        llvm::support::endian::read<float, llvm::endianness::little>(
            field.bytes.data() + i * sizeof(float));
  return true;
}

} // namespace energyopt
