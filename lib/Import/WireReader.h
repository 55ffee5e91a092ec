//===- WireReader.h - Fields of a protobuf message in place -----*- C++ -*-===//
//
// Walks the fields of one message without copying: a length-delimited field is
// a StringRef into the file's bytes; a payload that was left out of them is an
// empty one, see ModelFile. Messages may exceed protobuf's own 2 GB.
//
// The encoding: https://protobuf.dev/programming-guides/encoding
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_WIREREADER_H
#define ENERGY_OPT_LIB_IMPORT_WIREREADER_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace energyopt {

class ModelFile;

struct WireField {
  enum Type : uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };
  uint32_t number = 0;
  Type type = Varint;
  uint64_t value = 0;    // Varint, Fixed64, Fixed32
  llvm::StringRef bytes; // Bytes
  llvm::StringRef whole; // the field with its tag

  int64_t asInt() const { return static_cast<int64_t>(value); }
  float asFloat() const;
};

/// Takes a number off the front of `bytes`: seven bits a byte, the lowest first, of
/// 64 bits at most. False, with `bytes` as they were, if it does not end in ten bytes.
inline bool takeVarint(llvm::StringRef &bytes, uint64_t &value) {
  constexpr size_t kMostBytes = 10;
  const size_t most = bytes.size() < kMostBytes ? bytes.size() : kMostBytes;
  uint64_t result = 0;
  for (size_t i = 0; i < most; ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    result |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      value = result;
      bytes = bytes.drop_front(i + 1);
      return true;
    }
  }
  return false;
}

class WireReader {
public:
  /// `file` is what a message lies in that may hold large payloads.
  explicit WireReader(llvm::StringRef message, const ModelFile *file = nullptr)
      : rest(message), file(file), fieldStart(message.data()) {}

  /// The next field; false at the end or when the bytes are no message.
  bool next(WireField &field);
  /// Why next() stopped, or nullptr at a proper end; where() is the place.
  const char *problem() const { return failure; }
  const char *where() const { return fieldStart; }

  /// Appends a repeated number field in either of its encodings, packed or
  /// not. False if the bytes are malformed.
  static bool readVarints(const WireField &field, llvm::SmallVectorImpl<int64_t> &out);
  static bool readFloats(const WireField &field, llvm::SmallVectorImpl<float> &out);

private:
  bool fail(const char *reason);
  template <typename T> bool takeFixed(uint64_t &value);
  bool readBytes(WireField &field);

  llvm::StringRef rest;
  const ModelFile *file;
  const char *fieldStart;
  const char *failure = nullptr;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_WIREREADER_H
