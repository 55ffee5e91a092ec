//===- TargetStore.cpp - Built-in targets and users' files ----------------===//

#include "TargetStore.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace energyopt;

namespace {

constexpr unsigned kNamesShown = 5;

bool isPath(llvm::StringRef text) {
  return text.contains('/') || text.ends_with(".yaml") || text.ends_with(".yml");
}

bool hasAlias(const TargetEntry &entry, llvm::StringRef alias) {
  llvm::SmallVector<llvm::StringRef, 8> aliases;
  entry.aliases.split(aliases, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  return llvm::is_contained(aliases, alias);
}

const EmbeddedTarget *findEmbedded(llvm::StringRef name) {
  for (const EmbeddedTarget &target : embeddedTargets())
    if (target.entry.name == name)
      return &target;
  for (const EmbeddedTarget &target : embeddedTargets())
    if (hasAlias(target.entry, name))
      return &target;
  return nullptr;
}

/// Names by edit distance to `name`, nearest first; those that contain it
/// before all others.
std::string nearNames(llvm::StringRef name) {
  std::vector<std::pair<unsigned, llvm::StringRef>> ranked;
  for (const EmbeddedTarget &target : embeddedTargets()) {
    bool contains = target.entry.name.contains(name);
    ranked.push_back({contains ? 0 : target.entry.name.edit_distance(name), target.entry.name});
  }
  llvm::sort(ranked);
  ranked.resize(std::min<size_t>(ranked.size(), kNamesShown));
  return llvm::join(llvm::map_range(ranked, [](auto &r) { return r.second.str(); }), ", ");
}

} // namespace

namespace energyopt {

llvm::Expected<Target> loadBase(llvm::StringRef nameOrPath, int depth) {
  if (isPath(nameOrPath)) {
    auto buffer = llvm::MemoryBuffer::getFile(nameOrPath);
    if (!buffer)
      return llvm::createStringError("target file '" + nameOrPath +
                                     "': " + buffer.getError().message());
    return parseTarget((*buffer)->getBuffer(), nameOrPath, depth);
  }
  std::string name = nameOrPath.lower();
  const EmbeddedTarget *found = findEmbedded(name);
  if (!found)
    return llvm::createStringError("unknown target '" + nameOrPath + "'\nnear names: " +
                                   nearNames(name) + "; `energy-opt targets` lists all");
  return parseTarget(found->text, (found->entry.name + ".yaml").str(), depth);
}

llvm::Expected<Target> loadTarget(llvm::StringRef nameOrPath) { return loadBase(nameOrPath, 0); }

llvm::Expected<Target> parseTarget(llvm::StringRef text, llvm::StringRef path) {
  return parseTarget(text, path, /*depth=*/0);
}

llvm::ArrayRef<TargetEntry> builtinTargets() {
  static const std::vector<TargetEntry> entries = [] {
    std::vector<TargetEntry> all;
    for (const EmbeddedTarget &target : embeddedTargets())
      all.push_back(target.entry);
    return all;
  }();
  return entries;
}

} // namespace energyopt
