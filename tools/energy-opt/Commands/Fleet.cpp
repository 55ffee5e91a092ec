//===- Fleet.cpp - A line per model, as soon as its turn comes ------------===//
//
// Workers take paths in order and price them; whichever has the next line in order
// writes it. Only so many lines wait for an earlier one, so that memory depends on
// --jobs and not on the number of models.
//
//===----------------------------------------------------------------------===//

#include "Commands/Commands.h"
#include "Import/Threads.h"
#include "Output/FleetProgress.h"
#include "Output/Interrupt.h"
#include "Output/Output.h"
#include "Output/Progress.h"
#include "Output/RecordFile.h"
#include "Run/Judgement.h"
#include "Run/ModelList.h"
#include "Run/Pricing.h"

#include "energy-opt/Records.h"

#include "llvm/Support/Threading.h"

#include <condition_variable>
#include <map>

using namespace llvm;

namespace energyopt {

namespace {
/// What came of a file: a line for each model, and what to say on stderr.
struct Outcome {
  std::string lines;
  std::vector<std::pair<std::string, Error>> complaints; // by model
  int code = kFine;
};

class Fleet {
public:
  /// False if it is no use to go on.
  using Write = function_ref<bool(StringRef lines)>;

  Fleet(const Options &options, ArrayRef<Target> targets, ModelList &list, const RecordFile *done,
        Write write)
      : options(options), targets(targets), list(list), done(done), write(write),
        progress(list.size()) {
    if (options.format == "ndjson")
      sheets = sheetsOf(targets, options);
    view.sheets = sheets;
  }

  /// Until the list ends, or nothing more can be written. The exit code.
  int run();

private:
  std::optional<std::string> take(size_t &turn);
  void work();
  void finish(size_t turn, Outcome outcome);
  void deliver(Outcome outcome);
  Outcome analyse(const std::string &path);
  void addModel(ModelInput model, Outcome &outcome);
  void fail(std::string name, Error error, Outcome &outcome);

  const Options &options;
  ArrayRef<Target> targets;
  ModelList &list;
  const RecordFile *done;
  Write write;
  std::vector<TargetSheet> sheets;
  ViewOptions view;
  FleetProgress progress;
  /// Lines would end up in that of the progress.
  const bool onTerminal = options.fleet.skipDone.empty() && isScreen(options);

  // Of the list; a worker may wait for its next line while others write.
  std::mutex listMutex;
  size_t taken = 0;

  std::mutex mutex;
  std::condition_variable changed;
  std::map<size_t, Outcome> waiting; // by turn
  size_t window = 1;                 // turns that may be under way
  size_t next = 0;                   // turn to write
  bool writing = false, stopped = false;
  int code = kFine;
};
} // namespace

/// The graver of two exit codes, in the order of the documentation.
static int graver(int a, int b) {
  auto weight = [](int code) { return code == kUnusable ? 4 : code == kUncovered ? 3 : code; };
  return weight(a) >= weight(b) ? a : b;
}

/// "node 'x': what is wrong", '\n', "how to mend it".
static ModelFailure describeFailure(std::string path, StringRef text) {
  auto [message, hint] = text.split('\n');
  auto [node, what] = splitNode(message);
  return {std::move(path), node.str(), what.str(), hint.str()};
}

void Fleet::fail(std::string name, Error error, Outcome &outcome) {
  std::string text = toString(std::move(error));
  raw_string_ostream os(outcome.lines);
  ModelFailure failure = describeFailure(name, text);
  if (options.format == "records")
    printRecord(failure, kUnusable, os);
  else
    printNdjsonFailure(failure, kUnusable, os);
  outcome.complaints.emplace_back(name, createStringError(inconvertibleErrorCode(), text));
  outcome.code = graver(outcome.code, kUnusable);
}

void Fleet::addModel(ModelInput model, Outcome &outcome) {
  std::string name = model.name();
  Expected<Report> report = priceModel(std::move(model), targets, options, /*jobs=*/1);
  if (!report)
    return fail(std::move(name), report.takeError(), outcome);
  int judged = kFine;
  for (Error &error : savingErrors(*report, options)) {
    judged = kFailed;
    outcome.complaints.emplace_back(name, std::move(error));
  }
  if (Error error = coverageError(*report, options)) {
    judged = kUncovered;
    outcome.complaints.emplace_back(name, std::move(error));
  }
  raw_string_ostream os(outcome.lines);
  if (options.format == "records")
    printRecord(*report, judged, !options.checks.empty(), os);
  else
    printNdjson(*report, view, os);
  outcome.code = graver(outcome.code, judged);
}

Outcome Fleet::analyse(const std::string &path) {
  Outcome outcome;
  for (ModelInput &model : modelsIn(path, options))
    addModel(std::move(model), outcome);
  return outcome;
}

/// The next path that has no record yet.
std::optional<std::string> Fleet::take(size_t &turn) {
  std::lock_guard<std::mutex> lock(listMutex);
  {
    std::unique_lock<std::mutex> state(mutex);
    changed.wait(state, [&] { return stopped || taken < next + window; });
    if (stopped)
      return std::nullopt;
  }
  while (std::optional<std::string> path = list.next()) {
    if (done && done->holds(*path))
      continue;
    turn = taken++;
    return path;
  }
  progress.setTotal(taken);
  return std::nullopt;
}

/// Writes one outcome. Not under the lock: a slow reader shall not keep others from
/// their work.
void Fleet::deliver(Outcome outcome) {
  if (onTerminal)
    Progress::pause();
  bool written = write(outcome.lines);
  for (auto &[name, complaint] : outcome.complaints)
    printError(name, std::move(complaint));
  progress.step(outcome.code == kUnusable);
  std::lock_guard<std::mutex> lock(mutex);
  bool ignored = options.fleet.keepGoing && outcome.code == kUnusable;
  code = graver(code, ignored ? int(kFine) : outcome.code);
  stopped |= !written;
}

void Fleet::finish(size_t turn, Outcome outcome) {
  std::unique_lock<std::mutex> lock(mutex);
  waiting.emplace(turn, std::move(outcome));
  if (writing)
    return;
  writing = true;
  for (auto first = waiting.begin(); first != waiting.end() && first->first == next && !stopped;
       first = waiting.begin()) {
    Outcome ready = std::move(first->second);
    waiting.erase(first);
    lock.unlock();
    deliver(std::move(ready));
    lock.lock();
    ++next;
    changed.notify_all();
  }
  writing = false;
}

void Fleet::work() {
  size_t turn;
  while (std::optional<std::string> path = take(turn))
    finish(turn, analyse(*path));
  changed.notify_all();
}

int Fleet::run() {
  constexpr size_t kTurnsPerJob = 4;
  unsigned jobs = hardware_concurrency(options.jobs).compute_thread_count();
  if (auto models = list.size())
    jobs = std::clamp<size_t>(*models, 1, jobs);
  window = kTurnsPerJob * jobs;
  onThreads(jobs, [this](size_t) { work(); });
  // Outcomes that nobody could write.
  for (auto &[turn, outcome] : waiting)
    for (auto &[name, complaint] : outcome.complaints)
      consumeError(std::move(complaint));
  return code;
}

/// Goes on in the file of --skip-done.
static int resume(const Options &options, ArrayRef<Target> targets, ModelList &list) {
  Expected<RecordFile> file = RecordFile::open(options.fleet.skipDone);
  if (!file) {
    printError("energy-opt", file.takeError());
    return kUnusable;
  }
  deferInterrupts();
  int unwritten = kFine;
  auto write = [&](StringRef lines) {
    WholeWrite whole;
    Error error = file->append(lines);
    if (!error)
      return true;
    printError("energy-opt", std::move(error));
    unwritten = kUnusable;
    return false;
  };
  int code = Fleet(options, targets, list, &*file, write).run();
  return graver(code, unwritten);
}

/// Writes to -o, which takes its place when all is written, or to stdout.
static int stream(const Options &options, ArrayRef<Target> targets, ModelList &list) {
  int code = kFine;
  auto print = [&](raw_fd_ostream &os) {
    deferInterrupts();
    auto write = [&](StringRef lines) {
      WholeWrite whole;
      os << lines;
      os.flush();
      return !os.has_error();
    };
    code = Fleet(options, targets, list, /*done=*/nullptr, write).run();
  };
  int delivered = deliver(options, print);
  return graver(delivered, code);
}

int runFleet(const Options &options) {
  Expected<std::vector<Target>> targets = loadTargets(options);
  if (!targets) {
    printError("energy-opt", targets.takeError());
    return kUnusable;
  }
  Expected<std::unique_ptr<ModelList>> list = ModelList::open(options);
  if (!list) {
    printError("energy-opt", list.takeError());
    return kUnusable;
  }
  bool resumes = !options.fleet.skipDone.empty();
  return (resumes ? resume : stream)(options, *targets, **list);
}

} // namespace energyopt
