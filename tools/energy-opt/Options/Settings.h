//===- Settings.h - What a project's file adds to the options ---*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_SETTINGS_H
#define ENERGY_OPT_TOOL_OPTIONS_SETTINGS_H

#include "Options/CommandLine.h"

namespace energyopt {

/// Whether every glob of `globs` means a check; `option` names them.
llvm::Error checkGlobs(llvm::StringRef option, llvm::StringRef globs);

/// Adds the checks that `globs` chooses to those that fail a run, and to those
/// that are looked for.
llvm::Error addFailing(llvm::StringRef option, llvm::StringRef globs, Options &options);

/// Finds and reads the settings of the models into `options.config`.
llvm::Error loadSettings(const CommandLine &line, Options &options);

/// An error, if it is one, of something that the settings say.
llvm::Error inSettings(const Options &options, llvm::Error error);

/// Fills in with the settings what the command line leaves open, but for the
/// region, which the options of the site build upon.
llvm::Error adoptSettings(const CommandLine &line, Options &options);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_SETTINGS_H
