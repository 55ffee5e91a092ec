//===- OutputFile.h - Files that are written whole or not at all -*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_EXPORT_OUTPUTFILE_H
#define ENERGY_OPT_LIB_EXPORT_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace energyopt {

using Print = llvm::function_ref<void(llvm::raw_fd_ostream &)>;

/// What `print` prints, to a descriptor that stays open. `path` names it in the
/// error.
llvm::Error writeAll(int descriptor, Print print, llvm::StringRef path);

/// A draft beside a file, which takes its place with keep(); else, and on a signal
/// that ends the process, the draft goes and what was there stays. A device or a
/// pipe cannot be replaced: it is written to at once.
class OutputFile {
public:
  static llvm::Expected<std::unique_ptr<OutputFile>> write(llvm::StringRef path, Print print);
  ~OutputFile();
  llvm::Error keep();

private:
  OutputFile(llvm::StringRef path, std::string goal);
  llvm::Error fill(Print print, int permissions);

  std::string path;  // as the user gave it
  std::string goal;  // through links
  std::string draft; // "" if there is none
};

/// One file, at once.
llvm::Error writeFile(llvm::StringRef path, Print print);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_EXPORT_OUTPUTFILE_H
