//===- CampaignMain.cpp - Mutants beside the intact file ------------------===//
//
// Usage: energy-opt-mutants [--mutants=N] [--first=I] [--mix] [--time=false] [--keep=DIR]
//                           PLACE...
//
// Analyses each model found in PLACE, and N mutants of them, in child processes as
// the tool would by default: priced on its default targets, with suggestions, as
// a text report. A mutant has to be analysed or refused in words, and may take ten
// times the processor time and memory of its intact file, or the floors below; what
// does not is kept in DIR. The mutants are the same each time.
//
// A process of its own costs ten times what a small model does, so mutants go through
// one in batches, and each that looks wrong there is judged in one of its own.
//
//===----------------------------------------------------------------------===//

#include "Seeds.h"
#include "TextMutator.h"
#include "WireMutator.h"

#include "energy-opt/OnnxDialect.h"
#include "energy-opt/Suggest.h"
#include "energy-opt/Views.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <csignal>
#include <map>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace energyopt;
using llvm::StringRef;
namespace cl = llvm::cl;

static cl::OptionCategory category("options");
static cl::list<std::string> places(cl::Positional, cl::desc("PLACE..."), cl::OneOrMore,
                                    cl::cat(category));
static cl::opt<unsigned> mutants("mutants", cl::desc("mutants to analyse"), cl::init(1000),
                                 cl::cat(category));
static cl::opt<unsigned> firstMutant("first", cl::desc("number of the first mutant"), cl::init(0),
                                     cl::cat(category));
static cl::opt<bool> mix("mix", cl::desc("mutants take parts of other models"), cl::init(false),
                         cl::cat(category));
static cl::opt<bool> judgesTime("time", cl::desc("judge processor time"), cl::init(true),
                                cl::cat(category));
static cl::opt<unsigned> batch("batch", cl::desc("mutants to analyse in a process"), cl::init(25),
                               cl::cat(category));
static cl::opt<std::string> keep("keep", cl::desc("folder for what fails"), cl::cat(category));

/// Below these a ratio is noise.
constexpr double kFloorS = 1, kFloorMb = 100, kMostTimes = 10;
/// A child that takes longer ends.
constexpr unsigned kMostS = 60;
constexpr int kAnalysed = 0, kRefused = 2, kSilent = 3;

namespace {
enum class Kind : uint8_t { Onnx, Mlir };

struct Model {
  std::string name, bytes;
  Kind kind;
};

struct Outcome {
  int status = 0; // of waitpid
  double cpuS = 0, peakMb = 0;
};
} // namespace

static const std::vector<Target> &defaultTargets() {
  static const std::vector<Target> targets = [] {
    std::vector<Target> loaded;
    for (const char *name : {"nvidia-a100-sxm-80gb", "google-tpu-v4", "intel-xeon-platinum-8380"})
      loaded.push_back(llvm::cantFail(loadTarget(name)));
    return loaded;
  }();
  return targets;
}

static int refused(llvm::Error error) {
  return StringRef(llvm::toString(std::move(error))).trim().empty() ? kSilent : kRefused;
}

/// Prices and prints; `model` is null for MLIR.
static int report(WorkGraph graph, ImportedModel *model, StringRef path) {
  Report report;
  report.graph = std::move(graph);
  summarize(report);
  for (const Target &target : defaultTargets()) {
    auto priced = estimate(report.graph, target, {});
    if (!priced)
      return refused(priced.takeError());
    report.targets.push_back(std::move(*priced));
  }
  if (model) {
    Situation situation{*model, path.str(), {}, {}, defaultTargets(), report};
    Suggestions found = suggest(situation, selectChecks(""));
    report.suggestions = std::move(found.suggestions);
    report.refusals = std::move(found.refusals);
    report.plans = std::move(found.plans);
  }
  llvm::raw_null_ostream nowhere;
  printText(report, ViewOptions(), nowhere);
  return kAnalysed;
}

static int analyse(StringRef bytes, Kind kind) {
  if (kind == Kind::Mlir) {
    auto buffer = llvm::MemoryBuffer::getMemBuffer(bytes, "mutant.mlir", false);
    auto analysed = analyseModel(std::move(buffer), "mutant.mlir", {});
    return analysed ? report(std::move(analysed->graph), nullptr, "mutant.mlir")
                    : refused(analysed.takeError());
  }
  StringRef path = "mutant.onnx";
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::func::FuncDialect, OnnxDialect>();
  auto model = importOnnx(context, llvm::MemoryBuffer::getMemBuffer(bytes, path, false), path, {});
  if (!model)
    return refused(model.takeError());
  auto analysed = analyseImported(*model, path, {});
  return analysed ? report(std::move(analysed->graph), &*model, path)
                  : refused(analysed.takeError());
}

static Outcome used(const rusage &usage) {
  auto seconds = [](const timeval &t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  Outcome outcome;
  outcome.cpuS = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  outcome.peakMb = double(usage.ru_maxrss) / 1000;
  return outcome;
}

/// Runs `work`, which returns an exit code, in a process of its own.
static Outcome runInChild(llvm::function_ref<int()> work) {
  pid_t child = fork();
  if (child == 0) {
    rlimit cpu{kMostS, kMostS};
    setrlimit(RLIMIT_CPU, &cpu);
    rlimit core{0, 0};
    setrlimit(RLIMIT_CORE, &core);
    _exit(work());
  }
  int status = 0;
  rusage usage = {};
  if (child < 0 || wait4(child, &status, 0, &usage) != child)
    llvm::report_fatal_error("cannot run a child");
  Outcome outcome = used(usage);
  outcome.status = status;
  return outcome;
}

static Outcome runAlone(StringRef bytes, Kind kind) {
  return runInChild([&] { return analyse(bytes, kind); });
}

static bool ended(const Outcome &outcome) {
  int code = WIFEXITED(outcome.status) ? WEXITSTATUS(outcome.status) : -1;
  return code == kAnalysed || code == kRefused;
}

/// What is wrong with a mutant; "" if nothing is.
static std::string complaint(const Outcome &mutant, const Outcome &intact) {
  if (WIFSIGNALED(mutant.status))
    return llvm::formatv("signal {0}", WTERMSIG(mutant.status));
  if (!ended(mutant))
    return "no words";
  double mostS = std::max(kFloorS, kMostTimes * intact.cpuS);
  double mostMb = std::max(kFloorMb, kMostTimes * intact.peakMb);
  if (judgesTime && mutant.cpuS > mostS)
    return llvm::formatv("{0:f2} s, intact {1:f2} s", mutant.cpuS, intact.cpuS);
  if (mutant.peakMb > mostMb)
    return llvm::formatv("{0:f1} MB, intact {1:f1} MB", mutant.peakMb, intact.peakMb);
  return "";
}

static std::vector<Model> findModels() {
  std::vector<Model> models;
  for (auto [name, kind] : {std::pair("model", Kind::Onnx), std::pair("mlir", Kind::Mlir)})
    for (Seed &seed : findSeeds(*findFuzzTarget(name), places))
      models.push_back({std::move(seed.name), std::move(seed.input), kind});
  return models;
}

namespace {
/// The valid models and what each takes.
struct Corpus {
  std::vector<Model> models;
  std::vector<Outcome> intact;
  size_t found = 0;
};

struct Mutant {
  size_t model = 0;
  std::string bytes;
};

struct Tally {
  std::map<std::string, unsigned> outcomes;
  double worstS = 0, worstMb = 0;
};
} // namespace

static Corpus findCorpus() {
  Corpus corpus;
  for (Model &model : findModels()) {
    ++corpus.found;
    Outcome outcome = runAlone(model.bytes, model.kind);
    if (WIFSIGNALED(outcome.status))
      llvm::errs() << model.name << ": signal " << WTERMSIG(outcome.status) << " when intact\n";
    if (!WIFEXITED(outcome.status) || WEXITSTATUS(outcome.status) != kAnalysed)
      continue;
    corpus.models.push_back(std::move(model));
    corpus.intact.push_back(outcome);
  }
  return corpus;
}

/// The same for the same model and number, whatever other models there are.
static Mutant makeMutant(const std::vector<Model> &models, unsigned number) {
  size_t chosen = number % models.size();
  const Model &model = models[chosen];
  Random random(static_cast<uint32_t>(llvm::xxh3_64bits(model.bytes) + number / models.size()));
  size_t other = mix ? below(models.size(), random) : chosen;
  Mutant mutant{chosen, model.bytes};
  auto mutate = model.kind == Kind::Onnx ? mutateModel : mutateText;
  mutate(mutant.bytes, models[other].kind == model.kind ? models[other].bytes : model.bytes,
         random);
  return mutant;
}

/// Outcomes of `count` mutants that share a process, in memory shared with it. One that
/// was not reached has no words. A peak is that of a mutant and all before it.
static void runBatch(const std::vector<Model> &models, unsigned first,
                     llvm::MutableArrayRef<Outcome> outcomes) {
  for (Outcome &outcome : outcomes)
    outcome.status = W_EXITCODE(kSilent, 0);
  runInChild([&] {
    for (size_t i = 0; i < outcomes.size(); ++i) {
      Mutant mutant = makeMutant(models, first + i);
      rusage usage = {};
      getrusage(RUSAGE_SELF, &usage);
      double before = used(usage).cpuS;
      int code = analyse(mutant.bytes, models[mutant.model].kind);
      getrusage(RUSAGE_SELF, &usage);
      Outcome outcome = used(usage);
      outcome.cpuS -= before;
      outcome.status = W_EXITCODE(code, 0);
      outcomes[i] = outcome;
    }
    return kAnalysed;
  });
}

static void keepMutant(const Mutant &mutant, unsigned number, Kind kind) {
  llvm::sys::fs::create_directories(keep);
  std::error_code code;
  llvm::raw_fd_ostream os(
      keep + "/" + std::to_string(number) + (kind == Kind::Onnx ? ".onnx" : ".mlir"), code);
  os << mutant.bytes;
}

static void judge(const Corpus &corpus, unsigned number, Outcome outcome, Tally &tally) {
  size_t chosen = number % corpus.models.size();
  const Model &model = corpus.models[chosen];
  std::string wrong = complaint(outcome, corpus.intact[chosen]);
  if (!wrong.empty()) {
    Mutant mutant = makeMutant(corpus.models, number);
    outcome = runAlone(mutant.bytes, model.kind);
    wrong = complaint(outcome, corpus.intact[chosen]);
    if (!wrong.empty()) {
      llvm::outs() << "mutant " << number << " of " << model.name << ": " << wrong << '\n';
      llvm::outs().flush();
      if (!keep.empty())
        keepMutant(mutant, number, model.kind);
    }
  }
  tally.worstS = std::max(tally.worstS, outcome.cpuS);
  tally.worstMb = std::max(tally.worstMb, outcome.peakMb);
  bool analysed = ended(outcome) && WEXITSTATUS(outcome.status) == kAnalysed;
  ++tally.outcomes[!wrong.empty() ? "failed" : analysed ? "analysed" : "refused"];
}

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv);
  defaultTargets();
  Corpus corpus = findCorpus();
  if (corpus.models.empty()) {
    llvm::errs() << "no valid models\n";
    return 2;
  }
  unsigned most = std::max(1u, unsigned(batch));
  void *shared = mmap(nullptr, most * sizeof(Outcome), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    llvm::report_fatal_error("cannot share memory");
  Tally tally;
  for (unsigned done = 0; done < mutants; done += most) {
    llvm::MutableArrayRef<Outcome> outcomes(static_cast<Outcome *>(shared),
                                            std::min(most, mutants - done));
    runBatch(corpus.models, firstMutant + done, outcomes);
    for (size_t i = 0; i < outcomes.size(); ++i)
      judge(corpus, firstMutant + done + i, outcomes[i], tally);
  }
  llvm::outs() << corpus.models.size() << " valid of " << corpus.found << " models, " << mutants
               << " mutants:";
  for (const auto &[what, count] : tally.outcomes)
    llvm::outs() << ' ' << count << ' ' << what;
  llvm::outs() << llvm::formatv("; at most {0:f2} s and {1:f1} MB each\n", tally.worstS,
                                tally.worstMb);
  return tally.outcomes.count("failed") ? 1 : 0;
}
