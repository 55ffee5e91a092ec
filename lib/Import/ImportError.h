//===- ImportError.h - One line what, one line how to mend ------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_IMPORTERROR_H
#define ENERGY_OPT_LIB_IMPORT_IMPORTERROR_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

namespace energyopt {

inline llvm::Error importError(const llvm::Twine &what, const llvm::Twine &mend) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), what + "\n" + mend);
}

/// Puts the place in front of an error about a part of it.
inline llvm::Error inPlace(const llvm::Twine &place, llvm::Error error) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 place + ": " + llvm::toString(std::move(error)));
}

/// A name from the file as 'name', fit for one line: control characters are
/// escaped, and what exceeds 100 bytes is left out.
std::string quoted(llvm::StringRef name);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_IMPORTERROR_H
