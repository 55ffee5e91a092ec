//===- Output.cpp - Where results and complaints go -----------------------===//

#include "Output.h"

#include "Commands.h"
#include "Progress.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"

#include <cstdlib>
#include <sys/ioctl.h>
#include <sys/stat.h>
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

ViewOptions viewOptions(const Options &options) {
  ViewOptions view;
  view.top = options.top;
  view.unicode = localeIsUtf8();
  bool terminal = options.output == "-" && isatty(STDOUT_FILENO);
  if (terminal || std::getenv("COLUMNS"))
    view.width = screenColumns();
  const char *noColor = std::getenv("NO_COLOR");
  const char *term = std::getenv("TERM");
  bool wanted =
      terminal && !(noColor && *noColor) && term && StringRef(term) != "dumb";
  view.color = options.color == ColorMode::Always ||
               (options.color == ColorMode::Auto && wanted);
  return view;
}

static Error failed(StringRef path, std::error_code code) {
  return createStringError(code,
                           "cannot write " + path + ": " + code.message());
}

using Print = function_ref<void(raw_fd_ostream &)>;

static Error writeAll(int descriptor, Print print, StringRef path) {
  raw_fd_ostream os(descriptor, /*shouldClose=*/false);
  os.SetBufferSize(1 << 16);
  print(os);
  os.flush();
  std::error_code code = os.error();
  os.clear_error();
  return code ? failed(path, code) : Error::success();
}

static Error writeStdout(Print print) {
  Error error = writeAll(STDOUT_FILENO, print, "stdout");
  return handleErrors(std::move(error),
                      [](std::unique_ptr<StringError> e) -> Error {
                        if (e->convertToErrorCode() == std::errc::broken_pipe)
                          return Error::success();
                        return Error(std::move(e));
                      });
}

/// Writes a file beside `path` that then takes its place. `permissions` are
/// those of the file that was there, 0 if there was none.
static Error replaceFile(StringRef path, Print print, int permissions) {
  std::string draft =
      (path + "." + Twine(sys::Process::getProcessId()) + ".tmp").str();
  int descriptor;
  if (std::error_code code =
          sys::fs::openFileForWrite(draft, descriptor, sys::fs::CD_CreateNew))
    return failed(path, code);
  sys::RemoveFileOnSignal(draft);
  Error error = writeAll(descriptor, print, path);
  if (permissions)
    ::fchmod(descriptor, permissions);
  // Some file systems say only here that they are full.
  if (::close(descriptor) != 0 && !error)
    error = failed(path, std::error_code(errno, std::generic_category()));
  if (!error)
    if (std::error_code code = sys::fs::rename(draft, path))
      error = failed(path, code);
  if (error)
    sys::fs::remove(draft);
  sys::DontRemoveFileOnSignal(draft);
  return error;
}

Error writeOutput(StringRef path, Print print) {
  Progress::pause();
  if (path == "-")
    return writeStdout(print);
  sys::fs::file_status status;
  bool exists = !sys::fs::status(path, status);
  if (exists && !sys::fs::is_regular_file(status)) {
    // A device or a pipe cannot be replaced.
    int descriptor;
    if (std::error_code code = sys::fs::openFileForWrite(
            path, descriptor, sys::fs::CD_OpenExisting))
      return failed(path, code);
    Error error = writeAll(descriptor, print, path);
    ::close(descriptor);
    return error;
  }
  // Through a link, its goal is replaced and not the link.
  SmallString<128> goal(path);
  if (exists)
    sys::fs::real_path(path, goal);
  return replaceFile(goal, print, exists ? status.permissions() : 0);
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
static bool namesItsPlace(StringRef text) {
  return text.split('\n').first.contains(": error: ");
}

static std::string printableLines(StringRef text, bool unicode) {
  SmallVector<StringRef> lines;
  text.rtrim().split(lines, '\n');
  std::vector<std::string> visible;
  for (StringRef line : lines)
    visible.push_back(printable(line, unicode));
  return join(visible, "\n");
}

Complaint complaintOf(StringRef file, Error error, bool unicode) {
  std::string text = toString(std::move(error));
  auto [message, mend] = StringRef(text).split('\n');
  if (namesItsPlace(text))
    return {"", printable(message, unicode), printableLines(mend, unicode)};
  std::string where = printable(file, unicode);
  // "node 'x': y" names its place.
  StringRef rest = message;
  if (rest.consume_front("node '")) {
    size_t end = rest.find("': ");
    if (end != StringRef::npos) {
      where += ":" + printable(rest.take_front(end), unicode);
      message = rest.drop_front(end + 3);
    }
  }
  return {where, printable(message, unicode), printable(mend, unicode)};
}

void printError(StringRef file, Error error) {
  Progress::pause();
  Complaint complaint = complaintOf(file, std::move(error), localeIsUtf8());
  errs() << complaint.headline() << '\n';
  if (!complaint.note.empty())
    errs() << (complaint.where.empty() ? "" : complaint.where + ": note: ") << complaint.note << '\n';
}

} // namespace energyopt
