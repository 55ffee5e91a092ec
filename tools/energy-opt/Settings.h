//===- Settings.h - What a project's file adds to the options ---*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_SETTINGS_H
#define ENERGY_OPT_TOOL_SETTINGS_H

#include "CommandLine.h"

namespace energyopt {

/// Whether every glob of `globs` means a check; `option` names them.
llvm::Error checkGlobs(llvm::StringRef option, llvm::StringRef globs);

/// Adds the checks that `globs` chooses to those that fail a run, and to those
/// that are looked for.
llvm::Error addFailing(llvm::StringRef option, llvm::StringRef globs, Options &options);

/// Finds the settings of the models, and fills in with them what the command
/// line leaves open. Options that are read before win.
llvm::Error readConfig(const CommandLine &line, Options &options);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_SETTINGS_H
