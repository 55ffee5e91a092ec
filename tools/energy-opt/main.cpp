//===- main.cpp - energy-opt, the command line tool -----------------------===//
//
// Exit codes: 0 fine, 1 a budget or a --fail-on check failed, 2 wrong usage or an
// input that is unreadable or invalid, 3 coverage below --min-coverage.
//
//===----------------------------------------------------------------------===//

#include "Commands/Commands.h"
#include "Output/OutOfMemory.h"
#include "Output/Output.h"
#include "Output/Progress.h"

#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

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

/// LLVM ends with exit code 1 on an output error that nobody looked at. Reports are
/// looked at when they are delivered; what is left is --help into `head`, and errors
/// that there is nobody to tell.
static void forgetClosedPipes() {
  llvm::outs().flush();
  for (llvm::raw_fd_ostream *os : {&llvm::outs(), &llvm::errs()})
    os->clear_error();
}

/// A file that is opened would take the number of a stream that is closed, and what is
/// said about it would end up in it. Writing to stdout still fails.
static void occupyStreams() {
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0)
      (void)::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv) {
  occupyStreams();
  endInWordsWithoutMemory();
  // A reader that goes away (`| head`) shows as a failed write, and so does a file that
  // may grow no more (`ulimit -f`).
  for (int ignored : {SIGPIPE, SIGXFSZ})
    std::signal(ignored, SIG_IGN);
  llvm::outs(), llvm::errs(); // made before the handler, so destroyed after it
  std::atexit(forgetClosedPipes);
  llvm::Expected<Options> options = parseOptions(argc, argv);
  if (!options) {
    printError("energy-opt", options.takeError());
    return kUnusable;
  }
  Progress progress(options->progress);
  return run(*options);
}
