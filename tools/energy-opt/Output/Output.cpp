//===- Output.cpp - Where results and complaints go -----------------------===//

#include "Output/Output.h"

#include "Commands/Commands.h"
#include "Export/OutputFile.h"
#include "Output/Progress.h"

#include "llvm/ADT/StringExtras.h"

#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace llvm;

namespace energyopt {

/// Whether the locale's characters are UTF-8, as POSIX says to find out.
static bool localeIsUtf8() {
  for (const char *variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char *value = std::getenv(variable);
    if (value && *value)
      return StringRef(value).contains_insensitive("utf-8") ||
             StringRef(value).contains_insensitive("utf8");
  }
  return false;
}

unsigned screenColumns() {
  constexpr unsigned kDefault = 100, kLeast = 60, kMost = 160;
  winsize size = {};
  unsigned columns;
  const char *variable = std::getenv("COLUMNS");
  if (!variable || StringRef(variable).getAsInteger(10, columns))
    columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
  return columns ? std::clamp(columns, kLeast, kMost) : kDefault;
}

bool isScreen(const Options &options) { return options.output == "-" && isatty(STDOUT_FILENO); }

std::optional<unsigned> screenWidth(const Options &options) {
  if (isScreen(options) || std::getenv("COLUMNS"))
    return screenColumns();
  return std::nullopt;
}

ViewOptions viewOptions(const Options &options) {
  ViewOptions view;
  view.top = options.top;
  view.unicode = localeIsUtf8();
  bool terminal = isScreen(options);
  view.width = screenWidth(options).value_or(view.width);
  const char *noColor = std::getenv("NO_COLOR");
  const char *term = std::getenv("TERM");
  bool wanted = terminal && !(noColor && *noColor) && term && StringRef(term) != "dumb";
  view.color = options.color == ColorMode::Always || (options.color == ColorMode::Auto && wanted);
  return view;
}

static Error writeStdout(Print print) {
  Error error = writeAll(STDOUT_FILENO, print, "stdout");
  return handleErrors(std::move(error), [](std::unique_ptr<StringError> e) -> Error {
    if (e->convertToErrorCode() == std::errc::broken_pipe)
      return Error::success();
    return Error(std::move(e));
  });
}

Error writeOutput(StringRef path, Print print) {
  Progress::pause();
  return path == "-" ? writeStdout(print) : writeFile(path, print);
}

int deliver(const Options &options, StringRef text) {
  return deliver(options, [&](raw_ostream &os) { os << text; });
}

int deliver(const Options &options, Print print) {
  Error error = writeOutput(options.output, print);
  if (!error)
    return kFine;
  printError("energy-opt", std::move(error));
  return kUnusable;
}

/// Complaints about a text file come with their place, the line and a caret.
static bool namesItsPlace(StringRef text) { return text.split('\n').first.contains(": error: "); }

static std::string printableLines(StringRef text, bool unicode) {
  SmallVector<StringRef> lines;
  text.rtrim().split(lines, '\n');
  std::vector<std::string> visible;
  for (StringRef line : lines)
    visible.push_back(printable(line, unicode));
  return join(visible, "\n");
}

std::pair<StringRef, StringRef> splitNode(StringRef message) {
  StringRef rest = message;
  size_t end = rest.consume_front("node '") ? rest.find("': ") : StringRef::npos;
  if (end == StringRef::npos)
    return {"", message};
  return {rest.take_front(end), rest.drop_front(end + 3)};
}

Complaint complaintOf(StringRef file, Error error, bool unicode) {
  std::string text = toString(std::move(error));
  auto [message, mend] = StringRef(text).split('\n');
  if (namesItsPlace(text))
    return {"", printable(message, unicode), printableLines(mend, unicode)};
  std::string where = printable(file, unicode);
  auto [node, what] = splitNode(message);
  if (!node.empty())
    where += ":" + printable(node, unicode);
  return {where, printable(what, unicode), printable(mend, unicode)};
}

void printError(StringRef file, Error error) {
  Progress::pause();
  Complaint complaint = complaintOf(file, std::move(error), localeIsUtf8());
  errs() << complaint.headline() << '\n';
  if (!complaint.note.empty())
    errs() << (complaint.where.empty() ? "" : complaint.where + ": note: ") << complaint.note
           << '\n';
}

} // namespace energyopt
