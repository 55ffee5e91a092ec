//===- ReaderState.h - What a WeightReader keeps ----------------*- C++ -*-===//
//
// Shared by those that read whole tensors, pieces of them, and statistics.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_READERSTATE_H
#define ENERGY_OPT_LIB_IMPORT_READERSTATE_H

#include "Import/WeightStatistics.h"

#include "llvm/ADT/StringMap.h"

namespace energyopt {

struct ReaderState {
  explicit ReaderState(WeightReader &reader) : statistics(reader) {}
  ReaderState(const ReaderState &) = delete;
  ~ReaderState();

  /// The file of a Raw payload that lies in a mapping, opened for reads at the
  /// reference's offset; nullopt for others, and where the file is gone.
  std::optional<int> openedFile(const WeightRef &ref);

  std::mutex mutex; // guards what is found on the way
  const llvm::MemoryBuffer *model = nullptr;
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> files;
  /// By the identifier of a buffer that is a mapping of it.
  llvm::StringMap<std::optional<int>> opened;
  WeightStatistics statistics;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_READERSTATE_H
