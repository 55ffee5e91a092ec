//===- Interrupt.cpp - Ending between two lines ---------------------------===//

#include "Output/Interrupt.h"

#include <atomic>
#include <csignal>
#include <unistd.h>

namespace energyopt {

namespace {
enum State : int { Idle, Writing, Ending };
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
} // namespace

// What a signal handler may touch.
static std::atomic<int> state{Idle};
static std::atomic<int> pending{0};
static struct sigaction before[NSIG];
static_assert(std::atomic<int>::is_always_lock_free);

/// Does what the signal would have done.
static void endBy(int signal) {
  sigaction(signal, &before[signal], nullptr);
  raise(signal);
}

static void onSignal(int signal) {
  int idle = Idle;
  if (state.compare_exchange_strong(idle, Ending))
    return endBy(signal);
  pending = signal;
  // It may have become idle before it could see that.
  idle = Idle;
  if (state.compare_exchange_strong(idle, Ending))
    endBy(signal);
}

void deferInterrupts() {
  struct sigaction action = {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_RESTART;
  for (int signal : kSignals) {
    sigaction(signal, nullptr, &before[signal]);
    // As under nohup.
    if (before[signal].sa_handler != SIG_IGN)
      sigaction(signal, &action, nullptr);
  }
}

WholeWrite::WholeWrite() {
  int idle = Idle;
  while (!state.compare_exchange_weak(idle, Writing)) {
    if (idle == Ending)
      pause(); // another thread is about to end the process
    idle = Idle;
  }
}

WholeWrite::~WholeWrite() {
  state = Idle;
  if (int signal = pending)
    onSignal(signal);
}

} // namespace energyopt
