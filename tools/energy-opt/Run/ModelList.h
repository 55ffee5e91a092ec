//===- ModelList.h - Paths of models, one after the other -------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_RUN_MODELLIST_H
#define ENERGY_OPT_TOOL_RUN_MODELLIST_H

#include "Options/Options.h"

#include <cstdio>

namespace energyopt {

/// The models of the command line, then those of --models, read as they are needed:
/// the list can be longer than memory, or still be written. For one thread at a time.
class ModelList {
public:
  static llvm::Expected<std::unique_ptr<ModelList>> open(const Options &options);

  /// The next path; nullopt at the end.
  std::optional<std::string> next();
  /// How many there are in all; nullopt before the end of a stream.
  std::optional<size_t> size() const { return total; }

private:
  struct Close {
    void operator()(std::FILE *file) const {
      if (file != stdin)
        std::fclose(file);
    }
  };

  explicit ModelList(llvm::ArrayRef<std::string> given) : given(given) {}
  std::optional<std::string> nextLine();

  llvm::ArrayRef<std::string> given;
  std::unique_ptr<std::FILE, Close> file; // null: there is no list
  size_t taken = 0;
  std::optional<size_t> total;
};

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_RUN_MODELLIST_H
