//===- Markdown.h - Text that stays text in Markdown ------------*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_MARKDOWN_H
#define ENERGY_OPT_REPORT_MARKDOWN_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace energyopt {

/// `text` with every character escaped that means something to Markdown or
/// HTML, also inside a table.
std::string markdownText(llvm::StringRef text);
/// `text` as a code span, also inside a table; without characters, nothing.
std::string markdownCode(llvm::StringRef text);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_MARKDOWN_H
