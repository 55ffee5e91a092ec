//===- OptionFacts.h - What people are told of the options ------*- C++ -*-===//
//
// Read from llvm::cl's registry, after a CommandLine has been made.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_OPTIONFACTS_H
#define ENERGY_OPT_TOOL_OPTIONS_OPTIONFACTS_H

#include "Options/CommandFacts.h"

#include <string>
#include <vector>

namespace energyopt {

/// Names that are too many to write down, or files.
enum class Names : uint8_t { Fixed, Targets, Regions, Checks, Ops, Files, Folders, None };
/// As `energy-opt completion` lists them; "" for the others.
llvm::StringRef name(Names names);
std::vector<std::string> listNames(Names names);

struct OptionFacts {
  llvm::StringRef name;  // without hyphens
  llvm::StringRef value; // what stands for its value; "" for a flag
  llvm::StringRef group; // "Hardware"
  std::string help;      // with the names that it takes
  Names names = Names::None;
  /// Names::Fixed: which.
  std::vector<std::string> fixed;
  /// Takes several, with commas between.
  bool isList = false;

  /// "--dim=NAME=N", "-o FILE".
  std::string spelled() const;
};

/// Of one subcommand, group by group, in the order in which they are declared.
std::vector<OptionFacts> optionsOf(Command command);
/// Those whose arguments are models.
bool takesModels(Command command);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_OPTIONFACTS_H
