//===- ExternalData.cpp - Where external tensor data may lie --------------===//

#include "Import/ExternalData.h"

#include "Import/ImportError.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace energyopt {

/// Why a location is refused whatever lies there; nullptr if it is fine.
/// Windows forms are refused everywhere: what a model may name must not depend
/// on the machine that reads it.
static const char *refusal(llvm::StringRef location) {
  if (location.empty())
    return "is empty";
  if (llvm::any_of(location, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return "has control characters";
  if (location.front() == '/')
    return "is an absolute path";
  if (location.contains('\\'))
    return "has backslashes";
  if (location.size() > 1 && location[1] == ':' && llvm::isAlpha(location[0]))
    return "names a drive";
  llvm::SmallVector<llvm::StringRef, 4> parts;
  location.split(parts, '/');
  return llvm::is_contained(parts, "..") ? "leaves the model's directory" : nullptr;
}

/// Whether `path`, links followed, is below `directory`, links followed.
static bool isInside(llvm::StringRef directory, llvm::StringRef resolved) {
  llvm::SmallString<256> root;
  if (llvm::sys::fs::real_path(directory, root))
    return false;
  if (!root.ends_with("/"))
    root += '/';
  return resolved.starts_with(root);
}

llvm::Expected<std::optional<ExternalFile>>
resolveExternal(llvm::StringRef directory, llvm::StringRef location, bool trustExternal) {
  if (const char *why = refusal(location))
    return importError("external data " + quoted(location) + " " + why,
                       "the location must be a file's path relative to the model, inside its "
                       "directory");
  llvm::StringRef root = directory.empty() ? "." : directory;
  llvm::SmallString<256> path(root), resolved;
  llvm::sys::path::append(path, location);
  if (llvm::sys::fs::real_path(path, resolved))
    return std::nullopt;
  if (!trustExternal && !isInside(root, resolved))
    return importError("external data " + quoted(location) +
                           " is a link that leaves the model's directory",
                       "pass --trust-external if you trust the model and its links");
  llvm::sys::fs::file_status status;
  if (llvm::sys::fs::status(resolved, status))
    return std::nullopt;
  if (status.type() != llvm::sys::fs::file_type::regular_file)
    return importError("external data " + quoted(location) + " is not a regular file",
                       "put the tensors' data file beside the model");
  return ExternalFile{std::string(resolved), status.getSize()};
}

} // namespace energyopt
