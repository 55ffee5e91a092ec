//===- Suggest.cpp - Checks run on copies of the model --------------------===//

#include "Suggest/Advisor.h"

#include "Analysis/Estimate.h"
#include "Graph/OpMemo.h"
#include "Import/Threads.h"
#include "Suggest/Facts.h"
#include "Suggest/Steps.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Threading.h"

#include <atomic>
#include <cmath>
#include <mutex>

using namespace energyopt;

//===----------------------------------------------------------------------===//
// Layers to spare
//===----------------------------------------------------------------------===//

static constexpr llvm::StringLiteral kMakes = " -> ";

std::string energyopt::logNameOf(const GraphRow &row, const WorkGraph &graph) {
  if (row.writes.empty() || row.writes.front().tensor < 0)
    return "";
  return row.op + kMakes.str() + graph.tensors[row.writes.front().tensor].name;
}

JoulesByName::JoulesByName(const WorkGraph &graph, const TargetReport &report) {
  byName.reserve(graph.rows.size());
  byResult.reserve(graph.rows.size());
  for (auto [row, cost] : llvm::zip_equal(graph.rows, report.rows)) {
    byName[row.name] += cost.energyJ;
    if (!row.writes.empty() && row.writes.front().tensor >= 0)
      byResult[{row.op, graph.tensors[row.writes.front().tensor].name}] += cost.energyJ;
  }
}

double JoulesByName::lookup(llvm::StringRef node) const {
  if (auto found = byName.find(node); found != byName.end())
    return found->second;
  return byResult.lookup(node.split(kMakes));
}

namespace {
/// What a rewrite changed, and the model that came of it.
struct Changed {
  std::vector<std::string> ops, kept;
  std::map<std::string, std::vector<std::string>> made;
  std::shared_ptr<Step> step; // null: nothing changed, or it does not work
};

/// Copies of a model for checks to change; one that was not changed serves again,
/// with what is known of it.
class Copies {
public:
  struct Copy {
    ImportedModel model;
    CopiedFacts facts;
  };

  explicit Copies(ImportedModel &model) : model(model), facts(model) {}
  Copy take() {
    if (!left) {
      mlir::IRMapping values;
      ImportedModel copy = copyModel(model, values);
      return {std::move(copy), CopiedFacts(facts, std::move(values))};
    }
    Copy taken = std::move(*left);
    left.reset();
    return taken;
  }
  void giveBack(Copy copy) { left.emplace(std::move(copy)); }

private:
  ImportedModel &model;
  OriginalFacts facts;
  std::optional<Copy> left;
};
} // namespace

/// Of the nodes that were changed, those that cost more than before.
static std::vector<std::string> losers(const Changed &changed, const TargetReport &repriced,
                                       const WorkGraph &before, const TargetReport &priced) {
  JoulesByName was(before, priced), is(changed.step->graph, repriced);
  std::vector<std::string> losing;
  for (const std::string &op : changed.ops) {
    auto made = changed.made.find(op);
    llvm::ArrayRef<std::string> nodes =
        made == changed.made.end() ? llvm::ArrayRef(op) : llvm::ArrayRef(made->second);
    double now = 0;
    for (const std::string &node : nodes)
      now += is.lookup(node);
    if (now >= was.lookup(op))
      losing.push_back(op);
  }
  return losing;
}

/// Weights are read only by checks that judge by them. `copies`: of the model.
static Changed runDry(const ChosenCheck &chosen, const Situation &situation,
                      llvm::ArrayRef<std::string> spared, Copies &copies) {
  Copies::Copy taken = copies.take();
  ImportedModel &copy = taken.model;
  Rewrite rewrite{copy, *chosen.check, chosen.arguments, !chosen.check->readsWeights, spared};
  rewrite.graph = &situation.base.graph;
  rewrite.facts = &taken.facts;
  rewrite.run();
  const bool isUnchanged = rewrite.ops.empty() && taken.facts.areLeft();
  Changed changed{std::move(rewrite.ops), std::move(rewrite.kept), std::move(rewrite.made), {}};
  if (isUnchanged)
    copies.giveBack(std::move(taken));
  if (changed.ops.empty())
    return changed;
  if (auto graph = analyse(copy, situation))
    changed.step =
        std::make_shared<Step>(Step{std::move(copy), std::move(*graph), chosen.check, {}});
  else
    llvm::consumeError(graph.takeError());
  return changed;
}

std::vector<std::string> energyopt::nodesToSpare(const ChosenCheck &chosen,
                                                 const Situation &situation, size_t target) {
  Copies copies(situation.model);
  Changed changed = runDry(chosen, situation, {}, copies);
  if (!changed.step)
    return {};
  auto priced = estimateValues(changed.step->graph, situation.targets[target], situation.energy);
  if (!priced) {
    llvm::consumeError(priced.takeError());
    return {};
  }
  return losers(changed, *priced, situation.base.graph, situation.base.targets[target]);
}

const std::vector<std::string> &SparedNodes::of(const Check &check, const Situation &situation,
                                                size_t target) {
  auto [found, isNew] = known.try_emplace({&check, target});
  if (isNew)
    found->second = nodesToSpare({&check, {}}, situation, target);
  return found->second;
}

//===----------------------------------------------------------------------===//
// One check
//===----------------------------------------------------------------------===//

static Suggestion describe(const Advisor &advisor, const Changed &changed) {
  Suggestion suggestion = advisor.draft();
  suggestion.ops = changed.ops;
  suggestion.kept = changed.kept;
  suggestion.apply = "--apply=" + advisor.check.id.str();
  if (!advisor.check.needs.empty())
    suggestion.apply += (":" + advisor.check.needs).str();
  return suggestion;
}

/// What is saved on a target; where that is not worth it, and the check is one
/// that people ask about, the reason.
/// `estimator`: of the step's graph. `priced`: the step on the target, if somebody has
/// asked before.
static std::optional<double> judge(Advisor &advisor, Step &step, Estimator &estimator,
                                   size_t target,
                                   const std::optional<TargetReport> &priced = std::nullopt) {
  const Situation &s = advisor.situation;
  const Check &check = advisor.check;
  if (const char *why = check.unsuited ? check.unsuited(s.targets[target], s.energy) : nullptr) {
    // Of GPUs people expect every format.
    if (check.tellsWhenNot && s.targets[target].cls == DeviceClass::Gpu)
      advisor.refuse(target, why, 0);
    return std::nullopt;
  }
  auto report = priced ? priced : advisor.priced(estimator, target);
  step.joules[target] = report ? std::optional(report->energyJ.value) : std::nullopt;
  if (!report)
    return std::nullopt;
  double base = advisor.baseJ(target), saved = base - report->energyJ.value;
  if (advisor.check.tellsWhenNot && base > 0 && saved < kLeastShare * base)
    advisor.refuse(target, explainLoss(s.base.targets[target], *report), 100 * saved / base);
  return saved;
}

namespace {
/// What checks leave for plans.
class Left {
public:
  explicit Left(const Situation &situation) : steps(situation) {}
  void spare(const Check &check, size_t target, std::vector<std::string> nodes) {
    std::lock_guard<std::mutex> lock(mutex);
    spared.set(check, target, std::move(nodes));
  }
  void keep(const Check &check, llvm::ArrayRef<std::string> spared, std::shared_ptr<Step> step) {
    std::lock_guard<std::mutex> lock(mutex);
    steps.keep(check, spared, std::move(step));
  }
  std::vector<Plan> plans(const Situation &situation, llvm::ArrayRef<Suggestion> suggestions) {
    return makePlans(situation, suggestions, spared, steps);
  }

private:
  std::mutex mutex;
  SparedNodes spared;
  Steps steps;
};
} // namespace

static void priceEverywhere(Advisor &advisor, const Changed &changed, Left &left) {
  Suggestion suggestion = describe(advisor, changed);
  Estimator estimator(changed.step->graph);
  for (size_t i = 0; i < advisor.targets(); ++i)
    suggestion.savingJ[i] = judge(advisor, *changed.step, estimator, i);
  if (advisor.add(std::move(suggestion)))
    left.keep(advisor.check, {}, changed.step);
}

/// Where other layers gain on other targets, it is another suggestion there.
static void pricePerTarget(Advisor &advisor, const Changed &whole, Copies &copies, Left &left) {
  const Situation &s = advisor.situation;
  std::map<std::vector<std::string>, std::vector<size_t>> targetsBySpared;
  std::vector<std::optional<TargetReport>> priced(advisor.targets());
  Estimator estimator(whole.step->graph);
  for (size_t i = 0; i < advisor.targets(); ++i)
    if ((priced[i] = advisor.priced(estimator, i))) {
      auto spared = losers(whole, *priced[i], s.base.graph, s.base.targets[i]);
      left.spare(advisor.check, i, spared);
      if (spared.size() == whole.ops.size()) // nothing gains by itself
        spared.clear();
      targetsBySpared[std::move(spared)].push_back(i);
    }
  for (const auto &[spared, targets] : targetsBySpared) {
    std::optional<Changed> part;
    if (!spared.empty())
      part = runDry({&advisor.check, {}}, s, spared, copies);
    const bool isPart = part && part->step;
    const Changed &changed = isPart ? *part : whole;
    Suggestion suggestion = describe(advisor, changed);
    for (const std::string &node : spared)
      suggestion.kept.push_back(node + ": does not gain");
    Estimator ofChanged(changed.step->graph);
    for (size_t i : targets)
      suggestion.savingJ[i] =
          judge(advisor, *changed.step, ofChanged, i, isPart ? std::nullopt : priced[i]);
    if (!spared.empty())
      suggestion.apply += " --target=" + s.targets[targets.front()].name;
    if (advisor.add(std::move(suggestion)) && (isPart || spared.empty()))
      left.keep(advisor.check, spared, changed.step);
  }
}

static void runCheck(Advisor &advisor, Copies &copies, Left &left) {
  if (advisor.check.advise)
    return advisor.check.advise(advisor);
  Changed changed = runDry({&advisor.check, {}}, advisor.situation, {}, copies);
  if (!changed.step)
    return;
  if (advisor.check.perLayer)
    return pricePerTarget(advisor, changed, copies, left);
  priceEverywhere(advisor, changed, left);
}

/// The largest share of a target's energy that a suggestion saves. What a model
/// needs to run at all comes before everything else.
static double bestShare(const Suggestion &suggestion, const Report &base) {
  double best = suggestion.id == "deploy-fit" ? HUGE_VAL : 0;
  for (auto [saving, target] : llvm::zip_equal(suggestion.savingJ, base.targets))
    if (saving && target.energyJ.value > 0)
      best = std::max(best, *saving / target.energyJ.value);
  return best;
}

std::vector<const Check *> energyopt::quickChecks(llvm::ArrayRef<const Check *> checks, size_t rows,
                                                  std::vector<std::string> &left) {
  constexpr size_t kMostRows = 10'000;
  std::vector<const Check *> quick;
  for (const Check *check : checks)
    if (rows <= (check->mostRows ? check->mostRows : kMostRows))
      quick.push_back(check);
    else
      left.push_back(check->id.str());
  return quick;
}

//===----------------------------------------------------------------------===//
// All of them
//===----------------------------------------------------------------------===//

namespace {
/// Checks that wait for somebody to run them, and what those found that were run.
class Search {
public:
  Search(const Situation &situation, llvm::ArrayRef<const Check *> checks, Left &left)
      : situation(situation), checks(checks), left(left), found(checks.size()) {}

  /// In the order of the checks.
  Suggestions run(size_t jobs);

private:
  /// Takes checks until none is left. `own`: the situation, with a model of its own.
  void work(const Situation &own);

  const Situation &situation;
  llvm::ArrayRef<const Check *> checks;
  Left &left;
  std::atomic<size_t> next = 0;
  std::vector<Suggestions> found; // by check
};

/// The context lets several threads make attributes and types.
class Multithreaded {
public:
  explicit Multithreaded(mlir::MLIRContext &context)
      : context(context), before(context.isMultithreadingEnabled()) {
    context.enableMultithreading();
    context.enterMultiThreadedExecution();
  }
  ~Multithreaded() {
    context.exitMultiThreadedExecution();
    context.enableMultithreading(before);
  }

private:
  mlir::MLIRContext &context;
  bool before;
};
} // namespace

void Search::work(const Situation &own) {
  Copies copies(own.model);
  for (size_t i; (i = next++) < checks.size();) {
    if (!own.model.module && !checks[i]->ofCosts)
      continue;
    Advisor advisor(own, *checks[i], found[i]);
    runCheck(advisor, copies, left);
  }
}

/// A copy that shares nothing which an analysis changes.
static ImportedModel ownCopy(ImportedModel &model) {
  ImportedModel copy = copyModel(model);
  copy.memo = model.memo ? std::make_shared<OpMemo>(*model.memo) : nullptr;
  return copy;
}

Suggestions Search::run(size_t jobs) {
  std::vector<ImportedModel> copies;
  std::optional<Multithreaded> multithreaded;
  if (jobs > 1) {
    mlir::MLIRContext &context = *situation.model.module->getContext();
    multithreaded.emplace(context);
    if (!context.isMultithreadingEnabled()) // --mlir-disable-threading
      jobs = 1;
  }
  while (copies.size() + 1 < jobs)
    copies.push_back(ownCopy(situation.model));
  onThreads(jobs, [&](size_t i) { work(i == 0 ? situation : situation.of(copies[i - 1])); });
  Suggestions all;
  for (Suggestions &of : found) {
    llvm::move(of.suggestions, std::back_inserter(all.suggestions));
    llvm::move(of.refusals, std::back_inserter(all.refusals));
  }
  return all;
}

/// How many checks run at a time. A few take most of the time, and every thread has a
/// copy of the model; a small one is done before another thread has started.
static size_t usefulJobs(const Situation &situation, size_t checks, unsigned jobs) {
  constexpr size_t kMostJobs = 4, kLeastRows = 64;
  if (!situation.model.module || situation.base.graph.rows.size() < kLeastRows)
    return 1;
  size_t cores = llvm::hardware_concurrency(jobs).compute_thread_count();
  return std::clamp<size_t>(checks, 1, std::min(cores, kMostJobs));
}

Suggestions energyopt::suggest(const Situation &situation, llvm::ArrayRef<const Check *> checks,
                               unsigned jobs) {
  if (situation.targets.empty())
    return {};
  Left left(situation);
  Suggestions out = Search(situation, checks, left).run(usefulJobs(situation, checks.size(), jobs));
  llvm::stable_sort(out.suggestions, [&](const Suggestion &a, const Suggestion &b) {
    return bestShare(a, situation.base) > bestShare(b, situation.base);
  });
  out.plans = left.plans(situation, out.suggestions);
  return out;
}
