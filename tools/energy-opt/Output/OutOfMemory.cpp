//===- OutOfMemory.cpp - Ending where memory runs out ---------------------===//

#include "Output/OutOfMemory.h"

#include "Commands/Commands.h"

#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Signals.h"

#include <cstdlib>
#include <new>
#include <unistd.h>

namespace energyopt {

/// Takes no memory.
[[noreturn]] static void end() {
  if (llvm::CrashRecoveryContext::GetCurrent())
    std::abort();
  static constexpr char kText[] =
      "energy-opt: error: out of memory\n"
      "energy-opt: note: allow it more, or run fewer models at a time (--jobs)\n";
  (void)!::write(STDERR_FILENO, kText, sizeof(kText) - 1);
  llvm::sys::RunInterruptHandlers(); // which remove drafts
  _exit(kUnusable);
}

void endInWordsWithoutMemory() {
  std::set_new_handler(end);
  llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { end(); });
}

} // namespace energyopt
