//===- ExternalData.h - Where external tensor data may lie ------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_EXTERNALDATA_H
#define ENERGY_OPT_LIB_IMPORT_EXTERNALDATA_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>

namespace energyopt {

struct ExternalFile {
  std::string path; // resolved
  uint64_t size = 0;
};

/// Resolves the location of external data against the model's directory, which
/// it must not leave: neither by its text nor, unless trusted, through a link.
/// nullopt if there is no such file. Opens nothing.
llvm::Expected<std::optional<ExternalFile>>
resolveExternal(llvm::StringRef directory, llvm::StringRef location, bool trustExternal);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_EXTERNALDATA_H
