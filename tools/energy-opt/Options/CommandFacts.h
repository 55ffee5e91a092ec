//===- CommandFacts.h - What people are told of the subcommands -*- C++ -*-===//
//
// --help, the manual page and the shells' completion all read this and the
// registry of options (OptionFacts.h).
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_COMMANDFACTS_H
#define ENERGY_OPT_TOOL_OPTIONS_COMMANDFACTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace energyopt {

enum class Command : uint8_t {
  Analyze,
  Check,
  Diff,
  Optimize,
  Compare,
  Targets,
  Checks,
  Ops,
  Calibrate,
  Help,
  Completion
};

struct CommandFacts {
  Command command;
  llvm::StringLiteral name;
  llvm::StringLiteral title; // what it does, in a line
  /// What stands behind "energy-opt".
  llvm::StringLiteral usage;
  llvm::StringLiteral about; // a few sentences, or ""
  llvm::ArrayRef<llvm::StringLiteral> examples;
};

/// Those that people use most, first.
llvm::ArrayRef<CommandFacts> allCommands();
const CommandFacts &factsOf(Command command);
/// By name; null if there is none.
const CommandFacts *findCommand(llvm::StringRef name);

/// A heading and the lines below it.
struct HelpTopic {
  llvm::StringLiteral title;
  /// A term and its explanation; with "" for a term, a paragraph.
  llvm::ArrayRef<std::pair<llvm::StringLiteral, llvm::StringLiteral>> lines;
};
llvm::StringRef overview();
/// What the figures mean, exit codes, files.
llvm::ArrayRef<HelpTopic> helpTopics();

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_COMMANDFACTS_H
