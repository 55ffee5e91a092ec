//===- Threads.h - Work on several threads ----------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_THREADS_H
#define ENERGY_OPT_LIB_IMPORT_THREADS_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstddef>

namespace energyopt {

/// Calls `work` with 0 to `count` - 1 at the same time, with 0 on this thread. Those
/// that get no thread are done on this one afterwards.
void onThreads(size_t count, llvm::function_ref<void(size_t)> work);

/// What each thread that onThreads() starts does first; said once, before there are any.
void onThreadStart(void (*prepare)());

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_THREADS_H
