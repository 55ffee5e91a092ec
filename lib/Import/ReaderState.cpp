//===- ReaderState.cpp - What a WeightReader keeps ------------------------===//

#include "Import/ReaderState.h"

#include "llvm/Support/FileSystem.h"

namespace energyopt {

ReaderState::~ReaderState() {
  for (auto &[path, file] : opened)
    if (file)
      llvm::sys::fs::closeFile(*file);
}

/// The file of that path, if it is as large as its mapping.
static std::optional<int> openAgain(const llvm::MemoryBuffer &mapping) {
  auto file = llvm::sys::fs::openNativeFileForRead(mapping.getBufferIdentifier());
  if (!file) {
    llvm::consumeError(file.takeError());
    return std::nullopt;
  }
  llvm::sys::fs::file_status status;
  if (!llvm::sys::fs::status(*file, status) && status.getSize() == mapping.getBufferSize())
    return *file;
  llvm::sys::fs::closeFile(*file);
  return std::nullopt;
}

std::optional<int> ReaderState::openedFile(const WeightRef &ref) {
  if (ref.encoding != WeightRef::Encoding::Raw || ref.source == WeightRef::Source::Made)
    return std::nullopt;
  std::lock_guard<std::mutex> lock(mutex);
  const llvm::MemoryBuffer *buffer = model;
  if (ref.source == WeightRef::Source::External) {
    auto file = files.find(ref.location);
    buffer = file == files.end() ? nullptr : file->second.get();
  }
  if (!buffer || buffer->getBufferKind() != llvm::MemoryBuffer::MemoryBuffer_MMap)
    return std::nullopt;
  auto [file, isNew] = opened.try_emplace(buffer->getBufferIdentifier());
  if (isNew)
    file->second = openAgain(*buffer);
  return file->second;
}

} // namespace energyopt
