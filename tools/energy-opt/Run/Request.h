//===- Request.h - What a program asks, instead of a terminal ---*- C++ -*-===//
//
// The same options, analysis and views as the command line's, without its
// streams and exit codes.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TOOL_RUN_REQUEST_H
#define ENERGY_OPT_TOOL_RUN_REQUEST_H

#include "Options/Options.h"

namespace energyopt {

/// What `arguments` say, those that follow the name of the program. Any number of
/// threads may ask at a time. An option that prints and exits (--help) must not
/// be among them.
llvm::Expected<Options> parseRequest(llvm::ArrayRef<std::string> arguments);

/// A report with what its views need.
struct Answer {
  Report report;
  std::vector<TargetSheet> sheets;
  unsigned top;

  /// As `--format` prints it.
  llvm::Expected<std::string> render(llvm::StringRef format) const;
};

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_RUN_REQUEST_H
