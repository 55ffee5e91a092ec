//===- Output.h - Where results and complaints go ---------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OUTPUT_H
#define ENERGY_OPT_TOOL_OUTPUT_H

#include "Options.h"

namespace energyopt {

/// How to draw for the place that -o names.
ViewOptions viewOptions(const Options &options);

/// Writes what `print` prints to a file, all of it or nothing (a new file takes
/// the place of the old one at the end), or to stdout for "-". A reader that
/// went away early is no error.
llvm::Error writeOutput(llvm::StringRef path,
                        llvm::function_ref<void(llvm::raw_ostream &)> print);

/// Prints "file:node: error: text" and "file: note: how to mend" on stderr,
/// from an Error whose text is "node 'x': text\nhow to mend".
void printError(llvm::StringRef file, llvm::Error error);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OUTPUT_H
