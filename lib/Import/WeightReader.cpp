//===- WeightReader.cpp - Weights on demand -------------------------------===//

#include "energy-opt/WeightReader.h"

#include "Import/ExternalData.h"
#include "Import/ImportError.h"
#include "Import/ReaderState.h"
#include "Import/WeightDecoder.h"
#include "Import/WeightStream.h"
#include "energy-opt/Limits.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"

#include <deque>

namespace energyopt {

/// Of contents for shape arithmetic that are kept; some 10 MB.
static constexpr size_t kMostKnownElements = 1 << 18;

struct WeightReader::Impl : ReaderState {
  using ReaderState::ReaderState;
  std::string directory;
  bool trustExternal = false;
  std::deque<std::vector<uint8_t>> made;
  llvm::DenseMap<Key, std::shared_ptr<const TensorData>> known;
  size_t knownElements = 0;

  llvm::Expected<ExternalFile> find(llvm::StringRef location) const;
  llvm::Expected<llvm::StringRef> open(llvm::StringRef location);
};

WeightReader::WeightReader(std::unique_ptr<llvm::MemoryBuffer> model, std::string directory,
                           bool trustExternal)
    : model(std::move(model)), impl(std::make_unique<Impl>(*this)) {
  impl->directory = std::move(directory);
  impl->trustExternal = trustExternal;
  impl->model = this->model.get();
}
WeightReader::~WeightReader() = default;

uint64_t WeightReader::keep(std::vector<uint8_t> bytes) {
  std::lock_guard<std::mutex> lock(impl->mutex);
  impl->made.push_back(std::move(bytes));
  return impl->made.size() - 1;
}

ReaderState &WeightReader::state() const { return *impl; }

llvm::StringRef WeightReader::directory() const { return impl->directory; }

bool WeightReader::isAbsent(llvm::StringRef location) const {
  auto file = resolveExternal(impl->directory, location, impl->trustExternal);
  if (file)
    return !*file;
  llvm::consumeError(file.takeError());
  return false;
}

llvm::Expected<ExternalFile> WeightReader::Impl::find(llvm::StringRef location) const {
  auto file = resolveExternal(directory, location, trustExternal);
  if (!file)
    return file.takeError();
  if (!*file)
    return importError("external data file " + quoted(location) + " is absent",
                       "put it beside the model");
  return **file;
}

llvm::Expected<llvm::StringRef> WeightReader::Impl::open(llvm::StringRef location) {
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
  return importError("tensor data at byte " + llvm::Twine(offset) + ", " + llvm::Twine(length) +
                         " long, exceeds the file's " + llvm::Twine(size) + " bytes",
                     "the file is truncated, or not this model's");
}

llvm::Error WeightReader::checkExternal(llvm::StringRef location, uint64_t offset,
                                        uint64_t length) {
  llvm::Expected<ExternalFile> file = impl->find(location);
  if (!file)
    return file.takeError();
  return checkRange(offset, length, file->size);
}

/// The bytes that a reference spans, wherever they are.
static llvm::Expected<llvm::StringRef> slice(llvm::StringRef file, const WeightRef &ref) {
  if (llvm::Error error = checkRange(ref.offset, ref.length, file.size()))
    return error;
  return file.substr(ref.offset, ref.length);
}

llvm::Expected<llvm::ArrayRef<uint8_t>> WeightReader::rawBytes(const WeightRef &ref) {
  if (ref.encoding != WeightRef::Encoding::Raw)
    return importError("tensor has no raw data", "read its values instead");
  if (ref.source == WeightRef::Source::Made) {
    std::lock_guard<std::mutex> lock(impl->mutex);
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
    return importError("tensor has a negative number of elements", "the reference is not valid");
  uint64_t elements = ref.elements, most = limitOf(Limit::WeightBytes);
  if (elements / 8 * bitWidth(ref.dtype) > most)
    return importError("tensor has more than " + llvm::Twine(most) + " bytes",
                       howToRaise(Limit::WeightBytes));
  std::optional<uint64_t> bits = llvm::checkedMulUnsigned<uint64_t>(elements, bitWidth(ref.dtype));
  switch (ref.encoding) {
  case WeightRef::Encoding::None:
    if (elements == 0)
      return WeightBytes();
    return importError("tensor has no data", "export the model with its weights");
  case WeightRef::Encoding::Raw: {
    llvm::Expected<llvm::ArrayRef<uint8_t>> raw = rawBytes(ref);
    if (!raw)
      return raw.takeError();
    if (!bits || llvm::divideCeil(*bits, 8) > raw->size())
      return importError("tensor has less data than elements", "the reference is not valid");
    return WeightBytes(*raw);
  }
  case WeightRef::Encoding::Packed: {
    llvm::Expected<llvm::StringRef> message = slice(modelBytes(), ref);
    if (!message)
      return message.takeError();
    if (!bits)
      return importError("tensor has less data than elements", "the reference is not valid");
    llvm::Expected<std::vector<uint8_t>> raw = unpackTyped(*message, ref.dtype, elements);
    if (!raw)
      return raw.takeError();
    return WeightBytes(std::move(*raw));
  }
  }
  return WeightBytes();
}

template <typename Out>
static llvm::Expected<std::vector<Out>> readAll(WeightReader &reader, const WeightRef &ref) {
  auto pieces = WeightPieces::of(reader, ref);
  if (!pieces)
    return pieces.takeError();
  std::vector<Out> all(pieces->elements());
  if (llvm::Error error = pieces->decode(0, llvm::MutableArrayRef(all)))
    return std::move(error);
  return all;
}

llvm::Expected<std::vector<float>> WeightReader::floats(const WeightRef &ref) {
  return readAll<float>(*this, ref);
}

llvm::Expected<std::vector<int64_t>> WeightReader::ints(const WeightRef &ref) {
  return readAll<int64_t>(*this, ref);
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
  bool read = isFloat(ref.dtype) ? fill(readAll<double>(*this, ref)) : fill(ints(ref));
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
