//===- WeightStream.h - Weights piece by piece ------------------*- C++ -*-===//
//
// Large tensors are read through the file, not through its mapping: a first access
// to each mapped page costs more than to copy it, and pages that were touched count
// as memory of the process.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_WEIGHTSTREAM_H
#define ENERGY_OPT_LIB_IMPORT_WEIGHTSTREAM_H

#include "energy-opt/WeightReader.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace energyopt {

class WeightPieces {
public:
  /// Bytes of a piece that stays in a core's cache.
  static constexpr uint64_t kBytes = 1 << 18;

  /// Fails where WeightReader::bytes does. Lives no longer than the reader.
  static llvm::Expected<WeightPieces> of(WeightReader &reader, const WeightRef &ref);

  uint64_t elements() const { return ref.elements; }
  DType dtype() const { return ref.dtype; }
  /// Little-endian elements from `first` on, which is a multiple of 8 where elements
  /// share bytes: as many as `out` has room for. Threads may read at once.
  llvm::Error read(uint64_t first, llvm::MutableArrayRef<uint8_t> out) const;
  /// The same as numbers.
  template <typename Out> llvm::Error decode(uint64_t first, llvm::MutableArrayRef<Out> out) const;
  /// All elements in order, one piece after the other as `fill` makes it from element
  /// `first` on, until `visit` returns false.
  llvm::Error
  stream(llvm::function_ref<llvm::Error(uint64_t first, llvm::MutableArrayRef<float>)> fill,
         llvm::function_ref<bool(llvm::ArrayRef<float>)> visit) const;

private:
  WeightRef ref;
  WeightBytes whole;       // of a mapped file: never touched
  std::optional<int> file; // where `whole` is from
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_WEIGHTSTREAM_H
