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

llvm::SmallVector<llvm::StringRef, 8> aliasesOf(const TargetEntry &entry) {
  llvm::SmallVector<llvm::StringRef, 8> aliases;
  llvm::SplitString(entry.aliases, aliases);
  return aliases;
}

const TargetEntry *findBuiltin(llvm::StringRef name) {
  for (const TargetEntry &entry : builtinTargets())
    if (entry.name == name)
      return &entry;
  for (const TargetEntry &entry : builtinTargets())
    if (llvm::is_contained(aliasesOf(entry), name))
      return &entry;
  return nullptr;
}

/// How to mend an unknown name: by what it is near to, names and aliases.
std::string mend(llvm::StringRef name) {
  std::vector<llvm::StringRef> known, near;
  for (const TargetEntry &entry : builtinTargets()) {
    known.push_back(entry.name);
    llvm::append_range(known, aliasesOf(entry));
  }
  for (llvm::StringRef found : nearest(name, known)) {
    llvm::StringRef own = findBuiltin(found)->name;
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
  const TargetEntry *found = findBuiltin(name);
  if (!found)
    return llvm::createStringError("unknown target '" + nameOrPath + "'\n" + mend(name));
  return builtinTarget(found - builtinTargets().begin());
}

llvm::Expected<Target> loadTarget(llvm::StringRef nameOrPath) { return loadBase(nameOrPath, 0); }

llvm::Expected<Target> parseTarget(llvm::StringRef text, llvm::StringRef path) {
  return parseTarget(text, path, /*depth=*/0);
}

} // namespace energyopt
