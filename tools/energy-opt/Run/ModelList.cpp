//===- ModelList.cpp - Paths of models, one after the other ---------------===//

#include "Run/ModelList.h"

#include "Options/OptionValues.h"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>

using namespace llvm;

namespace energyopt {

std::optional<std::string> ModelList::nextLine() {
  // Longer than any path: of a line that is none, the begin is enough to say so.
  constexpr size_t kLongest = 8192;
  std::string line;
  for (int c; (c = std::getc(file.get())) != EOF;) {
    if (c != '\n') {
      if (line.size() < kLongest)
        line += static_cast<char>(c);
      continue;
    }
    if (StringRef(line).ends_with("\r"))
      line.pop_back();
    if (!line.empty())
      return line;
  }
  if (line.empty())
    return std::nullopt;
  return line;
}

std::optional<std::string> ModelList::next() {
  std::optional<std::string> path;
  if (taken < given.size())
    path = given[taken];
  else if (file)
    path = nextLine();
  if (path)
    ++taken;
  else
    total = taken;
  // In a list, "-" is the name of a file.
  return path && *path == "-" && taken > given.size() ? "./-" : path;
}

Expected<std::unique_ptr<ModelList>> ModelList::open(const Options &options) {
  std::unique_ptr<ModelList> list(new ModelList(options.arguments));
  const std::string &path = options.fleet.list;
  if (path.empty()) {
    list->total = list->given.size();
    return list;
  }
  list->file.reset(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
  struct stat status = {};
  if (list->file && fstat(fileno(list->file.get()), &status) == 0 && S_ISDIR(status.st_mode)) {
    list->file.reset();
    errno = EISDIR;
  }
  if (!list->file)
    return usageError("--models: cannot read " + path + ": " + std::strerror(errno),
                      "give a file with a path on each line, or - for stdin");
  // A file is read twice, to know how many there are.
  if (!S_ISREG(status.st_mode) || path == "-")
    return list;
  size_t lines = 0;
  while (list->nextLine())
    ++lines;
  std::rewind(list->file.get());
  list->total = list->given.size() + lines;
  return list;
}

} // namespace energyopt
