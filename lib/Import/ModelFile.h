//===- ModelFile.h - The bytes of a model without its weights ---*- C++ -*-===//
//
// A model's file is mostly payloads of tensors, which an import steps over. To
// step over them in the mapped file costs page faults all the same, since each
// header shares its page with a payload, and the kernel maps the neighbours of
// a page too. Therefore all but the large payloads is read into one buffer; the
// file's map is for those who ask for values.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_MODELFILE_H
#define ENERGY_OPT_LIB_IMPORT_MODELFILE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <vector>

namespace energyopt {

/// A part of the file.
struct FileSpan {
  uint64_t offset = 0, length = 0;
};

/// Fields up to this size are never left out, payloads of varints up to the
/// second: to count their values means to read them.
constexpr uint64_t kMaxKeptPayload = 1024;
constexpr uint64_t kMaxKeptVarints = uint64_t(1) << 16;

class ModelFile {
public:
  /// All of `bytes`.
  explicit ModelFile(llvm::StringRef bytes) : kept(bytes) {}
  /// What `buffer` holds. If that is a mapped file it is not touched: the file
  /// is read, its large payloads are not.
  explicit ModelFile(const llvm::MemoryBuffer &buffer);

  llvm::StringRef bytes() const { return kept; }

  /// Where a message or a payload in bytes() lies in the file.
  FileSpan span(llvm::StringRef part) const;
  /// The same for a field with its tag.
  FileSpan fieldSpan(llvm::StringRef field) const;
  /// The place in bytes() that is `length` bytes of the file behind `begin`,
  /// a message's or payload's start; null if the file ends before.
  const char *advance(const char *begin, uint64_t length) const;

private:
  friend class PayloadCutter;
  /// [begin, end) of the file was left out at `at` in bytes().
  struct Gap {
    uint64_t at, begin, end;
  };
  const Gap *lastGap(uint64_t Gap::*key, uint64_t below) const;
  uint64_t offsetBefore(const char *place) const;
  uint64_t offsetBehind(const char *place) const;

  llvm::StringRef kept;
  llvm::SmallVector<char, 0> owned;
  std::vector<Gap> gaps;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_MODELFILE_H
