//===- Commands.h - The subcommands -----------------------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_COMMANDS_COMMANDS_H
#define ENERGY_OPT_TOOL_COMMANDS_COMMANDS_H

#include "Options/Options.h"

namespace energyopt {

/// Exit codes.
enum : int { kFine = 0, kFailed = 1, kUnusable = 2, kUncovered = 3 };

int runAnalyze(const Options &options);
/// --format=mlir: the models with their costs written into them.
int runAnnotate(const Options &options);
/// --format=records, ndjson: a line per model, as soon as its turn comes.
int runFleet(const Options &options);
int runTargets(const Options &options);
int runOps(const Options &options);
int runCalibrate(const Options &options);
int runOptimize(const Options &options);
int runChecks(const Options &options);
int runCheck(const Options &options);
int runDiff(const Options &options);
int runCompare(const Options &options);
int runHelp(const Options &options);
int runCompletion(const Options &options);

/// Says which models are less covered than --min-coverage wants; the exit code.
int checkCoverage(llvm::ArrayRef<Report> reports, const Options &options);
/// Says which checks of --fail-on would save; the exit code.
int checkSuggestions(llvm::ArrayRef<Report> reports, const Options &options);

/// Writes what a command has to say where -o wants it; the exit code.
int deliver(const Options &options, llvm::StringRef text);
int deliver(const Options &options, llvm::function_ref<void(llvm::raw_fd_ostream &)> print);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_COMMANDS_COMMANDS_H
