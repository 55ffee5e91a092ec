//===- TextLoader.cpp - Opens the module that reads text ------------------===//

#include "Import/Formats.h"
#include "Import/ImportError.h"
#include "Import/TextModule.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <dlfcn.h>
#include <link.h>

namespace energyopt {

static constexpr llvm::StringLiteral kModule = "EnergyOptText.so";

/// The program, or the shared library in it, that holds this code.
static std::string ownFile() {
  static int anchor;
  Dl_info info;
  ::link_map *map = nullptr;
  // A program has no name here, and what it says of itself is not trusted.
  if (::dladdr1(&anchor, &info, reinterpret_cast<void **>(&map), RTLD_DL_LINKMAP) && map &&
      *map->l_name)
    return map->l_name;
  return llvm::sys::fs::getMainExecutable(nullptr, &anchor);
}

/// Beside that file or in the lib folder beside its own; nowhere else, what a
/// search path says is not trusted.
static EnergyOptEncodeText *openModule() {
  llvm::SmallString<128> folder(ownFile());
  llvm::sys::path::remove_filename(folder);
  for (llvm::StringRef place : {"../lib", "../lib/energy-opt", "."}) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, place, kModule);
    if (void *module = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL))
      return reinterpret_cast<EnergyOptEncodeText *>(::dlsym(module, "energyOptEncodeText"));
  }
  return nullptr;
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> encodeText(ModelFormat format,
                                                               llvm::StringRef text) {
  static EnergyOptEncodeText *const encode = openModule();
  if (!encode)
    return importError("a model in text needs " + kModule + ", which cannot be loaded",
                       "put it beside the program or into ../lib, with libonnx installed; or pass "
                       "a binary model");
  struct Result {
    std::unique_ptr<llvm::MemoryBuffer> bytes;
    std::string error;
  } result;
  auto done = [](void *to, const char *bytes, size_t size, bool good) {
    llvm::StringRef content(bytes, size);
    if (good)
      static_cast<Result *>(to)->bytes = llvm::MemoryBuffer::getMemBufferCopy(content);
    else
      static_cast<Result *>(to)->error = content.str();
  };
  encode(static_cast<uint8_t>(format), text.data(), text.size(), &result, done);
  if (!result.bytes)
    return llvm::createStringError(llvm::inconvertibleErrorCode(), result.error);
  return std::move(result.bytes);
}

} // namespace energyopt
