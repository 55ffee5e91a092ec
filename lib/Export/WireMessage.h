//===- WireMessage.h - A protobuf message being written ---------*- C++ -*-===//
//
// Fields are appended in order. Short ones are copied, payloads are referred to,
// so that a model of gigabytes is written without being held.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_EXPORT_WIREMESSAGE_H
#define ENERGY_OPT_LIB_EXPORT_WIREMESSAGE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace energyopt {

class WireMessage {
public:
  void addVarint(uint32_t field, uint64_t value);
  void addFloat(uint32_t field, float value);
  /// Repeated numbers, in the packed encoding.
  void addVarints(uint32_t field, llvm::ArrayRef<int64_t> values);
  void addFloats(uint32_t field, llvm::ArrayRef<float> values);
  /// A string or bytes; `addText` leaves an empty one out.
  void addBytes(uint32_t field, llvm::StringRef bytes);
  void addText(uint32_t field, llvm::StringRef text);
  void addMessage(uint32_t field, WireMessage message);
  /// Bytes that outlive this message.
  void addPayload(uint32_t field, llvm::StringRef payload);
  /// Whole fields, tags included, that outlive this message.
  void addVerbatim(llvm::StringRef fields);

  uint64_t size() const { return total; }
  void write(llvm::raw_ostream &os) const;

private:
  /// Owned bytes, or those referred to.
  struct Piece {
    std::string owned;
    llvm::StringRef borrowed;
  };
  std::string &tail();
  void putTag(uint32_t field, uint32_t wireType);
  void put(uint64_t varint);
  void put(llvm::StringRef bytes);
  void refer(llvm::StringRef bytes);

  std::vector<Piece> pieces;
  uint64_t total = 0; // bytes
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_EXPORT_WIREMESSAGE_H
