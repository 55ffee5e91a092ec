//===- PruneGroups.cpp - Channels, heads and hidden units by magnitude ----===//

#include "Suggest/Prune/Channels.h"
#include "Suggest/Prune/Prune.h"
#include "Suggest/Prune/ZeroChannels.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/Suggest.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

namespace {
/// Classes of labels that occur in the same dims, so that each may go without
/// another: the channels of a layer, or of all layers that a residual ties.
struct Group {
  std::vector<int> classes; // roots, in the order of the channels
  std::vector<ChannelProducer> producers;
  int64_t width = 1; // channels of a producer for each class
};

class Pruner {
public:
  Pruner(Rewrite &rewrite, PrunedKind kind) : rewrite(rewrite), kind(kind) {}
  void run();

private:
  std::vector<Group> groupsOf(const ChannelGraph &graph) const;
  bool isWanted(const ChannelGraph &graph, const Group &group) const;
  std::vector<bool> choose(const ChannelGraph &graph, llvm::ArrayRef<Group> groups,
                           std::vector<std::string> &ops);
  std::vector<bool> chooseZeros(const ChannelGraph &graph, llvm::ArrayRef<Group> groups,
                                std::vector<std::string> &ops);
  std::vector<double> importance(const ChannelGraph &graph, const Group &group);
  std::vector<double> magnitudes(const ChannelGraph &graph, const ChannelProducer &producer);
  void ban(const ChannelGraph &graph, llvm::ArrayRef<Group> groups, const Remains &remains,
           llvm::StringRef misfit, const std::string &why);
  void banFailed(const ChannelGraph &graph, llvm::ArrayRef<Group> groups, const Remains &remains,
                 llvm::StringRef error);
  std::vector<std::string> keptBy(const ChannelGraph &graph) const;
  bool concerns(Operation *producer) const;
  bool hasCandidates() const;

  Rewrite &rewrite;
  PrunedKind kind;
  std::vector<NewBias> biases;
  /// Layers whose channels are tied to something that was not understood.
  llvm::StringMap<std::string> banned;
};
} // namespace

static bool isConvolution(Operation *op) {
  return isNamed(op, "Conv") || isNamed(op, "ConvTranspose");
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// Equal for classes that occur in the same dims, of those that may go: each dim parts
/// those that occur in it from those that do not.
static std::vector<int> partsOf(const ChannelGraph &graph) {
  graph.giveClasses(/*frozen=*/false);
  std::vector<int> part(graph.classes(), 0);
  int used = 1;
  graph.eachDim([&](ChannelDim dim) {
    if (!graph.hasClasses(dim))
      return;
    const int before = used;
    llvm::SmallDenseMap<int, int> within; // what a part becomes for them
    int last = -1, becomes = -1;          // most neighbours are of one part
    graph.eachClass(dim, [&](int cls) {
      if (part[cls] >= before)
        return; // not the first time in this dim
      if (part[cls] != last) {
        auto [at, isNew] = within.try_emplace(last = part[cls], used);
        used += isNew;
        becomes = at->second;
      }
      part[cls] = becomes;
    });
  });
  return part;
}

std::vector<Group> Pruner::groupsOf(const ChannelGraph &graph) const {
  std::vector<int> part = partsOf(graph);
  llvm::MapVector<int, Group> groups;
  std::vector<bool> seen(graph.classes());
  for (const ChannelProducer &producer : graph.producers()) {
    ChannelDim dim = graph.dim(producer);
    if (!graph.hasClasses(dim))
      continue;
    llvm::SmallMapVector<int, llvm::SmallVector<int>, 4> parts; // of the dim
    int last = -1;
    llvm::SmallVector<int> *ofLast = nullptr;
    graph.eachClass(dim, [&](int cls) {
      if (graph.isFrozen(cls))
        return;
      if (part[cls] != last)
        ofLast = &parts[last = part[cls]];
      ofLast->push_back(cls);
    });
    for (auto &[key, classes] : parts) {
      Group &group = groups[key];
      group.producers.push_back(producer);
      for (int cls : classes)
        if (!seen[cls]) {
          seen[cls] = true;
          group.classes.push_back(cls);
        }
      group.width = std::max<int64_t>(1, int64_t(classes.size() / group.classes.size()));
    }
  }
  std::vector<Group> all;
  for (auto &[key, group] : groups)
    if (isWanted(graph, group))
      all.push_back(std::move(group));
  return all;
}

bool Pruner::isWanted(const ChannelGraph &graph, const Group &group) const {
  bool heads = graph.isHead(group.classes.front());
  bool convolutions = llvm::any_of(group.producers, [](auto &p) { return isConvolution(p.op); });
  PrunedKind is = heads          ? PrunedKind::Heads
                  : convolutions ? PrunedKind::Channels
                                 : PrunedKind::Hidden;
  return (is == kind || kind == PrunedKind::Zeros) &&
         llvm::all_of(group.producers, [&](const ChannelProducer &producer) {
           std::string name = loggedName(producer.op);
           return rewrite.mayChange(name) && !banned.count(name);
         });
}

//===----------------------------------------------------------------------===//
// Which go
//===----------------------------------------------------------------------===//

/// The number that stays: a multiple of `step` near (1 - ratio) of all, and no
/// less than nine tenths of that, as MobileNet's widths are made.
static int64_t remaining(int64_t count, double ratio, int64_t step) {
  double ideal = double(count) * (1 - ratio);
  int64_t kept = std::max<int64_t>(step, int64_t(ideal + double(step) / 2) / step * step);
  if (double(kept) < 0.9 * ideal)
    kept += step;
  return std::min(kept, count);
}

/// Sums of |w|^p over each channel's weights, over their mean.
std::vector<double> Pruner::magnitudes(const ChannelGraph &graph, const ChannelProducer &producer) {
  ChannelDim dim = graph.dim(producer);
  std::vector<double> sums(dim.size, 0.0);
  Operation *constant = weightBehind(producer.op->getOperand(producer.operand));
  std::optional<WeightRef> ref = contentsOf(constant);
  const ChannelDims *dims = constant ? graph.dims(constant->getResult(0)) : nullptr;
  if (!ref || !dims)
    return sums;
  // A transposed copy has the dim elsewhere.
  const auto *at = llvm::find_if(*dims, [&](ChannelDim d) {
    return d.size == dim.size && graph.classOf(d, 0) == graph.classOf(dim, 0) &&
           graph.classOf(d, d.size - 1) == graph.classOf(dim, dim.size - 1);
  });
  auto read = rewrite.weights().floats(*ref);
  if (!read || at == dims->end()) {
    if (!read)
      llvm::consumeError(read.takeError());
    return sums;
  }
  int64_t inner = 1;
  for (ChannelDim later : llvm::make_range(std::next(at), dims->end()))
    inner *= later.size;
  bool squares = rewrite.number("norm") != 1;
  for (auto [i, w] : llvm::enumerate(*read))
    sums[int64_t(i) / inner % dim.size] += squares ? double(w) * w : std::abs(double(w));
  double total = 0;
  for (double sum : sums)
    total += sum;
  for (double &sum : sums)
    sum *= total > 0 ? double(dim.size) / total : 0;
  return sums;
}

std::vector<double> Pruner::importance(const ChannelGraph &graph, const Group &group) {
  std::vector<double> scores(group.classes.size(), 0.0);
  if (rewrite.dry)
    return scores;
  llvm::DenseMap<int, size_t> index;
  for (auto [i, root] : llvm::enumerate(group.classes))
    index[root] = i;
  for (const ChannelProducer &producer : group.producers) {
    ChannelDim dim = graph.dim(producer);
    for (auto [i, sum] : llvm::enumerate(magnitudes(graph, producer)))
      if (auto found = index.find(graph.classOf(dim, i)); found != index.end())
        scores[found->second] += sum;
  }
  return scores;
}

/// Counts depend on the groups alone, so that a dry run has the same shapes.
std::vector<bool> Pruner::choose(const ChannelGraph &graph, llvm::ArrayRef<Group> groups,
                                 std::vector<std::string> &ops) {
  std::vector<bool> removed(graph.classes(), false);
  llvm::DenseSet<Operation *> changed;
  double ratio = rewrite.number("ratio");
  int64_t round = kind == PrunedKind::Heads ? 1 : int64_t(rewrite.number("round"));
  for (const Group &group : groups) {
    int64_t count = group.classes.size(), step = std::max<int64_t>(1, round / group.width);
    int64_t goes = count - remaining(count, ratio, step);
    if (goes <= 0)
      continue;
    std::vector<double> scores = importance(graph, group);
    std::vector<size_t> order(count);
    for (size_t i = 0; i < order.size(); ++i)
      order[i] = i;
    // In a dry run all are equal: the first go.
    llvm::stable_sort(order, [&](size_t a, size_t b) { return scores[a] < scores[b]; });
    for (size_t i : llvm::ArrayRef(order).take_front(goes))
      removed[group.classes[i]] = true;
    for (const ChannelProducer &producer : group.producers)
      changed.insert(producer.op);
  }
  for (const ChannelProducer &producer : graph.producers())
    if (changed.erase(producer.op))
      ops.push_back(loggedName(producer.op));
  return removed;
}

static void setBias(const NewBias &bias, Rewrite &rewrite) {
  mlir::OpBuilder b(bias.layer);
  auto type = mlir::RankedTensorType::get(int64_t(bias.values.size()), b.getF32Type());
  Value value = addConstant(b, rewrite.weights(), type, bias.values,
                            locatedValueName(bias.layer->getResult(0)).str() + "_with_constants");
  if (bias.layer->getNumOperands() > 2)
    bias.layer->setOperand(2, value);
  else
    bias.layer->insertOperands(2, value);
}

/// Those that add nothing, of weights that are read for it.
std::vector<bool> Pruner::chooseZeros(const ChannelGraph &graph, llvm::ArrayRef<Group> groups,
                                      std::vector<std::string> &ops) {
  std::vector<bool> candidates(graph.classes());
  for (const Group &group : groups)
    for (int cls : group.classes)
      candidates[cls] = true;
  ZeroChannels zeros(graph, rewrite.weights(), rewrite.number("near"));
  std::vector<bool> removed = zeros.removable(candidates);
  biases = zeros.biases(removed);
  const Remains remains(graph, removed);
  for (const ChannelProducer &producer : graph.producers())
    if (ChannelDim dim = graph.dim(producer); remains.sizeOf(dim) != dim.size)
      ops.push_back(loggedName(producer.op));
  return removed;
}

//===----------------------------------------------------------------------===//
// The result
//===----------------------------------------------------------------------===//

/// Gives up the layers whose channels occur at a value, or node, that came out
/// wrong.
void Pruner::ban(const ChannelGraph &graph, llvm::ArrayRef<Group> groups, const Remains &remains,
                 llvm::StringRef misfit, const std::string &why) {
  llvm::DenseSet<int> touched;
  auto touch = [&](const ChannelDims *dims) {
    for (ChannelDim dim : dims ? *dims : ChannelDims())
      for (int64_t i = 0; i < dim.size; ++i)
        if (remains.goes(dim, i))
          touched.insert(graph.classOf(dim, i));
  };
  for (Operation &op : graph.main().getBody().front())
    for (mlir::Value result : op.getResults())
      if (locatedValueName(result) == misfit || locatedNodeName(&op) == misfit) {
        touch(graph.dims(result));
        for (unsigned i = 0; i < op.getNumOperands(); ++i)
          touch(graph.dims(&op, i));
      }
  auto mentions = [&](const Group &group) {
    return llvm::any_of(group.classes, [&](int root) { return touched.contains(root); });
  };
  // Where it cannot be told which, none goes.
  bool all = llvm::none_of(groups, mentions);
  for (const Group &group : groups)
    for (const ChannelProducer &producer : group.producers)
      if (all || mentions(group))
        banned[loggedName(producer.op)] = why;
}

/// The same after an error, "node 'x': what is wrong", a hint in a second line.
void Pruner::banFailed(const ChannelGraph &graph, llvm::ArrayRef<Group> groups,
                       const Remains &remains, llvm::StringRef error) {
  llvm::StringRef what = error.split('\n').first, node = what;
  if (node.consume_front("node '"))
    node = node.split("'").first;
  ban(graph, groups, remains, node, what.str());
}

/// Layers that the check is about, by themselves.
bool Pruner::concerns(Operation *producer) const {
  return isConvolution(producer) == (kind == PrunedKind::Channels);
}

std::vector<std::string> Pruner::keptBy(const ChannelGraph &graph) const {
  std::vector<std::string> kept;
  for (const ChannelProducer &producer : graph.producers()) {
    std::string name = loggedName(producer.op);
    ChannelDim dim = graph.dim(producer);
    if (auto found = banned.find(name); found != banned.end())
      kept.push_back(name + ": " + found->second);
    else if (kind != PrunedKind::Heads && concerns(producer.op) && dim.size > 1 &&
             !graph.reason(dim).empty())
      kept.push_back(name + ": " + graph.reason(dim).str());
  }
  // Heads are the last of the batched dims.
  llvm::MapVector<Operation *, ChannelDim> last;
  for (auto [op, dim] : graph.heads())
    last[op] = dim;
  for (auto [op, dim] : last)
    if (kind == PrunedKind::Heads && dim.size > 1 && !graph.reason(dim).empty())
      kept.push_back(loggedName(op) + ": " + graph.reason(dim).str());
  return kept;
}

static llvm::StringMap<std::vector<int64_t>> expectedShapes(const ChannelGraph &graph,
                                                            const Remains &remains) {
  llvm::StringMap<std::vector<int64_t>> expected;
  for (Operation &op : graph.main().getBody().front())
    for (mlir::Value result : op.getResults())
      if (const ChannelDims *dims = graph.dims(result); dims && !contentsOf(&op))
        for (std::vector<int64_t> &sizes = expected[locatedValueName(result)];
             ChannelDim dim : *dims)
          sizes.push_back(remains.sizeOf(dim));
  return expected;
}

/// Initializers that nothing reads; those that a run may override stay.
static llvm::SmallVector<Operation *> unusedInitializers(mlir::ModuleOp module) {
  llvm::SmallVector<Operation *> unused;
  module.walk([&](Operation *op) {
    if (isNamed(op, "initializer") && op->use_empty() && !op->hasAttr("graph_input"))
      unused.push_back(op);
  });
  return unused;
}

/// Of constants that several layers shared, each got a copy of what stays.
static void eraseLeftOver(mlir::ModuleOp after, mlir::ModuleOp before) {
  llvm::StringSet<> known;
  for (Operation *op : unusedInitializers(before))
    known.insert(locatedValueName(op->getResult(0)));
  for (Operation *op : unusedInitializers(after))
    if (!known.contains(locatedValueName(op->getResult(0))))
      op->erase();
}

/// Whether the graph has ops of the kind at all; without any there is no need to
/// look further.
bool Pruner::hasCandidates() const {
  auto main = rewrite.model.module->lookupSymbol<mlir::func::FuncOp>("main");
  auto isCandidate = [&](Operation &op) {
    bool fused = onnxDomainAndType(&op).second.ends_with("Attention");
    switch (kind) {
    case PrunedKind::Channels:
      return isConvolution(&op);
    case PrunedKind::Heads: // which a product of two computed values has
      return fused || (isNamed(&op, "MatMul") && op.getNumOperands() == 2 &&
                       !weightBehind(op.getOperand(0)) && !weightBehind(op.getOperand(1)));
    case PrunedKind::Hidden:
      return fused || isNamed(&op, "MatMul") || isNamed(&op, "Gemm");
    case PrunedKind::Zeros:
      return true;
    }
    return true;
  };
  return main && !main.getBody().empty() && llvm::any_of(main.getBody().front(), isCandidate);
}

void Pruner::run() {
  if (!hasCandidates())
    return;
  constexpr unsigned kAttempts = 16;
  for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
    ImportedModel copy = copyModel(rewrite.model);
    auto graph = ChannelGraph::make(copy, /*readable=*/!rewrite.dry);
    if (!graph)
      return llvm::consumeError(graph.takeError());
    std::vector<Group> groups = groupsOf(**graph);
    std::vector<std::string> ops;
    bool zeros = kind == PrunedKind::Zeros;
    Remains remains(**graph,
                    zeros ? chooseZeros(**graph, groups, ops) : choose(**graph, groups, ops));
    if (!zeros)
      rewrite.kept = keptBy(**graph);
    if (ops.empty())
      return;
    auto expected = expectedShapes(**graph, remains);
    Rewrite inCopy{copy, rewrite.check, rewrite.arguments, rewrite.dry, rewrite.spared};
    cutChannels(**graph, remains, inCopy);
    for (const NewBias &bias : biases)
      setBias(bias, inCopy);
    auto misfit = firstMisfit(expected, copy);
    if (misfit && misfit->empty()) {
      rewrite.ops = std::move(ops);
      eraseLeftOver(*copy.module, *rewrite.model.module);
      rewrite.model.module = std::move(copy.module);
      return;
    }
    if (misfit)
      ban(**graph, groups, remains, *misfit, "the shape of '" + *misfit + "' does not follow");
    else
      banFailed(**graph, groups, remains, llvm::toString(misfit.takeError()));
  }
  rewrite.kept.push_back("the model: its shapes do not follow");
}

void energyopt::pruneGroups(Rewrite &rewrite, PrunedKind kind) { Pruner(rewrite, kind).run(); }
