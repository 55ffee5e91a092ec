//===- Threads.cpp - Work on several threads ------------------------------===//

#include "Import/Threads.h"

#include <optional>
#include <pthread.h>
#include <vector>

using namespace energyopt;

/// As a main thread has; where that is unlimited, others get less of the system.
static constexpr size_t kStackBytes = 8 << 20;

namespace {
struct Task {
  llvm::function_ref<void(size_t)> work;
  size_t number;
  std::optional<pthread_t> thread;
};
} // namespace

static void (*prepare)() = nullptr;

void energyopt::onThreadStart(void (*first)()) { prepare = first; }

static void *start(void *of) {
  if (prepare)
    prepare();
  auto *task = static_cast<Task *>(of);
  task->work(task->number);
  return nullptr;
}

// Of the system's own threads: those of the library end the program if there are none
// to be had.
void energyopt::onThreads(size_t count, llvm::function_ref<void(size_t)> work) {
  std::vector<Task> tasks;
  for (size_t i = 0; i < count; ++i)
    tasks.push_back({work, i, std::nullopt});
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  for (size_t i = 1; i < count; ++i)
    if (pthread_t thread; pthread_create(&thread, &attributes, start, &tasks[i]) == 0)
      tasks[i].thread = thread;
  pthread_attr_destroy(&attributes);
  for (Task &task : tasks)
    if (task.thread)
      pthread_join(*task.thread, nullptr);
    else
      task.work(task.number);
}
