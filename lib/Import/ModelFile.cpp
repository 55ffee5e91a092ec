//===- ModelFile.cpp - The bytes of a model without its weights -----------===//

#include "Import/ModelFile.h"

#include "Import/ProtoView.h"
#include "Import/WireReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"

namespace energyopt {

namespace fs = llvm::sys::fs;

namespace {
/// The messages of onnx.proto that hold tensors.
enum class Message : uint8_t { Model, Graph, Node, Attribute, Tensor, SparseTensor, Function };

struct Nested {
  Message in;
  uint32_t field;
  Message message;
};
} // namespace

static constexpr Nested kNested[] = {
    {Message::Model, 7, Message::Graph},
    {Message::Model, 25, Message::Function},
    {Message::Graph, 1, Message::Node},
    {Message::Graph, 5, Message::Tensor},
    {Message::Graph, 15, Message::SparseTensor},
    {Message::Node, 5, Message::Attribute},
    {Message::Attribute, 5, Message::Tensor},
    {Message::Attribute, 6, Message::Graph},
    {Message::Attribute, 10, Message::Tensor},
    {Message::Attribute, 11, Message::Graph},
    {Message::Attribute, 22, Message::SparseTensor},
    {Message::Attribute, 23, Message::SparseTensor},
    {Message::SparseTensor, 1, Message::Tensor},
    {Message::SparseTensor, 2, Message::Tensor},
    {Message::Function, 7, Message::Node},
    {Message::Function, 11, Message::Attribute},
};

static const Nested *findNested(Message in, uint32_t field) {
  return llvm::find_if(kNested, [&](const Nested &n) { return n.in == in && n.field == field; });
}

/// Whether nobody looks into a field but those who ask for weights: values of
/// a tensor, a model's training_info.
static bool isPayload(Message in, uint32_t field, uint64_t length) {
  if (in == Message::Model)
    return field == 20;
  if (in != Message::Tensor)
    return false;
  bool isVarints = field == 5 || field == 7 || field == 11;
  return isVarints ? length > kMaxKeptVarints
                   : field == 4 || field == 6 || field == 9 || field == 10;
}

/// Reads a file from begin to end, payloads left out. What is malformed here is
/// so for ProtoReader, which reports it.
class PayloadCutter {
public:
  PayloadCutter(fs::file_t file, uint64_t size, ModelFile &out)
      : file(file), size(size), kept(out.owned), gaps(out.gaps) {}

  /// False if the file cannot be read.
  bool run() {
    kept.reserve(std::min(size, kReserved));
    if (!message(Message::Model, size, 0) && !failed)
      gaps.push_back({kept.size(), kept.size() + leftOut, size});
    return !failed;
  }

private:
  uint64_t place() const { return position + leftOut; }
  bool need(uint64_t count);
  bool varint(uint64_t &value);
  bool keep(uint64_t length);
  void leave(uint64_t length);
  bool bytes(Message in, uint32_t field, uint64_t length, unsigned depth);
  bool message(Message kind, uint64_t end, unsigned depth);

  /// Most graphs fit, and an allocator has it at hand. It grows from there.
  static constexpr uint64_t kReserved = uint64_t(1) << 18;
  static constexpr size_t kMinRead = size_t(1) << 12, kMaxRead = size_t(1) << 18;
  /// A graph in a graph is three messages deeper: node, attribute, graph.
  static constexpr unsigned kMaxDepth = 3 * kMostGraphNesting + 3;

  fs::file_t file;
  uint64_t size;
  llvm::SmallVector<char, 0> &kept;
  std::vector<ModelFile::Gap> &gaps;
  size_t position = 0; // in `kept`
  uint64_t leftOut = 0;
  size_t nextRead = size_t(1) << 16; // most graphs fit
  bool failed = false;
};

/// Reads on until `count` bytes behind the position are there; false if the
/// file has no more.
bool PayloadCutter::need(uint64_t count) {
  while (!failed && kept.size() - position < count) {
    uint64_t from = kept.size() + leftOut;
    size_t had = kept.size(), wanted = std::min<uint64_t>(nextRead, size - from);
    if (wanted == 0)
      return false;
    kept.resize_for_overwrite(had + wanted);
    auto got = fs::readNativeFileSlice(file, {kept.data() + had, wanted}, from);
    failed = !got || *got == 0;
    kept.truncate(failed ? had : had + *got);
    if (!got)
      llvm::consumeError(got.takeError());
    nextRead = std::min(nextRead * 2, kMaxRead);
  }
  return !failed;
}

bool PayloadCutter::varint(uint64_t &value) {
  constexpr size_t kMaxVarint = 10;
  need(kMaxVarint);
  llvm::StringRef bytes(kept.data() + position, std::min(kept.size() - position, kMaxVarint));
  const size_t before = bytes.size();
  bool good = takeVarint(bytes, value);
  position += before - bytes.size();
  return good;
}

bool PayloadCutter::keep(uint64_t length) {
  if (!need(length))
    return false;
  position += length;
  return true;
}

void PayloadCutter::leave(uint64_t length) {
  size_t read = std::min<uint64_t>(length, kept.size() - position);
  kept.erase(kept.begin() + position, kept.begin() + position + read);
  gaps.push_back({position, place(), place() + length});
  leftOut += length;
  nextRead = kMinRead;
}

bool PayloadCutter::bytes(Message in, uint32_t field, uint64_t length, unsigned depth) {
  if (length <= kMaxKeptPayload)
    return keep(length);
  if (isPayload(in, field, length)) {
    leave(length);
    return true;
  }
  const Nested *nested = findNested(in, field);
  if (nested == std::end(kNested))
    return keep(length);
  uint64_t end = place() + length;
  if (depth < kMaxDepth && message(nested->message, end, depth + 1))
    return true;
  // Of attributes, ProtoReader leaves some unread: go on behind this one.
  if (in != Message::Attribute || failed)
    return false;
  position = std::min(position, end - leftOut);
  return keep(end - place());
}

/// Walks the fields up to `end` in the file.
bool PayloadCutter::message(Message kind, uint64_t end, unsigned depth) {
  uint64_t tag, value;
  while (place() < end) {
    bool good = varint(tag);
    switch (tag & 7) {
    case WireField::Varint:
      good = good && varint(value);
      break;
    case WireField::Fixed64:
      good = good && keep(8);
      break;
    case WireField::Bytes:
      good = good && varint(value) && place() <= end && value <= end - place() &&
             bytes(kind, static_cast<uint32_t>(tag) >> 3, value, depth);
      break;
    case WireField::Fixed32:
      good = good && keep(4);
      break;
    default:
      good = false;
    }
    if (!good)
      return false;
  }
  return place() == end;
}

ModelFile::ModelFile(const llvm::MemoryBuffer &buffer) : kept(buffer.getBuffer()) {
  if (buffer.getBufferKind() != llvm::MemoryBuffer::MemoryBuffer_MMap)
    return;
  auto file = fs::openNativeFileForRead(buffer.getBufferIdentifier());
  if (!file) {
    llvm::consumeError(file.takeError());
    return;
  }
  fs::file_status status;
  bool same = !fs::status(*file, status) && status.getSize() == buffer.getBufferSize();
  if (same && PayloadCutter(*file, status.getSize(), *this).run())
    kept = llvm::StringRef(owned.data(), owned.size());
  else
    gaps.clear();
  fs::closeFile(*file);
}

/// The last gap whose `key` is below a bound, or null.
const ModelFile::Gap *ModelFile::lastGap(uint64_t Gap::*key, uint64_t below) const {
  auto it = llvm::partition_point(gaps, [&](const Gap &gap) { return gap.*key < below; });
  return it == gaps.begin() ? nullptr : &*std::prev(it);
}

/// In front of a gap at that place: where a payload begins.
uint64_t ModelFile::offsetBefore(const char *place) const {
  uint64_t at = place - kept.data();
  const Gap *gap = lastGap(&Gap::at, at);
  return gap ? gap->end + (at - gap->at) : at;
}

/// Behind a gap at that place: where a field begins, and where anything ends.
uint64_t ModelFile::offsetBehind(const char *place) const {
  uint64_t at = place - kept.data();
  const Gap *gap = lastGap(&Gap::at, at + 1);
  return gap ? gap->end + (at - gap->at) : at;
}

FileSpan ModelFile::span(llvm::StringRef part) const {
  uint64_t begin = offsetBefore(part.begin());
  return {begin, offsetBehind(part.end()) - begin};
}

FileSpan ModelFile::fieldSpan(llvm::StringRef field) const {
  uint64_t begin = offsetBehind(field.begin());
  return {begin, offsetBehind(field.end()) - begin};
}

const char *ModelFile::advance(const char *begin, uint64_t length) const {
  uint64_t from = offsetBefore(begin), size = offsetBehind(kept.end());
  if (length > size - from)
    return nullptr;
  uint64_t to = from + length;
  const Gap *gap = lastGap(&Gap::begin, to);
  if (!gap)
    return kept.data() + to;
  return kept.data() + gap->at + (std::max(to, gap->end) - gap->end);
}

} // namespace energyopt
