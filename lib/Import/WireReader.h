//===- WireReader.h - Fields of a protobuf message in place -----*- C++ -*-===//
//
// Walks the fields of one message without copying: a length-delimited field is
// a StringRef into the file's bytes; a payload that was left out of them is an
// empty one, see ModelFile. Messages may exceed protobuf's 2 GB, which its stream class counts in
// int: the stream is re-opened behind every payload that it cannot span.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_WIREREADER_H
#define ENERGY_OPT_LIB_IMPORT_WIREREADER_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <google/protobuf/io/coded_stream.h>

#include <optional>

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

class WireReader {
public:
  /// `file` is what a message lies in that may hold large payloads.
  explicit WireReader(llvm::StringRef message, const ModelFile *file = nullptr)
      : rest(message), file(file) {
    open();
  }

  /// The next field; false at the end or when the bytes are no message.
  bool next(WireField &field);
  /// Why next() stopped, or nullptr at a proper end; where() is the place.
  const char *problem() const { return failure; }
  const char *where() const { return fieldStart; }

  /// Appends a repeated number field in either of its encodings, packed or
  /// not. False if the bytes are malformed.
  static bool readVarints(const WireField &field,
                          llvm::SmallVectorImpl<int64_t> &out);
  static bool readFloats(const WireField &field,
                         llvm::SmallVectorImpl<float> &out);

private:
  void open();
  bool fail(const char *reason);
  bool readBytes(WireField &field);

  llvm::StringRef rest; // from where `stream` was opened
  const ModelFile *file;
  std::optional<google::protobuf::io::CodedInputStream> stream;
  const char *fieldStart = nullptr;
  const char *failure = nullptr;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_WIREREADER_H
