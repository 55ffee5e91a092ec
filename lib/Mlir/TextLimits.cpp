//===- TextLimits.cpp - What MLIR text may ask its parser for -------------===//

#include "Mlir/TextLimits.h"

#include "energy-opt/Limits.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace energyopt;
using llvm::StringRef;

llvm::Error energyopt::tooDeep(const llvm::Twine &place) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 place + "nested deeper than " +
                                     llvm::Twine(limitOf(Limit::MlirNesting)) + " levels\n" +
                                     howToRaise(Limit::MlirNesting));
}

namespace {

/// Goes through the text once, past comments and strings.
class Scan {
public:
  Scan(StringRef text, int64_t firstLine) : text(text), line(firstLine) {}

  llvm::Error run() {
    for (; at < text.size(); ++at)
      if (llvm::Error error = step())
        return error;
    return llvm::Error::success();
  }

private:
  llvm::Error step() {
    switch (text[at]) {
    case '\n':
      ++line;
      break;
    case '/': // a comment
      if (next() == '/')
        at = std::min(text.find('\n', at), text.size()) - 1;
      break;
    case '"':
      for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
        at += text[at] == '\\';
      line += at < text.size() && text[at] == '\n';
      break;
    case '%':
      return value();
    case '<': // but not "<="
    case '(':
    case '[':
    case '{':
      depth += !(text[at] == '<' && next() == '=');
      if (depth > static_cast<int64_t>(limitOf(Limit::MlirNesting)))
        return tooDeep(place());
      break;
    case '>': // but not "->" and ">="
      if (next() == '=' || (at > 0 && text[at - 1] == '-'))
        break;
      [[fallthrough]];
    case ')':
    case ']':
    case '}':
      depth = std::max<int64_t>(depth - 1, 0);
      break;
    }
    return llvm::Error::success();
  }

  /// "%name#N": names have places up to the largest N that is used of them.
  llvm::Error value() {
    // For all names together: 24 bytes a place.
    constexpr uint64_t kMostPlaces = 1 << 22;
    StringRef rest = text.drop_front(at + 1);
    StringRef name =
        rest.take_while([](char c) { return llvm::isAlnum(c) || StringRef("$._-").contains(c); });
    rest = rest.drop_front(name.size());
    if (!rest.consume_front("#"))
      return llvm::Error::success();
    StringRef digits = rest.take_while(llvm::isDigit);
    uint64_t number;
    if (digits.empty())
      return llvm::Error::success();
    uint64_t &largest = places[name];
    bool fits = !digits.getAsInteger(10, number) && number < kMostPlaces;
    if (fits && number > largest) {
      total += number - largest;
      largest = number;
    }
    if (fits && total < kMostPlaces)
      return llvm::Error::success();
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   place() + "uses result " + digits + " of '%" + name +
                                       "'\nno op has so many results: write the number of one "
                                       "that it has");
  }

  char next() const { return at + 1 < text.size() ? text[at + 1] : '\0'; }
  std::string place() const { return "line " + std::to_string(line) + ": "; }

  StringRef text;
  size_t at = 0;
  int64_t line, depth = 0;
  llvm::StringMap<uint64_t> places;
  uint64_t total = 0;
};

} // namespace

llvm::Error energyopt::checkTextLimits(StringRef text, int64_t firstLine) {
  return Scan(text, firstLine).run();
}
