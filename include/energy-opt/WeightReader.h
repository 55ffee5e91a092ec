//===- WeightReader.h - Weights on demand -----------------------*- C++ -*-===//
//
// The only place that decodes tensor payloads. Nothing is read before it is
// asked for; external files are opened then, and only inside the model's
// directory unless trusted.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_WEIGHTREADER_H
#define ENERGY_OPT_WEIGHTREADER_H

#include "energy-opt/ValueInfo.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <mutex>

namespace energyopt {

/// Where a tensor's payload lies.
struct WeightRef {
  enum class Source : uint8_t { ModelFile, External, Made };
  /// Raw: little-endian elements. Packed: protobuf typed fields (float_data,
  /// int32_data, …), [offset, length) spanning the TensorProto message.
  /// None: no payload at all.
  enum class Encoding : uint8_t { None, Raw, Packed };
  DType dtype = DType::Undefined;
  int64_t elements = 0;
  Source source = Source::ModelFile;
  Encoding encoding = Encoding::None;
  uint64_t offset = 0, length = 0; // bytes; Made: what keep() returned
  llvm::StringRef location;        // External: file name as in the model
};

/// A tensor's elements as little-endian bytes: those of the file, or unpacked.
class WeightBytes {
public:
  WeightBytes() = default;
  explicit WeightBytes(llvm::ArrayRef<uint8_t> mapped) : mapped(mapped) {}
  explicit WeightBytes(std::vector<uint8_t> unpacked) : unpacked(std::move(unpacked)) {}
  llvm::ArrayRef<uint8_t> get() const {
    return unpacked.empty() ? mapped : llvm::ArrayRef<uint8_t>(unpacked);
  }

private:
  llvm::ArrayRef<uint8_t> mapped;
  std::vector<uint8_t> unpacked;
};

struct ReaderState;

/// Of a model and its copies; several threads may read, and keep what they made.
class WeightReader {
public:
  WeightReader(std::unique_ptr<llvm::MemoryBuffer> model, std::string directory,
               bool trustExternal);
  ~WeightReader();

  llvm::StringRef modelBytes() const { return model->getBuffer(); }
  /// Keeps the contents of a tensor that a rewrite made: little-endian elements,
  /// for a reference of Source::Made, as Raw, with the offset that this returns.
  uint64_t keep(std::vector<uint8_t> bytes);
  /// Where external data is looked for.
  llvm::StringRef directory() const;
  /// Whether there is no external file of that name.
  bool isAbsent(llvm::StringRef location) const;

  /// All elements as floats / integers, in order. Works for any alignment and
  /// for packed sub-byte types. Errors: absent file, out of range, strings.
  llvm::Expected<std::vector<float>> floats(const WeightRef &ref);
  llvm::Expected<std::vector<int64_t>> ints(const WeightRef &ref);
  /// Contents for shape arithmetic; null if larger than kMaxEvaluatedElements
  /// or unreadable.
  std::shared_ptr<const TensorData> data(const WeightRef &ref);
  /// The same of the reference that two addresses stand for as long as the model is
  /// there: it is looked up, and read, once.
  using Key = std::pair<const void *, const void *>;
  std::shared_ptr<const TensorData> data(Key key,
                                         llvm::function_ref<std::optional<WeightRef>()> refOf);
  /// All elements as bytes, however they are stored; no strings.
  llvm::Expected<WeightBytes> bytes(const WeightRef &ref);
  /// The bytes of a Raw payload, in place.
  llvm::Expected<llvm::ArrayRef<uint8_t>> rawBytes(const WeightRef &ref);

  /// Whether an external file of that name can be opened safely; the message
  /// says why not.
  llvm::Error checkExternal(llvm::StringRef location, uint64_t offset, uint64_t length);

  /// What the readers of lib/Import share.
  ReaderState &state() const;

private:
  struct Impl;
  std::unique_ptr<llvm::MemoryBuffer> model;
  std::unique_ptr<Impl> impl;
};

} // namespace energyopt

#endif // ENERGY_OPT_WEIGHTREADER_H
