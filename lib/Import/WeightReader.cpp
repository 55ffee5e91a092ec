//===- WeightReader.cpp - Weights on demand -------------------------------===//

#include "energy-opt/WeightReader.h"

#include "Import/ExternalData.h"
#include "Import/ImportError.h"
#include "Import/MappedWindow.h"
#include "Import/WeightDecoder.h"
#include "energy-opt/Limits.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"

#include <deque>

namespace energyopt {

/// Of contents for shape arithmetic that are kept; some 10 MB.
static constexpr size_t kMostKnownElements = 1 << 18;

struct WeightReader::Impl {
  std::string directory;
  bool trustExternal;
  std::mutex mutex; // guards what is found on the way
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> files;
  std::deque<std::vector<uint8_t>> made;
  llvm::DenseMap<Key, std::shared_ptr<const TensorData>> known;
  size_t knownElements = 0;
  MappedWindow window;

  llvm::ArrayRef<uint8_t> mappingOf(WeightReader &reader, const WeightRef &ref);
  llvm::Expected<ExternalFile> find(llvm::StringRef location) const;
  llvm::Expected<llvm::StringRef> open(llvm::StringRef location);
  template <typename Out>
  llvm::Expected<std::vector<Out>> read(WeightReader &reader,
                                        const WeightRef &ref);
};

WeightReader::WeightReader(std::unique_ptr<llvm::MemoryBuffer> model,
                           std::string directory, bool trustExternal)
    : model(std::move(model)), impl(std::make_unique<Impl>()) {
  impl->directory = std::move(directory);
  impl->trustExternal = trustExternal;
}
WeightReader::~WeightReader() = default;

uint64_t WeightReader::keep(std::vector<uint8_t> bytes) {
  impl->made.push_back(std::move(bytes));
  return impl->made.size() - 1;
}

llvm::StringRef WeightReader::directory() const { return impl->directory; }

bool WeightReader::isAbsent(llvm::StringRef location) const {
  auto file = resolveExternal(impl->directory, location, impl->trustExternal);
  if (file)
    return !*file;
  llvm::consumeError(file.takeError());
  return false;
}

llvm::Expected<ExternalFile>
WeightReader::Impl::find(llvm::StringRef location) const {
  auto file = resolveExternal(directory, location, trustExternal);
  if (!file)
    return file.takeError();
  if (!*file)
    return importError("external data file " + quoted(location) + " is absent",
                       "put it beside the model");
  return **file;
}

llvm::Expected<llvm::StringRef>
WeightReader::Impl::open(llvm::StringRef location) {
  std::lock_guard<std::mutex> lock(mutex);
  auto opened = files.find(location);
  if (opened != files.end())
    return opened->second->getBuffer();
  llvm::Expected<ExternalFile> file = find(location);
  if (!file)
    return file.takeError();
  auto buffer = llvm::MemoryBuffer::getFile(file->path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return importError("external data file " + quoted(location) +
                           " cannot be read: " + buffer.getError().message(),
                       "check its permissions");
  return (files[location] = std::move(*buffer))->getBuffer();
}

static llvm::Error checkRange(uint64_t offset, uint64_t length, uint64_t size) {
  if (offset <= size && length <= size - offset)
    return llvm::Error::success();
  return importError("tensor data at byte " + llvm::Twine(offset) + ", " +
                         llvm::Twine(length) + " long, exceeds the file's " +
                         llvm::Twine(size) + " bytes",
                     "the file is truncated, or not this model's");
}

llvm::Error WeightReader::checkExternal(llvm::StringRef location,
                                        uint64_t offset, uint64_t length) {
  llvm::Expected<ExternalFile> file = impl->find(location);
  if (!file)
    return file.takeError();
  return checkRange(offset, length, file->size);
}

/// The bytes that a reference spans, wherever they are.
static llvm::Expected<llvm::StringRef> slice(llvm::StringRef file,
                                             const WeightRef &ref) {
  if (llvm::Error error = checkRange(ref.offset, ref.length, file.size()))
    return error;
  return file.substr(ref.offset, ref.length);
}

llvm::Expected<llvm::ArrayRef<uint8_t>>
WeightReader::rawBytes(const WeightRef &ref) {
  if (ref.encoding != WeightRef::Encoding::Raw)
    return importError("tensor has no raw data", "read its values instead");
  if (ref.source == WeightRef::Source::Made) {
    if (ref.offset < impl->made.size())
      return llvm::ArrayRef<uint8_t>(impl->made[ref.offset]);
    return importError("there is no tensor " + llvm::Twine(ref.offset), "make it first");
  }
  llvm::StringRef file = model->getBuffer();
  if (ref.source == WeightRef::Source::External) {
    llvm::Expected<llvm::StringRef> external = impl->open(ref.location);
    if (!external)
      return external.takeError();
    file = *external;
  }
  llvm::Expected<llvm::StringRef> bytes = slice(file, ref);
  if (!bytes)
    return bytes.takeError();
  return llvm::ArrayRef(bytes->bytes_begin(), bytes->size());
}

llvm::Expected<WeightBytes> WeightReader::bytes(const WeightRef &ref) {
  if (ref.elements < 0)
    return importError("tensor has a negative number of elements",
                       "the reference is not valid");
  uint64_t elements = ref.elements, most = limitOf(Limit::WeightBytes);
  if (elements / 8 * bitWidth(ref.dtype) > most)
    return importError("tensor has more than " + llvm::Twine(most) + " bytes",
                       howToRaise(Limit::WeightBytes));
  std::optional<uint64_t> bits =
      llvm::checkedMulUnsigned<uint64_t>(elements, bitWidth(ref.dtype));
  switch (ref.encoding) {
  case WeightRef::Encoding::None:
    if (elements == 0)
      return WeightBytes();
    return importError("tensor has no data",
                       "export the model with its weights");
  case WeightRef::Encoding::Raw: {
    llvm::Expected<llvm::ArrayRef<uint8_t>> raw = rawBytes(ref);
    if (!raw)
      return raw.takeError();
    if (!bits || llvm::divideCeil(*bits, 8) > raw->size())
      return importError("tensor has less data than elements",
                         "the reference is not valid");
    return WeightBytes(*raw);
  }
  case WeightRef::Encoding::Packed: {
    llvm::Expected<llvm::StringRef> message = slice(modelBytes(), ref);
    if (!message)
      return message.takeError();
    if (!bits)
      return importError("tensor has less data than elements",
                         "the reference is not valid");
    llvm::Expected<std::vector<uint8_t>> raw =
        unpackTyped(*message, ref.dtype, elements);
    if (!raw)
      return raw.takeError();
    return WeightBytes(std::move(*raw));
  }
  }
  return WeightBytes();
}

/// The mapping that holds the payload; empty if it is in memory of its own.
llvm::ArrayRef<uint8_t> WeightReader::Impl::mappingOf(WeightReader &reader, const WeightRef &ref) {
  const llvm::MemoryBuffer *buffer = nullptr;
  if (ref.encoding == WeightRef::Encoding::Raw && ref.source == WeightRef::Source::ModelFile)
    buffer = reader.model.get();
  else if (ref.encoding == WeightRef::Encoding::Raw && ref.source == WeightRef::Source::External)
    buffer = files.find(ref.location)->second.get(); // opened before
  if (!buffer || buffer->getBufferKind() != llvm::MemoryBuffer::MemoryBuffer_MMap)
    return {};
  return llvm::ArrayRef(buffer->getBuffer().bytes_begin(), buffer->getBufferSize());
}

template <typename Out>
llvm::Expected<std::vector<Out>>
WeightReader::Impl::read(WeightReader &reader, const WeightRef &ref) {
  llvm::Expected<WeightBytes> raw = reader.bytes(ref);
  if (!raw)
    return raw.takeError();
  std::lock_guard<std::mutex> lock(mutex);
  llvm::ArrayRef<uint8_t> mapping = mappingOf(reader, ref), bytes = raw->get();
  // Of a mapped file, a window at a time, so that only one is in memory.
  constexpr uint64_t kElements = 1 << 20;
  const uint64_t elements = ref.elements, perPiece = mapping.empty() ? elements : kElements;
  if (!mapping.empty())
    window.moveTo(mapping, bytes.data());
  if (elements <= perPiece)
    return decodeRaw<Out>(bytes, ref.dtype, elements);
  std::vector<Out> all;
  all.reserve(elements);
  const unsigned bits = bitWidth(ref.dtype);
  for (uint64_t first = 0; first < elements; first += perPiece) {
    uint64_t count = std::min(perPiece, elements - first);
    llvm::ArrayRef<uint8_t> piece = bytes.drop_front(first / 8 * bits);
    window.moveTo(mapping, piece.data());
    auto values = decodeRaw<Out>(piece, ref.dtype, count);
    if (!values)
      return values.takeError();
    all.insert(all.end(), values->begin(), values->end());
  }
  return all;
}

llvm::Expected<std::vector<float>> WeightReader::floats(const WeightRef &ref) {
  return impl->read<float>(*this, ref);
}

llvm::Expected<std::vector<int64_t>> WeightReader::ints(const WeightRef &ref) {
  return impl->read<int64_t>(*this, ref);
}

std::shared_ptr<const TensorData> WeightReader::data(const WeightRef &ref) {
  if (ref.elements > kMaxEvaluatedElements)
    return nullptr;
  TensorData data;
  auto fill = [&](auto values) {
    if (!values) {
      llvm::consumeError(values.takeError());
      return false;
    }
    data.assign(values->begin(), values->end());
    return true;
  };
  bool read = isFloat(ref.dtype) ? fill(impl->read<double>(*this, ref))
                                 : fill(ints(ref));
  return read ? std::make_shared<const TensorData>(std::move(data)) : nullptr;
}

std::shared_ptr<const TensorData>
WeightReader::data(Key key, llvm::function_ref<std::optional<WeightRef>()> refOf) {
  {
    std::lock_guard<std::mutex> lock(impl->mutex);
    if (auto known = impl->known.find(key); known != impl->known.end())
      return known->second;
  }
  std::optional<WeightRef> ref = refOf();
  auto read = ref ? data(*ref) : nullptr;
  std::lock_guard<std::mutex> lock(impl->mutex);
  size_t size = read ? read->size() : 1;
  if (impl->knownElements + size <= kMostKnownElements) {
    impl->knownElements += size;
    impl->known[key] = read;
  }
  return read;
}

} // namespace energyopt
