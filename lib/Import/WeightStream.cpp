//===- WeightStream.cpp - Weights piece by piece --------------------------===//

#include "Import/WeightStream.h"

namespace energyopt {

llvm::Error streamFloats(WeightReader &reader, const WeightRef &ref,
                         llvm::function_ref<void(llvm::ArrayRef<float>)> piece) {
  constexpr int64_t kElements = 1 << 14; // of any width a whole number of bytes
  // Fields of protobuf are read as a whole.
  const bool divisible = ref.encoding == WeightRef::Encoding::Raw &&
                         ref.source != WeightRef::Source::Made;
  const int64_t perPiece = divisible ? kElements : std::max<int64_t>(1, ref.elements);
  for (int64_t first = 0; first < ref.elements; first += perPiece) {
    WeightRef part = ref;
    part.elements = std::min(perPiece, ref.elements - first);
    if (divisible) {
      uint64_t skipped = static_cast<uint64_t>(first) / 8 * bitWidth(ref.dtype);
      part.offset += skipped;
      part.length -= std::min(part.length, skipped);
    }
    auto values = reader.floats(part);
    if (!values)
      return values.takeError();
    piece(*values);
  }
  return llvm::Error::success();
}

} // namespace energyopt
