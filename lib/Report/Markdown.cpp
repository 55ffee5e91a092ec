//===- Markdown.cpp - Text that stays text in Markdown --------------------===//

#include "Markdown.h"

using namespace llvm;

namespace energyopt {

std::string markdownText(StringRef text) {
  std::string result;
  for (char c : text) {
    switch (c) {
    case '<':
      result += "&lt;";
      continue;
    case '>':
      result += "&gt;";
      continue;
    case '&':
      result += "&amp;";
      continue;
    case '@': // would notify a person of that name
      result += "&#64;";
      continue;
    default:
      break;
    }
    if (StringRef("\\`*_{}[]|#~").contains(c))
      result += '\\';
    result += c;
  }
  return result;
}

std::string markdownCode(StringRef text) {
  if (text.empty())
    return "";
  // The fence must be longer than any run of backticks inside.
  size_t longest = 0, run = 0;
  std::string body;
  for (char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    // A table splits cells before it looks for code.
    body += c == '|' ? "\\|" : std::string(1, c);
  }
  std::string fence(longest + 1, '`');
  bool pad = text.front() == '`' || text.back() == '`';
  return fence + (pad ? " " : "") + body + (pad ? " " : "") + fence;
}

} // namespace energyopt
