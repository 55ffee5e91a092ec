//===- Trees.cpp - Branches of tree ensembles that no input takes ---------===//

#include "Suggest/Prune.h"
#include "Suggest/Rewrites.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"

#include <limits>
#include <set>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

namespace {
constexpr StringRef kNodeInts[] = {"nodes_treeids",     "nodes_nodeids",      "nodes_featureids",
                                   "nodes_truenodeids", "nodes_falsenodeids", "nodes_missing_value_tracks_true"};
constexpr StringRef kNodeFloats[] = {"nodes_values", "nodes_hitrates"};

/// What values of a feature can arrive at a node.
struct Range {
  double low = -std::numeric_limits<double>::infinity(), high = -low;
  bool openLow = false, openHigh = false, nan = true;
  bool isEmpty() const { return low > high || (low == high && (openLow || openHigh)); }
};

/// Which values a test lets pass; the rest, and what is no number, fails.
enum class Test : uint8_t { Leaf, Leq, Lt, Gte, Gt, Other };

class Ensemble {
public:
  explicit Ensemble(Operation *op) : op(op) {}
  bool read();
  /// Removes what no input reaches; the number of nodes that went.
  size_t prune();

private:
  struct Node {
    int64_t tree, id, feature;
    double value;
    Test test;
    bool missingTrue;
    size_t yes = 0, no = 0;
    bool dead = true;
  };
  using Ranges = std::map<int64_t, Range>;
  /// Of a leaf, what it adds to which target.
  using Weights = std::vector<std::pair<int64_t, float>>;

  llvm::ArrayRef<int64_t> ints(StringRef name) const;
  llvm::ArrayRef<float> floats(StringRef name) const;
  size_t walk(size_t node, Ranges ranges, unsigned depth);
  void moveInto(size_t to, size_t from);
  void write();
  StringRef leafPrefix() const { return op->hasAttr("class_ids") ? "class_" : "target_"; }

  Operation *op;
  std::vector<Node> nodes;
  std::vector<size_t> source; // where a node's fields are in the attributes
  std::map<std::pair<int64_t, int64_t>, Weights> weights;
  bool changed = false, tooDeep = false;
};
} // namespace

llvm::ArrayRef<int64_t> Ensemble::ints(StringRef name) const {
  auto attr = op->getAttrOfType<mlir::DenseI64ArrayAttr>(name);
  return attr ? attr.asArrayRef() : llvm::ArrayRef<int64_t>();
}

llvm::ArrayRef<float> Ensemble::floats(StringRef name) const {
  auto attr = op->getAttrOfType<mlir::DenseF32ArrayAttr>(name);
  return attr ? attr.asArrayRef() : llvm::ArrayRef<float>();
}

static Test testOf(StringRef mode) {
  return mode == "LEAF"         ? Test::Leaf
         : mode == "BRANCH_LEQ" ? Test::Leq
         : mode == "BRANCH_LT"  ? Test::Lt
         : mode == "BRANCH_GTE" ? Test::Gte
         : mode == "BRANCH_GT"  ? Test::Gt
                                : Test::Other;
}

/// False if the arrays do not fit together, or hold what is not understood.
bool Ensemble::read() {
  auto modes = op->getAttrOfType<mlir::ArrayAttr>("nodes_modes");
  auto trees = ints("nodes_treeids"), ids = ints("nodes_nodeids"), features = ints("nodes_featureids"),
       yes = ints("nodes_truenodeids"), no = ints("nodes_falsenodeids"),
       missing = ints("nodes_missing_value_tracks_true");
  auto values = floats("nodes_values");
  size_t count = trees.size();
  bool fits = modes && modes.size() == count && (missing.empty() || missing.size() == count);
  for (size_t size : {ids.size(), features.size(), yes.size(), no.size(), values.size()})
    fits &= size == count;
  if (!fits)
    return false;
  std::map<std::pair<int64_t, int64_t>, size_t> index;
  for (size_t i = 0; i < count; ++i) {
    auto mode = llvm::dyn_cast<mlir::StringAttr>(modes[i]);
    nodes.push_back({trees[i], ids[i], features[i], values[i], testOf(mode ? mode.getValue() : ""),
                     !missing.empty() && missing[i] != 0});
    source.push_back(i);
    if (!index.emplace(std::pair(trees[i], ids[i]), i).second)
      return false;
  }
  for (size_t i = 0; i < count; ++i)
    if (nodes[i].test != Test::Leaf) {
      auto a = index.find({trees[i], yes[i]}), b = index.find({trees[i], no[i]});
      if (a == index.end() || b == index.end())
        return false;
      nodes[i].yes = a->second, nodes[i].no = b->second;
    }
  std::string prefix = leafPrefix().str();
  auto leafTrees = ints(prefix + "treeids"), leafIds = ints(prefix + "nodeids"), targets = ints(prefix + "ids");
  auto leafWeights = floats(prefix + "weights");
  if (leafIds.size() != leafTrees.size() || targets.size() != leafTrees.size() ||
      leafWeights.size() != leafTrees.size())
    return false;
  for (size_t i = 0; i < leafTrees.size(); ++i)
    weights[{leafTrees[i], leafIds[i]}].emplace_back(targets[i], leafWeights[i]);
  return true;
}

/// The values of `range` that pass a test, or that fail it.
static Range restricted(Range range, Test test, double value, bool passes, bool missingTrue) {
  bool upper = (test == Test::Leq || test == Test::Lt) == passes; // the bound is from above
  bool open = (test == Test::Lt || test == Test::Gt) == passes;
  if (upper && (value < range.high || (value == range.high && open))) {
    range.high = value;
    range.openHigh = open;
  } else if (!upper && (value > range.low || (value == range.low && open))) {
    range.low = value;
    range.openLow = open;
  }
  range.nan &= passes == missingTrue;
  return range;
}

/// A node that decides nothing becomes the one that it leads to, in its place and
/// under its id, so that roots stay roots.
void Ensemble::moveInto(size_t to, size_t from) {
  Node moved = nodes[from];
  std::pair<int64_t, int64_t> old{moved.tree, moved.id}, now{nodes[to].tree, nodes[to].id};
  moved.id = nodes[to].id;
  moved.dead = false;
  if (moved.test == Test::Leaf)
    weights[now] = weights[old];
  nodes[from].dead = true;
  nodes[to] = moved;
  source[to] = source[from];
  changed = true;
}

/// Visits what can be reached; returns the node, of which branches are decided.
size_t Ensemble::walk(size_t at, Ranges ranges, unsigned depth) {
  constexpr unsigned kDeepest = 512;
  tooDeep |= depth > kDeepest || !nodes[at].dead; // reached twice: no tree
  nodes[at].dead = false;
  if (tooDeep || nodes[at].test == Test::Leaf)
    return at;
  Range range = ranges[nodes[at].feature];
  auto side = [&](bool passes) {
    if (nodes[at].test == Test::Other)
      return Range();
    return restricted(range, nodes[at].test, nodes[at].value, passes, nodes[at].missingTrue);
  };
  Range pass = side(true), fail = side(false);
  auto reach = [&](size_t next, Range r) {
    Ranges then = ranges;
    if (nodes[at].test != Test::Other)
      then[nodes[at].feature] = r;
    return walk(next, std::move(then), depth + 1);
  };
  bool yes = !pass.isEmpty() || pass.nan, no = !fail.isEmpty() || fail.nan;
  if (yes && no) {
    size_t a = reach(nodes[at].yes, pass), b = reach(nodes[at].no, fail);
    bool leaves = !tooDeep && nodes[a].test == Test::Leaf && nodes[b].test == Test::Leaf;
    if (leaves && weights[{nodes[a].tree, nodes[a].id}] == weights[{nodes[b].tree, nodes[b].id}]) {
      nodes[b].dead = true;
      moveInto(at, a);
    }
  } else if (yes || no) {
    moveInto(at, yes ? reach(nodes[at].yes, pass) : reach(nodes[at].no, fail));
  }
  return at;
}

size_t Ensemble::prune() {
  std::set<size_t> children;
  for (const Node &node : nodes)
    if (node.test != Test::Leaf)
      children.insert({node.yes, node.no});
  size_t before = nodes.size();
  for (size_t i = 0; i < before; ++i)
    if (!children.count(i))
      walk(i, {}, 0);
  if (!changed || tooDeep)
    return 0;
  write();
  return llvm::count_if(nodes, [](const Node &node) { return node.dead; });
}

void Ensemble::write() {
  mlir::Builder b(op->getContext());
  llvm::SmallVector<size_t> live;
  for (size_t i = 0; i < nodes.size(); ++i)
    if (!nodes[i].dead)
      live.push_back(i);
  auto modes = op->getAttrOfType<mlir::ArrayAttr>("nodes_modes");
  llvm::SmallVector<mlir::Attribute> newModes;
  for (size_t i : live)
    newModes.push_back(modes[source[i]]);
  op->setAttr("nodes_modes", b.getArrayAttr(newModes));
  for (StringRef name : kNodeFloats)
    if (auto old = floats(name); old.size() == nodes.size()) {
      std::vector<float> picked;
      for (size_t i : live)
        picked.push_back(old[source[i]]);
      op->setAttr(name, b.getDenseF32ArrayAttr(picked));
    }
  for (StringRef name : kNodeInts)
    if (auto old = ints(name); old.size() == nodes.size()) {
      std::vector<int64_t> picked;
      for (size_t i : live)
        picked.push_back(name == "nodes_nodeids" ? nodes[i].id : old[source[i]]);
      op->setAttr(name, b.getDenseI64ArrayAttr(picked));
    }
  std::vector<int64_t> trees, ids, targets;
  std::vector<float> values;
  for (size_t i : live)
    if (nodes[i].test == Test::Leaf)
      for (auto [target, weight] : weights[{nodes[i].tree, nodes[i].id}]) {
        trees.push_back(nodes[i].tree);
        ids.push_back(nodes[i].id);
        targets.push_back(target);
        values.push_back(weight);
      }
  std::string prefix = leafPrefix().str();
  op->setAttr(prefix + "treeids", b.getDenseI64ArrayAttr(trees));
  op->setAttr(prefix + "nodeids", b.getDenseI64ArrayAttr(ids));
  op->setAttr(prefix + "ids", b.getDenseI64ArrayAttr(targets));
  op->setAttr(prefix + "weights", b.getDenseF32ArrayAttr(values));
}

void energyopt::pruneTrees(Rewrite &rewrite) {
  rewrite.model.module->walk([&](Operation *op) {
    if (!isNamed(op, "ai.onnx.ml.TreeEnsembleClassifier") && !isNamed(op, "ai.onnx.ml.TreeEnsembleRegressor"))
      return;
    Ensemble ensemble(op);
    if (rewrite.mayChange(loggedName(op)) && ensemble.read() && ensemble.prune() > 0)
      rewrite.ops.push_back(loggedName(op));
  });
}
