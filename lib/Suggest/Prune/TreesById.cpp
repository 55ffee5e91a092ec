//===- TreesById.cpp - Trees of nodes with ids, votes at the leaves -------===//

#include "Suggest/Prune/Trees.h"

#include "Suggest/Rewrites.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace energyopt;
using llvm::StringRef;

namespace {
constexpr StringRef kNodeInts[] = {"nodes_treeids",      "nodes_nodeids",
                                   "nodes_featureids",   "nodes_truenodeids",
                                   "nodes_falsenodeids", "nodes_missing_value_tracks_true"};
constexpr StringRef kNodeFloats[] = {"nodes_values", "nodes_hitrates"};

class Ensemble : public TreeEnsemble {
public:
  using TreeEnsemble::TreeEnsemble;
  bool read() override;

private:
  void write() override;
  llvm::ArrayRef<float> floats(StringRef name) const;
  StringRef leafPrefix() const { return op->hasAttr("class_ids") ? "class_" : "target_"; }
};
} // namespace

llvm::ArrayRef<float> Ensemble::floats(StringRef name) const {
  auto attr = op->getAttrOfType<mlir::DenseF32ArrayAttr>(name);
  return attr ? attr.asArrayRef() : llvm::ArrayRef<float>();
}

static TreeTest testOf(StringRef mode) {
  return mode == "LEAF"         ? TreeTest::Leaf
         : mode == "BRANCH_LEQ" ? TreeTest::Leq
         : mode == "BRANCH_LT"  ? TreeTest::Lt
         : mode == "BRANCH_GTE" ? TreeTest::Gte
         : mode == "BRANCH_GT"  ? TreeTest::Gt
                                : TreeTest::Other;
}

bool Ensemble::read() {
  auto modes = op->getAttrOfType<mlir::ArrayAttr>("nodes_modes");
  auto trees = ints("nodes_treeids"), ids = ints("nodes_nodeids"),
       features = ints("nodes_featureids"), yes = ints("nodes_truenodeids"),
       no = ints("nodes_falsenodeids"), missing = ints("nodes_missing_value_tracks_true");
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
    if (nodes[i].test != TreeTest::Leaf) {
      auto a = index.find({trees[i], yes[i]}), b = index.find({trees[i], no[i]});
      if (a == index.end() || b == index.end())
        return false;
      nodes[i].yes = a->second, nodes[i].no = b->second;
    }
  std::string prefix = leafPrefix().str();
  auto leafTrees = ints(prefix + "treeids"), leafIds = ints(prefix + "nodeids"),
       targets = ints(prefix + "ids");
  auto leafWeights = floats(prefix + "weights");
  if (leafIds.size() != leafTrees.size() || targets.size() != leafTrees.size() ||
      leafWeights.size() != leafTrees.size())
    return false;
  for (size_t i = 0; i < leafTrees.size(); ++i)
    weights[{leafTrees[i], leafIds[i]}].emplace_back(targets[i], leafWeights[i]);
  return true;
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
    if (nodes[i].test == TreeTest::Leaf)
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

std::unique_ptr<TreeEnsemble> energyopt::treesById(mlir::Operation *op) {
  return std::make_unique<Ensemble>(op);
}
