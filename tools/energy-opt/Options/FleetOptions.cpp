//===- FleetOptions.cpp - Options of runs over many models ----------------===//

#include "Options/FleetOptions.h"

#include "Options/CommandLine.h"
#include "Options/OptionValues.h"

using namespace llvm;

namespace energyopt {

bool writesRecords(const Options &options) {
  return options.format == "records" || options.format == "ndjson";
}

Error readFleetOptions(const CommandLine &line, Options &options) {
  FleetOptions &fleet = options.fleet;
  fleet.list = line.modelList;
  fleet.skipDone = line.skipDone;
  fleet.keepGoing = line.keepGoing;
  const bool given = !fleet.list.empty() || !fleet.skipDone.empty() || fleet.keepGoing;
  if (given && !writesRecords(options)) {
    StringRef option = !fleet.list.empty()       ? "--models"
                       : !fleet.skipDone.empty() ? "--skip-done"
                                                 : "--keep-going";
    return usageError(option + ": --format=" + options.format + " needs all models at once",
                      "add --format=records, or ndjson for whole reports");
  }
  if (options.format == "records" && (options.sweep.wanted || options.serving.wanted()))
    return usageError("--format=records: sweeps and serving have no columns in it",
                      "take --format=ndjson or csv");
  if (fleet.skipDone.empty())
    return Error::success();
  if (fleet.skipDone == "-")
    return usageError("--skip-done: records on stdout cannot be read again", "give a file");
  if (line.output.getNumOccurrences() && options.output != fleet.skipDone)
    return usageError("--skip-done appends to the file that it reads", "leave out -o");
  if (options.splitInput)
    return usageError("--skip-done: parts of a file are not told apart",
                      "leave out --split-input-file");
  return Error::success();
}

} // namespace energyopt
