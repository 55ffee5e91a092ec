//===- Analyze.cpp - energy-opt analyze -----------------------------------===//

#include "Commands.h"
#include "Output.h"
#include "Pricing.h"

#include "llvm/Support/ThreadPool.h"

#include <unistd.h>

using namespace llvm;

namespace energyopt {

namespace {
/// Counts models on stderr while there are several, for a person who waits.
class Progress {
public:
  Progress(size_t total, bool wanted)
      : total(total), shown(wanted && total > 1 && isatty(STDERR_FILENO)) {}
  ~Progress() {
    if (shown)
      errs() << "\r\x1b[K";
  }
  void step() {
    std::lock_guard<std::mutex> lock(mutex);
    if (++done && shown)
      errs() << '\r' << done << " of " << total << " models";
  }

private:
  std::mutex mutex;
  size_t done = 0, total;
  bool shown;
};
} // namespace

/// Analyzes all models, several at a time; results in the order of arguments.
static std::vector<Expected<Report>>
analyzeAll(MutableArrayRef<ModelInput> models, ArrayRef<Target> targets,
           const Options &options) {
  std::vector<std::optional<Expected<Report>>> slots(models.size());
  Progress progress(models.size(), options.progress);
  auto analyze = [&](size_t i) {
    slots[i].emplace(priceModel(std::move(models[i]), targets, options));
    progress.step();
  };
  if (slots.size() == 1) {
    analyze(0); // no thread to start
  } else {
    DefaultThreadPool pool(hardware_concurrency(options.jobs));
    for (size_t i = 0; i < slots.size(); ++i)
      pool.async(analyze, i);
    pool.wait();
  }
  std::vector<Expected<Report>> results;
  for (auto &slot : slots)
    results.push_back(std::move(*slot));
  return results;
}

/// Says which models are less covered than --min-coverage wants.
static int checkCoverage(ArrayRef<Report> reports, const Options &options) {
  int code = kFine;
  for (const Report &report : reports) {
    const Coverage &coverage = report.coverage;
    if (coverage.ratio() >= options.minCoverage)
      continue;
    code = kUncovered;
    std::string message =
        std::to_string(coverage.unmodelled) + " of " +
        std::to_string(coverage.opsTotal) +
        " ops are unmodelled, more than "
        "--min-coverage allows\n--op-like prices a custom op as a known one";
    printError(report.graph.model.path,
               createStringError(inconvertibleErrorCode(), message));
  }
  return code;
}

int runAnalyze(const Options &options) {
  Expected<std::vector<Target>> targets = loadTargets(options);
  if (!targets) {
    printError("energy-opt", targets.takeError());
    return kUnusable;
  }
  std::vector<Report> reports;
  int code = kFine;
  std::vector<ModelInput> models = findModels(options);
  std::vector<std::string> names;
  for (const ModelInput &model : models)
    names.push_back(model.name());
  for (auto [name, result] :
       zip_equal(names, analyzeAll(models, *targets, options))) {
    if (result) {
      reports.push_back(std::move(*result));
      continue;
    }
    printError(name, result.takeError());
    code = kUnusable;
  }
  // Without a single report there is nothing to show.
  if (!reports.empty()) {
    auto print = [&](raw_ostream &os) {
      findView(options.format)->print(reports, viewOptions(options), os);
    };
    code = std::max(code, deliver(options, print));
  }
  int covered = checkCoverage(reports, options);
  return code == kFine ? covered : code;
}

} // namespace energyopt
