//===- TargetStore.cpp - Built-in targets and users' files ----------------===//

#include "TargetStore.h"

#include "Shape/Nearest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace energyopt;

namespace {

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

/// How to mend an unknown name: by what it is near to, names and aliases.
std::string mend(llvm::StringRef name) {
  std::vector<llvm::StringRef> known, near;
  for (const EmbeddedTarget &target : embeddedTargets()) {
    known.push_back(target.entry.name);
    llvm::SmallVector<llvm::StringRef, 8> aliases;
    target.entry.aliases.split(aliases, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    llvm::append_range(known, aliases);
  }
  for (llvm::StringRef found : nearest(name, known)) {
    llvm::StringRef own = findEmbedded(found)->entry.name;
    if (!llvm::is_contained(near, own))
      near.push_back(own);
  }
  constexpr llvm::StringLiteral kAll = "`energy-opt targets` lists all";
  return near.empty() ? kAll.str() + "; a path to a YAML file works as well"
                      : didYouMean(near) + " " + kAll.str();
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
    return llvm::createStringError("unknown target '" + nameOrPath + "'\n" + mend(name));
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
