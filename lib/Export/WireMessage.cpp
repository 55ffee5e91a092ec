//===- WireMessage.cpp - A protobuf message being written -----------------===//
//
// https://protobuf.dev/programming-guides/encoding: a field is a tag (number and
// wire type) and a varint, 4 bytes, or a length and that many bytes.
//
//===----------------------------------------------------------------------===//

#include "Export/WireMessage.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"

using namespace energyopt;
using llvm::StringRef;

enum : uint32_t { kVarint = 0, kBytes = 2, kFixed32 = 5 };

std::string &WireMessage::tail() {
  if (pieces.empty() || !pieces.back().borrowed.empty())
    pieces.emplace_back();
  return pieces.back().owned;
}

void WireMessage::put(StringRef bytes) {
  tail().append(bytes.begin(), bytes.end());
  total += bytes.size();
}

void WireMessage::put(uint64_t varint) {
  uint8_t bytes[10];
  unsigned length = llvm::encodeULEB128(varint, bytes);
  put(StringRef(reinterpret_cast<char *>(bytes), length));
}

void WireMessage::refer(StringRef bytes) {
  if (bytes.empty())
    return;
  pieces.push_back({{}, bytes});
  total += bytes.size();
}

void WireMessage::putTag(uint32_t field, uint32_t wireType) {
  put(uint64_t(field) << 3 | wireType);
}

void WireMessage::addVarint(uint32_t field, uint64_t value) {
  putTag(field, kVarint);
  put(value);
}

static std::string littleEndian(llvm::ArrayRef<float> values) {
  std::string bytes(4 * values.size(), '\0');
  for (size_t i = 0; i < values.size(); ++i)
    llvm::support::endian::write32le(bytes.data() + 4 * i, llvm::bit_cast<uint32_t>(values[i]));
  return bytes;
}

void WireMessage::addFloat(uint32_t field, float value) {
  putTag(field, kFixed32);
  put(littleEndian(value));
}

void WireMessage::addFloats(uint32_t field, llvm::ArrayRef<float> values) {
  if (!values.empty())
    addBytes(field, littleEndian(values));
}

void WireMessage::addVarints(uint32_t field, llvm::ArrayRef<int64_t> values) {
  if (values.empty())
    return;
  llvm::SmallString<64> bytes;
  llvm::raw_svector_ostream os(bytes);
  for (int64_t value : values)
    llvm::encodeULEB128(static_cast<uint64_t>(value), os);
  addBytes(field, bytes);
}

void WireMessage::addBytes(uint32_t field, StringRef bytes) {
  putTag(field, kBytes);
  put(uint64_t(bytes.size()));
  put(bytes);
}

void WireMessage::addText(uint32_t field, StringRef text) {
  if (!text.empty())
    addBytes(field, text);
}

void WireMessage::addPayload(uint32_t field, StringRef payload) {
  putTag(field, kBytes);
  put(uint64_t(payload.size()));
  refer(payload);
}

void WireMessage::addVerbatim(StringRef fields) { refer(fields); }

void WireMessage::addMessage(uint32_t field, WireMessage message) {
  putTag(field, kBytes);
  put(message.total);
  for (Piece &piece : message.pieces) {
    if (piece.borrowed.empty())
      put(piece.owned);
    else
      refer(piece.borrowed);
  }
}

void WireMessage::write(llvm::raw_ostream &os) const {
  for (const Piece &piece : pieces)
    os << (piece.borrowed.empty() ? StringRef(piece.owned) : piece.borrowed);
}
