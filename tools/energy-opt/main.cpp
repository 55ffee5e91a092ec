//===- main.cpp - energy-opt, the command line tool -----------------------===//
//
// Exit codes: 0 fine, 1 a budget or a --fail-on check failed, 2 wrong usage or an
// input that is unreadable or invalid, 3 coverage below --min-coverage.
//
//===----------------------------------------------------------------------===//

#include "Commands/Commands.h"
#include "Output/Output.h"
#include "Output/Progress.h"

#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <cstdlib>

using namespace energyopt;

static int run(const Options &options) {
  switch (options.command) {
  case Command::Analyze:
    return options.format == "mlir" ? runAnnotate(options)
           : writesRecords(options) ? runFleet(options)
                                    : runAnalyze(options);
  case Command::Targets:
    return runTargets(options);
  case Command::Ops:
    return runOps(options);
  case Command::Calibrate:
    return runCalibrate(options);
  case Command::Optimize:
    return runOptimize(options);
  case Command::Checks:
    return runChecks(options);
  case Command::Check:
    return runCheck(options);
  case Command::Diff:
    return runDiff(options);
  case Command::Compare:
    return runCompare(options);
  case Command::Help:
    return runHelp(options);
  case Command::Completion:
    return runCompletion(options);
  }
  return kUnusable;
}

/// LLVM aborts at exit on an output error that nobody looked at. Reports are
/// looked at when they are delivered; what is left is --help into `head`.
static void forgetClosedPipe() {
  llvm::outs().flush();
  llvm::outs().clear_error();
}

int main(int argc, char **argv) {
  // A reader that goes away (`| head`) shows as a failed write.
  std::signal(SIGPIPE, SIG_IGN);
  llvm::outs(); // made before the handler, so destroyed after it
  std::atexit(forgetClosedPipe);
  llvm::Expected<Options> options = parseOptions(argc, argv);
  if (!options) {
    printError("energy-opt", options.takeError());
    return kUnusable;
  }
  Progress progress(options->progress);
  return run(*options);
}
