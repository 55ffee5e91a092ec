//===- WeightStream.cpp - Weights piece by piece --------------------------===//

#include "Import/WeightStream.h"

#include "Import/ImportError.h"
#include "Import/ReaderState.h"
#include "Import/WeightDecoder.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"

namespace energyopt {

static llvm::Error readFile(int file, uint64_t offset, llvm::MutableArrayRef<uint8_t> out) {
  while (!out.empty()) {
    auto got = llvm::sys::fs::readNativeFileSlice(
        file, {reinterpret_cast<char *>(out.data()), out.size()}, offset);
    if (!got)
      return got.takeError();
    if (*got == 0)
      return importError("the file ends at byte " + llvm::Twine(offset) + ", before its weights do",
                         "leave the file as it is while it is read");
    offset += *got;
    out = out.drop_front(*got);
  }
  return llvm::Error::success();
}

llvm::Expected<WeightPieces> WeightPieces::of(WeightReader &reader, const WeightRef &ref) {
  WeightPieces pieces;
  pieces.ref = ref;
  auto whole = reader.bytes(ref);
  if (!whole)
    return whole.takeError();
  pieces.whole = std::move(*whole);
  pieces.file = reader.state().openedFile(ref);
  return pieces;
}

llvm::Error WeightPieces::read(uint64_t first, llvm::MutableArrayRef<uint8_t> out) const {
  // Does not overflow: all of the tensor's bytes are there.
  const uint64_t bits = bitWidth(ref.dtype), begin = first / 8 * bits + first % 8 * bits / 8;
  if (file)
    return readFile(*file, ref.offset + begin, out);
  llvm::copy(whole.get().slice(begin, out.size()), out.begin());
  return llvm::Error::success();
}

template <typename Out>
llvm::Error WeightPieces::decode(uint64_t first, llvm::MutableArrayRef<Out> out) const {
  const uint64_t bits = bitWidth(ref.dtype);
  const uint64_t perPiece =
      bits == 0 ? out.size() : std::min<uint64_t>(out.size(), 8 * kBytes / bits);
  std::vector<uint8_t> buffer(llvm::divideCeil(perPiece * bits, 8));
  while (!out.empty()) {
    llvm::MutableArrayRef<Out> part = out.take_front(perPiece);
    llvm::MutableArrayRef<uint8_t> bytes(buffer.data(), llvm::divideCeil(part.size() * bits, 8));
    if (llvm::Error error = read(first, bytes))
      return error;
    if (llvm::Error error = decodeRaw(bytes, ref.dtype, part))
      return error;
    first += part.size();
    out = out.drop_front(part.size());
  }
  return llvm::Error::success();
}

template llvm::Error WeightPieces::decode(uint64_t, llvm::MutableArrayRef<float>) const;
template llvm::Error WeightPieces::decode(uint64_t, llvm::MutableArrayRef<double>) const;
template llvm::Error WeightPieces::decode(uint64_t, llvm::MutableArrayRef<int64_t>) const;

llvm::Error WeightPieces::stream(
    llvm::function_ref<llvm::Error(uint64_t first, llvm::MutableArrayRef<float>)> fill,
    llvm::function_ref<bool(llvm::ArrayRef<float>)> visit) const {
  std::vector<float> values(std::min(elements(), kBytes / sizeof(float)));
  for (uint64_t first = 0; first < elements(); first += values.size()) {
    auto part = llvm::MutableArrayRef(values).take_front(elements() - first);
    if (llvm::Error error = fill(first, part))
      return error;
    if (!visit(part))
      break;
  }
  return llvm::Error::success();
}

} // namespace energyopt
