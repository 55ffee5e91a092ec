//===- RecordFile.cpp - Lines that a later run goes on from ---------------===//

#include "Output/RecordFile.h"

#include "Options/OptionValues.h"

#include "energy-opt/Records.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace energyopt {

static Error failed(const Twine &what, int code) {
  return usageError("--skip-done: " + what + ": " + std::strerror(code),
                    "give a file that can be read and written");
}

Expected<RecordFile> RecordFile::open(StringRef path) {
  int descriptor = ::open(path.str().c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0)
    return failed("cannot open " + path, errno);
  RecordFile file(path, descriptor);
  struct stat status = {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
    return usageError("--skip-done: " + path + " is no regular file", "give the file of records");
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return usageError("--skip-done: another run is writing " + path,
                      "wait for it, or give each run a file of its own");
  if (Error error = file.read())
    return std::move(error);
  return file;
}

RecordFile::RecordFile(RecordFile &&other)
    : path(std::move(other.path)), descriptor(std::exchange(other.descriptor, -1)),
      models(std::move(other.models)) {}

RecordFile::~RecordFile() {
  if (descriptor >= 0)
    ::close(descriptor);
}

/// Takes in which models there are, and cuts off a line without an end.
Error RecordFile::read() {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return failed("cannot read " + path, buffer.getError().value());
  StringRef rest = (*buffer)->getBuffer();
  size_t whole = rest.rfind('\n') + 1; // npos + 1 is 0
  for (size_t number = 1; !rest.empty(); ++number) {
    size_t end = rest.find('\n');
    StringRef line = rest.take_front(end);
    auto model = recordPath(line);
    // Of a cut line, what there is of its begin tells whether it was a record.
    bool cutEarly =
        end == StringRef::npos && (line.starts_with("{") || StringRef("{").starts_with(line));
    if (!model && !cutEarly)
      return usageError("--skip-done: line " + Twine(number) + " of " + path + " is no record",
                        "give a file that energy-opt wrote with --format=records or ndjson");
    if (end == StringRef::npos)
      break;
    models.insert(*model);
    rest = rest.drop_front(end + 1);
  }
  if (whole != (*buffer)->getBufferSize() && ftruncate(descriptor, whole) != 0)
    return failed("cannot cut " + path, errno);
  return Error::success();
}

bool RecordFile::holds(StringRef model) const {
  // As it stands in a record.
  return models.contains(json::isUTF8(model) ? model.str() : json::fixUTF8(model));
}

Error RecordFile::append(StringRef line) {
  off_t before = lseek(descriptor, 0, SEEK_END);
  for (StringRef rest = line; !rest.empty();) {
    ssize_t written = ::write(descriptor, rest.data(), rest.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      int code = errno;
      // Not half a line, where the disk is full.
      (void)!ftruncate(descriptor, before);
      return createStringError(std::error_code(code, std::generic_category()),
                               "cannot write " + path + ": " + std::strerror(code));
    }
    rest = rest.drop_front(written);
  }
  return Error::success();
}

} // namespace energyopt
