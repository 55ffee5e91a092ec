//===- Trees.cpp - Branches of tree ensembles that no input takes ---------===//

#include "Suggest/Prune/Trees.h"

#include "Suggest/Prune/Prune.h"
#include "Suggest/Rewrites.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"

#include <set>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

llvm::ArrayRef<int64_t> TreeEnsemble::ints(StringRef name) const {
  auto attr = op->getAttrOfType<mlir::DenseI64ArrayAttr>(name);
  return attr ? attr.asArrayRef() : llvm::ArrayRef<int64_t>();
}

/// The values of `range` that pass a test, or that fail it.
static FeatureRange restricted(FeatureRange range, TreeTest test, double value, bool passes,
                               bool missingTrue) {
  bool upper = (test == TreeTest::Leq || test == TreeTest::Lt) == passes; // the bound is from above
  bool open = (test == TreeTest::Lt || test == TreeTest::Gt) == passes;
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
void TreeEnsemble::moveInto(size_t to, size_t from) {
  Node moved = nodes[from];
  std::pair<int64_t, int64_t> old{moved.tree, moved.id}, now{nodes[to].tree, nodes[to].id};
  moved.id = nodes[to].id;
  moved.dead = false;
  if (moved.test == TreeTest::Leaf)
    weights[now] = weights[old];
  nodes[from].dead = true;
  nodes[to] = moved;
  source[to] = source[from];
  changed = true;
}

/// Visits what can be reached; returns the node, of which branches are decided.
size_t TreeEnsemble::walk(size_t at, Ranges ranges, unsigned depth) {
  constexpr unsigned kDeepest = 512;
  tooDeep |= depth > kDeepest || !nodes[at].dead; // reached twice: no tree
  nodes[at].dead = false;
  if (tooDeep || nodes[at].test == TreeTest::Leaf)
    return at;
  FeatureRange range = ranges[nodes[at].feature];
  auto side = [&](bool passes) {
    if (nodes[at].test == TreeTest::Other)
      return FeatureRange();
    return restricted(range, nodes[at].test, nodes[at].value, passes, nodes[at].missingTrue);
  };
  FeatureRange pass = side(true), fail = side(false);
  auto reach = [&](size_t next, FeatureRange r) {
    Ranges then = ranges;
    if (nodes[at].test != TreeTest::Other)
      then[nodes[at].feature] = r;
    return walk(next, std::move(then), depth + 1);
  };
  bool yes = !pass.isEmpty() || pass.nan, no = !fail.isEmpty() || fail.nan;
  if (yes && no) {
    size_t a = reach(nodes[at].yes, pass), b = reach(nodes[at].no, fail);
    bool leaves = !tooDeep && nodes[a].test == TreeTest::Leaf && nodes[b].test == TreeTest::Leaf;
    if (leaves && weights[{nodes[a].tree, nodes[a].id}] == weights[{nodes[b].tree, nodes[b].id}]) {
      nodes[b].dead = true;
      moveInto(at, a);
    }
  } else if (yes || no) {
    moveInto(at, yes ? reach(nodes[at].yes, pass) : reach(nodes[at].no, fail));
  }
  return at;
}

size_t TreeEnsemble::prune() {
  std::set<size_t> children;
  for (const Node &node : nodes)
    if (node.test != TreeTest::Leaf)
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

void energyopt::pruneTrees(Rewrite &rewrite) {
  rewrite.model.module->walk([&](Operation *op) {
    std::unique_ptr<TreeEnsemble> ensemble;
    if (isNamed(op, "ai.onnx.ml.TreeEnsembleClassifier") ||
        isNamed(op, "ai.onnx.ml.TreeEnsembleRegressor"))
      ensemble = treesById(op);
    else if (isNamed(op, "ai.onnx.ml.TreeEnsemble"))
      ensemble = treesByIndex(op, rewrite.weights());
    if (ensemble && rewrite.mayChange(loggedName(op)) && ensemble->read() && ensemble->prune() > 0)
      rewrite.ops.push_back(loggedName(op));
  });
}
