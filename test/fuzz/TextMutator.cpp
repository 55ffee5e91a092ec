//===- TextMutator.cpp - Structured damage to text ------------------------===//

#include "TextMutator.h"

#include "llvm/ADT/StringExtras.h"

#include <vector>

using namespace energyopt;
using llvm::StringRef;

/// No input grows beyond this: what size alone costs is not what is sought.
constexpr size_t kMostBytes = size_t(1) << 16;

static constexpr llvm::StringLiteral kNumbers[] = {"0",
                                                   "1",
                                                   "-1",
                                                   "2",
                                                   "7",
                                                   "64",
                                                   "65536",
                                                   "2147483647",
                                                   "2147483648",
                                                   "4294967296",
                                                   "9223372036854775807",
                                                   "-9223372036854775808",
                                                   "9223372036854775808",
                                                   "18446744073709551616",
                                                   "1e308",
                                                   "1e999",
                                                   "-0.0",
                                                   "nan",
                                                   "inf",
                                                   "0x7fffffffffffffff",
                                                   "0.5"};

static constexpr llvm::StringLiteral kRightToLeft =
    "\xe2\x80\xae"; // NOLINT(misc-misleading-bidirectional)

static constexpr llvm::StringLiteral kPieces[] = {
    "(", ")",  "[", "]",  "{",          "}",       "<",    ">",  ",",  ":", "?",
    "*", "\"", "'", "\\", "\n",         "\n  ",    "&a ",  "*a", "- ", "|", "%",
    "@", "#",  "!", "->", kRightToLeft, "\x1b[2J", "\xff", "x",  ";",  "=", "\t"};

void energyopt::mutateBytes(std::string &bytes, Random &random) {
  for (size_t i = 0, count = 1 + below(6, random); i < count; ++i) {
    if (bytes.empty())
      bytes.push_back(static_cast<char>(random()));
    size_t at = below(bytes.size(), random), length = 1 + below(32, random);
    switch (below(5, random)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8, random)));
      break;
    case 1:
      bytes[at] = static_cast<char>(random());
      break;
    case 2:
      bytes.erase(at, length);
      break;
    case 3:
      bytes.insert(below(bytes.size(), random), bytes.substr(at, length));
      break;
    case 4:
      bytes.resize(at);
      break;
    }
  }
  bytes.resize(std::min(bytes.size(), kMostBytes));
}

namespace {
struct Span {
  size_t begin = 0, end = 0;
};
} // namespace

/// Runs of characters that `is` holds for.
template <typename Is> static std::vector<Span> spansOf(StringRef text, Is is) {
  std::vector<Span> spans;
  for (size_t i = 0; i < text.size(); ++i)
    if (is(text[i])) {
      if (spans.empty() || spans.back().end != i)
        spans.push_back({i, i});
      spans.back().end = i + 1;
    }
  return spans;
}

static std::vector<Span> linesOf(StringRef text) {
  std::vector<Span> lines;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back({at, end});
    at = end;
  }
  return lines;
}

/// From a bracket to the one that closes it.
static Span bracketed(StringRef text, size_t open) {
  int depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    depth += StringRef("([{<").contains(text[i]);
    depth -= StringRef(")]}>").contains(text[i]);
    if (depth == 0)
      return {open, i + 1};
  }
  return {open, text.size()};
}

static bool isWord(char c) { return llvm::isAlnum(c) || c == '_' || c == '.' || c == '-'; }

static StringRef pick(StringRef text, const std::vector<Span> &spans, Random &random) {
  if (spans.empty())
    return {};
  Span span = spans[below(spans.size(), random)];
  return text.slice(span.begin, span.end);
}

static void replace(std::string &text, Span span, StringRef by) {
  text.replace(span.begin, span.end - span.begin, by.str());
}

static void mutateOnce(std::string &text, StringRef other, Random &random) {
  std::vector<Span> lines = linesOf(text), words = spansOf(text, isWord);
  if (lines.empty())
    return void(text.assign(other));
  Span line = lines[below(lines.size(), random)];
  switch (below(9, random)) {
  case 0:
    return replace(text, line, "");
  case 1: {
    std::string copy = pick(text, lines, random).str();
    return void(text.insert(line.begin, copy));
  }
  case 2: {
    std::vector<Span> theirs = linesOf(other);
    return void(text.insert(line.begin, pick(other, theirs, random).str()));
  }
  case 3: {
    std::vector<Span> numbers = spansOf(text, llvm::isDigit);
    if (!numbers.empty())
      replace(text, numbers[below(numbers.size(), random)],
              kNumbers[below(std::size(kNumbers), random)]);
    return;
  }
  case 4: {
    StringRef source = below(2, random) ? other : StringRef(text);
    std::string word = pick(source, spansOf(source, isWord), random).str();
    if (!words.empty())
      replace(text, words[below(words.size(), random)], word);
    return;
  }
  case 5:
    return void(text.insert(below(text.size() + 1, random),
                            kPieces[below(std::size(kPieces), random)].str()));
  case 6: { // a bracketed part once more, inside of itself or beside it
    size_t open = text.find_first_of("([{<", below(text.size(), random));
    if (open == std::string::npos)
      return;
    Span part = bracketed(text, open);
    std::string copy = text.substr(part.begin, std::min<size_t>(part.end - part.begin, 4096));
    return void(text.insert(part.begin + below(2, random), copy));
  }
  case 7: {
    size_t open = text.find_first_of("([{<", below(text.size(), random));
    if (open != std::string::npos)
      replace(text, bracketed(text, open), "");
    return;
  }
  case 8:
    if (!words.empty())
      replace(text, words[below(words.size(), random)], "");
    return;
  }
}

void energyopt::mutateText(std::string &text, StringRef other, Random &random) {
  if (below(16, random) == 0)
    return mutateBytes(text, random);
  for (size_t i = 0, count = 1 + below(4, random); i < count; ++i)
    mutateOnce(text, other, random);
  text.resize(std::min(text.size(), kMostBytes));
}
