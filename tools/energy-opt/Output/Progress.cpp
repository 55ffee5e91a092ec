//===- Progress.cpp - What a long run is at -------------------------------===//

#include "Output/Progress.h"

#include "Report/Format.h"
#include "energy-opt/Views.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

using namespace llvm;

namespace energyopt {

using Clock = std::chrono::steady_clock;
static constexpr std::chrono::milliseconds kPatience(1000), kBeat(250);

namespace {
/// The line, and the thread that draws it.
class Line {
public:
  Line() : drawer([this] { draw(); }) {}
  ~Line() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      ended = true;
      erase();
    }
    wake.notify_all();
    drawer.join();
  }
  void set(std::string next) {
    std::lock_guard<std::mutex> lock(mutex);
    text = std::move(next);
  }
  void pause() {
    std::lock_guard<std::mutex> lock(mutex);
    text.clear();
    erase();
  }

private:
  void erase() {
    if (shown)
      errs() << "\r\x1b[K";
    shown = false;
  }
  void draw();

  const Clock::time_point start = Clock::now();
  std::mutex mutex;
  std::condition_variable wake;
  std::string text;
  bool ended = false, shown = false;
  std::thread drawer; // last: it uses the others
};
} // namespace

static unsigned terminalWidth() {
  constexpr unsigned kUsual = 80;
  winsize size = {};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : kUsual;
}

void Line::draw() {
  std::unique_lock<std::mutex> lock(mutex);
  auto next = start + kPatience;
  while (!wake.wait_until(lock, next, [this] { return ended; })) {
    next = Clock::now() + kBeat;
    erase();
    if (text.empty())
      continue;
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start).count();
    std::string line = text + " (" + std::to_string(seconds) + " s)";
    errs() << fit(line, terminalWidth() - 1, /*unicode=*/false);
    shown = true;
  }
}

static std::unique_ptr<Line> theLine;
static std::atomic<bool> counting = false; // set and asked by the threads of --jobs

/// Whether a person sits there who sees it.
static bool isWatched() {
  auto variable = [](const char *name) {
    const char *value = std::getenv(name);
    return StringRef(value ? value : "");
  };
  StringRef ci = variable("CI"), term = variable("TERM");
  return isatty(STDERR_FILENO) && !term.empty() && term != "dumb" &&
         (ci.empty() || ci == "0" || ci == "false");
}

Progress::Progress(bool wanted) {
  if (wanted && isWatched())
    theLine = std::make_unique<Line>();
}

Progress::~Progress() { theLine.reset(); }

void Progress::stage(const Twine &text) {
  if (theLine && !counting)
    theLine->set(printable(text.str(), /*unicode=*/false));
}

void Progress::models(const Twine &text) {
  counting = true;
  if (theLine)
    theLine->set(text.str());
}

void Progress::pause() {
  if (theLine)
    theLine->pause();
}

} // namespace energyopt
