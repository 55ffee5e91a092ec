//===- ReaderState.h - What a WeightReader keeps to itself ------*- C++ -*-===//
//
// Beside the class, since most of the project includes its header.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_READERSTATE_H
#define ENERGY_OPT_LIB_IMPORT_READERSTATE_H

#include "Import/WeightStatistics.h"

#include "llvm/ADT/StringMap.h"

namespace energyopt {

struct ReaderState {
  explicit ReaderState(WeightReader &reader);
  ReaderState(const ReaderState &) = delete;
  ~ReaderState();
  static ReaderState &of(const WeightReader &reader);

  /// The file of a Raw payload that lies in a mapping, opened for reads at the
  /// reference's offset; nullopt for others, and where the file is gone.
  std::optional<int> openedFile(const WeightRef &ref);

  const WeightReader &reader;
  std::mutex mutex; // guards `files` and `opened`
  const llvm::MemoryBuffer *model = nullptr;
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> files;
  /// By the identifier of a buffer that is a mapping of it.
  llvm::StringMap<std::optional<int>> opened;
  WeightStatistics statistics;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_READERSTATE_H
