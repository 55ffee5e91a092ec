//===- MappedWindow.h - The part of a file that is being read ---*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_MAPPEDWINDOW_H
#define ENERGY_OPT_LIB_IMPORT_MAPPEDWINDOW_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace energyopt {

/// Of files that are mapped and read from begin to end: brings in a window at once
/// instead of page by page, and lets go of the one before, so that the memory of the
/// process does not grow with what it has read. Only speed and memory depend on it.
class MappedWindow {
public:
  /// `file`: a whole mapping of a file, never of anything that has been written to.
  void moveTo(llvm::ArrayRef<uint8_t> file, const uint8_t *at);

private:
  llvm::ArrayRef<uint8_t> current;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_MAPPEDWINDOW_H
