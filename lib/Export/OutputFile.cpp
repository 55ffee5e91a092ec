//===- OutputFile.cpp - Files that are written whole or not at all --------===//

#include "Export/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

using namespace energyopt;
using llvm::StringRef;
namespace fs = llvm::sys::fs;

static llvm::Error failed(StringRef path, std::error_code code) {
  return llvm::createStringError(code, "cannot write " + path + ": " + code.message());
}

llvm::Error energyopt::writeAll(int descriptor, Print print, StringRef path) {
  llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/false);
  os.SetBufferSize(1 << 16);
  print(os);
  os.flush();
  std::error_code code = os.error();
  os.clear_error();
  return code ? failed(path, code) : llvm::Error::success();
}

OutputFile::OutputFile(StringRef path, std::string goal)
    : path(path.str()), goal(std::move(goal)) {}

/// LLVM listens to signals that the process was told to ignore (by nohup, or as a
/// job in the background), and would take the draft from under us. They stay ignored.
static void removeOnSignal(StringRef draft) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  llvm::SmallVector<int> ignored;
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action;
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
      ignored.push_back(signal);
  }
  llvm::sys::RemoveFileOnSignal(draft);
  for (int signal : ignored)
    std::signal(signal, SIG_IGN);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

llvm::Error OutputFile::fill(Print print, int permissions) {
  std::string name = goal + "." + std::to_string(llvm::sys::Process::getProcessId()) + ".tmp";
  removeOnSignal(name);
  int descriptor;
  if (std::error_code code = fs::openFileForWrite(name, descriptor, fs::CD_CreateNew)) {
    llvm::sys::DontRemoveFileOnSignal(name);
    return failed(path, code);
  }
  draft = std::move(name);
  llvm::Error error = writeAll(descriptor, print, path);
  if (permissions)
    ::fchmod(descriptor, permissions);
  // Some file systems say only here that they are full.
  if (::close(descriptor) != 0 && !error)
    error = failed(path, std::error_code(errno, std::generic_category()));
  return error;
}

llvm::Expected<std::unique_ptr<OutputFile>> OutputFile::write(StringRef path, Print print) {
  fs::file_status status;
  bool exists = !fs::status(path, status);
  // It could be replaced all the same, as its folder can be written to.
  if (exists && !fs::can_write(path))
    return failed(path, std::make_error_code(std::errc::permission_denied));
  // Through a link, its goal is replaced and not the link.
  llvm::SmallString<128> goal(path);
  if (exists)
    fs::real_path(path, goal);
  std::unique_ptr<OutputFile> file(new OutputFile(path, goal.str().str()));
  if (!exists || fs::is_regular_file(status)) {
    if (llvm::Error error = file->fill(print, exists ? status.permissions() : 0))
      return std::move(error);
    return file;
  }
  int descriptor;
  if (std::error_code code = fs::openFileForWrite(path, descriptor, fs::CD_OpenExisting))
    return failed(path, code);
  llvm::Error error = writeAll(descriptor, print, path);
  ::close(descriptor);
  if (error)
    return std::move(error);
  return file;
}

llvm::Error OutputFile::keep() {
  if (draft.empty())
    return llvm::Error::success();
  if (std::error_code code = fs::rename(draft, goal))
    return failed(path, code);
  llvm::sys::DontRemoveFileOnSignal(draft);
  draft.clear();
  return llvm::Error::success();
}

OutputFile::~OutputFile() {
  if (draft.empty())
    return;
  fs::remove(draft);
  llvm::sys::DontRemoveFileOnSignal(draft);
}

llvm::Error energyopt::writeFile(StringRef path, Print print) {
  auto file = OutputFile::write(path, print);
  return file ? (*file)->keep() : file.takeError();
}
