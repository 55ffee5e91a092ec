//===- main.cpp - energy-opt, the command line tool -----------------------===//
//
// Exit codes: 0 fine, 2 wrong usage or an input that is unreadable or invalid,
// 3 coverage below --min-coverage.
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "Output.h"

#include <csignal>

using namespace energyopt;

static int run(const Options &options) {
  switch (options.command) {
  case Command::Analyze:
    return runAnalyze(options);
  case Command::Targets:
    return runTargets(options);
  case Command::Ops:
    return runOps(options);
  }
  return kUnusable;
}

int main(int argc, char **argv) {
  // A reader that goes away (`| head`) shows as a failed write.
  std::signal(SIGPIPE, SIG_IGN);
  llvm::Expected<Options> options = parseOptions(argc, argv);
  if (!options) {
    printError("energy-opt", options.takeError());
    return kUnusable;
  }
  return run(*options);
}
