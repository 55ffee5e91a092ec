//===- FleetOptions.h - Options of runs over many models --------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_FLEETOPTIONS_H
#define ENERGY_OPT_TOOL_OPTIONS_FLEETOPTIONS_H

#include "llvm/Support/Error.h"

#include <string>

namespace energyopt {

class CommandLine;
struct Options;

struct FleetOptions {
  /// File with a path on each line, "-" for stdin; empty: there is none.
  std::string list;
  /// Records of earlier runs: their models are skipped, new ones appended.
  std::string skipDone;
  /// A model that fails does not change the exit code.
  bool keepGoing = false;
};

/// Whether the options ask for a line per model, written as soon as its turn comes.
bool writesRecords(const Options &options);

/// After all else that concerns models and output.
llvm::Error readFleetOptions(const CommandLine &line, Options &options);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_FLEETOPTIONS_H
