//===- TextLoader.cpp - Opens the module that reads text ------------------===//

#include "Import/Formats.h"
#include "Import/ImportError.h"
#include "Import/TextModule.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <dlfcn.h>

namespace energyopt {

static constexpr llvm::StringLiteral kModule = "EnergyOptText.so";

/// Beside the program or in the lib folder beside its own; nowhere else, what a
/// search path says is not trusted.
static EnergyOptEncodeText *openModule() {
  static int anchor;
  llvm::SmallString<128> folder(llvm::sys::fs::getMainExecutable(nullptr, &anchor));
  llvm::sys::path::remove_filename(folder);
  for (llvm::StringRef place : {"../lib", "."}) {
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
