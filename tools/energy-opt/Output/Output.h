//===- Output.h - Where results and complaints go ---------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OUTPUT_OUTPUT_H
#define ENERGY_OPT_TOOL_OUTPUT_OUTPUT_H

#include "Options/Options.h"

namespace energyopt {

/// How to draw for the place that -o names.
ViewOptions viewOptions(const Options &options);
/// Whether somebody reads the output as it is printed.
bool isScreen(const Options &options);
/// The width of what is printed on stdout.
unsigned screenColumns();
/// The same where somebody reads it there; nullopt for a file or a pipe.
std::optional<unsigned> screenWidth(const Options &options);

/// Writes what `print` prints to a file, all of it or nothing (a new file takes
/// the place of the old one at the end), or to stdout for "-". A reader that
/// went away early is no error.
llvm::Error writeOutput(llvm::StringRef path,
                        llvm::function_ref<void(llvm::raw_fd_ostream &)> print);

/// What is wrong, where, and how to mend it.
struct Complaint {
  /// "file:node"; empty where the text names its place itself, the line of a text file.
  std::string where;
  std::string text;
  /// How to mend it, or without `where` the line and a caret; may be empty.
  std::string note;

  /// "file:node: error: text"
  std::string headline() const { return where.empty() ? text : where + ": error: " + text; }
};

/// "node 'x': what is wrong" as x and what is wrong; "" and the whole if it is of no node.
std::pair<llvm::StringRef, llvm::StringRef> splitNode(llvm::StringRef message);

/// From an Error whose text is "node 'x': text\nhow to mend".
Complaint complaintOf(llvm::StringRef file, llvm::Error error, bool unicode = true);

/// Prints a complaint on stderr: its headline, and "file:node: note: how to mend".
void printError(llvm::StringRef file, llvm::Error error);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OUTPUT_OUTPUT_H
