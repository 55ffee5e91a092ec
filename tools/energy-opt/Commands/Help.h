//===- Help.h - --help and the manual page ----------------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_COMMANDS_HELP_H
#define ENERGY_OPT_TOOL_COMMANDS_HELP_H

#include "Options/CommandFacts.h"

#include "llvm/Support/raw_ostream.h"

namespace energyopt {

/// What all subcommands are, and where to read on.
void printHelp(llvm::raw_ostream &os);
/// One of them with its options and examples.
void printHelp(Command command, llvm::raw_ostream &os);
/// energy-opt(1), for man.
void printManual(llvm::raw_ostream &os);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_COMMANDS_HELP_H
