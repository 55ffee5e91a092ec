//===- RecordFile.h - Lines that a later run goes on from -------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OUTPUT_RECORDFILE_H
#define ENERGY_OPT_TOOL_OUTPUT_RECORDFILE_H

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

namespace energyopt {

/// The file of --skip-done. Each record is appended by one write; what a run left of
/// a line that it did not finish is cut off.
class RecordFile {
public:
  /// Creates the file if it is not there, and keeps others from appending to it.
  static llvm::Expected<RecordFile> open(llvm::StringRef path);
  RecordFile(RecordFile &&other);
  ~RecordFile();

  bool holds(llvm::StringRef model) const;
  llvm::Error append(llvm::StringRef line);

private:
  RecordFile(llvm::StringRef path, int descriptor) : path(path), descriptor(descriptor) {}
  llvm::Error read();

  std::string path;
  int descriptor;
  llvm::StringSet<> models;
};

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OUTPUT_RECORDFILE_H
