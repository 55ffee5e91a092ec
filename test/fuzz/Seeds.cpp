//===- Seeds.cpp - Inputs that the tests hold -----------------------------===//

#include "Seeds.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace energyopt;
using llvm::StringRef;

/// Larger ones are slow to run and no more varied.
constexpr size_t kMostBytes = size_t(1) << 16;

namespace {
/// A file, or a part of one that `split-file` would cut out.
struct Part {
  StringRef name, text;
};
} // namespace

static bool startsPart(StringRef line, StringRef &name) {
  if (!line.consume_front("#--- ") && !line.consume_front("//--- "))
    return false;
  name = line.trim();
  return true;
}

static std::vector<Part> partsOf(StringRef path, StringRef text) {
  std::vector<Part> parts{{path, text}};
  StringRef name;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    if (startsPart(text.slice(at, end), name)) {
      parts.back().text = parts.back().text.drop_back(text.size() - at);
      parts.push_back({name, text.drop_front(end)});
    }
    at = end;
  }
  return parts;
}

static std::vector<std::string> filesIn(StringRef place) {
  std::vector<std::string> files;
  std::error_code code;
  for (llvm::sys::fs::recursive_directory_iterator it(place, code), end; it != end && !code;
       it.increment(code))
    if (llvm::sys::fs::is_regular_file(it->path()))
      files.push_back(it->path());
  if (files.empty() && llvm::sys::fs::is_regular_file(place))
    files.push_back(place.str());
  llvm::sort(files);
  return files;
}

std::vector<Seed> energyopt::findSeeds(const FuzzTarget &target,
                                       llvm::ArrayRef<std::string> places) {
  llvm::SmallVector<StringRef> extensions;
  StringRef(target.extensions).split(extensions, ' ');
  std::vector<Seed> seeds;
  for (const std::string &place : places)
    for (const std::string &file : filesIn(place)) {
      auto buffer = llvm::MemoryBuffer::getFile(file);
      if (!buffer)
        continue;
      for (const Part &part : partsOf(file, (*buffer)->getBuffer())) {
        StringRef extension =
            llvm::sys::path::extension(part.name).drop_while([](char c) { return c == '.'; });
        if (!llvm::is_contained(extensions, extension) || part.text.empty())
          continue;
        std::string input = target.seed(part.text);
        if (!input.empty() && input.size() <= kMostBytes)
          seeds.push_back({file + " " + part.name.str(), std::move(input)});
      }
    }
  return seeds;
}
