//===- TreeEnsemble.cpp - Decision trees: forests, boosting ---------------===//
//
// Both layouts of ai.onnx.ml: nodes addressed by (tree id, node id) with votes
// at the leaves (TreeEnsembleClassifier, -Regressor), and nodes addressed by
// index with one target per leaf (TreeEnsemble, opset 5).
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/TreeEnsemble.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/ClassicML.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"

#include "llvm/ADT/DenseMap.h"

#include <cmath>

using namespace energyopt;

std::optional<std::vector<int64_t>> energyopt::longestPaths(llvm::ArrayRef<TreeNode> nodes) {
  enum : uint8_t { New, Open, Done };
  std::vector<uint8_t> state(nodes.size(), New);
  std::vector<int64_t> length(nodes.size(), 0);
  struct Visit {
    int64_t node;
    int nextChild;
  };
  std::vector<Visit> stack;
  auto enter = [&](int64_t node) {
    state[node] = Open;
    stack.push_back({node, 0});
  };
  for (size_t root = 0; root < nodes.size(); ++root) {
    if (state[root] == New)
      enter(root);
    while (!stack.empty()) {
      Visit &visit = stack.back();
      const TreeNode &node = nodes[visit.node];
      if (visit.nextChild < 2) {
        int64_t child = node.child[visit.nextChild++];
        if (child >= 0 && state[child] == Open)
          return std::nullopt;
        if (child >= 0 && state[child] == New)
          enter(child);
        continue;
      }
      int64_t below = 0;
      for (int64_t child : node.child)
        below = std::max(below, child < 0 ? 0 : length[child]);
      length[visit.node] = below + node.weight;
      state[visit.node] = Done;
      stack.pop_back();
    }
  }
  return length;
}

namespace {

/// What one sample may cost in the whole ensemble.
struct EnsembleCost {
  Expr compares; // sum over trees of the longest path
  Expr votes;    // sum over trees of the most votes at one leaf
};

using NodeKey = std::pair<int64_t, int64_t>; // tree, node

/// Finds the node that an id names; fails if there is none.
llvm::Expected<int64_t> indexOf(const OpView &op, const llvm::DenseMap<NodeKey, int64_t> &index,
                                NodeKey key) {
  auto it = index.find(key);
  if (it == index.end())
    return op.error("tree " + llvm::Twine(key.first) + " has no node " + llvm::Twine(key.second));
  return it->second;
}

/// The (tree id, node id) layout: nodes, each with its tree.
llvm::Expected<std::vector<TreeNode>> readNodes(const OpView &op, llvm::ArrayRef<int64_t> trees) {
  auto ids = op.intsAttr("nodes_nodeids");
  auto onTrue = op.intsAttr("nodes_truenodeids");
  auto onFalse = op.intsAttr("nodes_falsenodeids");
  auto modes = op.attr("nodes_modes");
  size_t n = trees.size();
  if (!ids || !onTrue || !onFalse || !modes || ids->size() != n || onTrue->size() != n ||
      onFalse->size() != n || modes->strings.size() != n)
    return op.error("nodes_treeids, nodes_nodeids, nodes_modes, nodes_truenodeids and "
                    "nodes_falsenodeids must all be given, with one entry per node");
  llvm::DenseMap<NodeKey, int64_t> index;
  for (size_t i = 0; i < n; ++i)
    if (!index.try_emplace({trees[i], (*ids)[i]}, i).second)
      return op.error("tree " + llvm::Twine(trees[i]) + " has two nodes " + llvm::Twine((*ids)[i]));
  std::vector<TreeNode> nodes(n);
  for (size_t i = 0; i < n; ++i) {
    if (modes->strings[i] == "LEAF")
      continue;
    nodes[i].weight = 1;
    int64_t children[2] = {(*onTrue)[i], (*onFalse)[i]};
    for (int c = 0; c < 2; ++c) {
      auto child = indexOf(op, index, {trees[i], children[c]});
      if (!child)
        return child.takeError();
      nodes[i].child[c] = *child;
    }
  }
  return nodes;
}

/// Most votes that one leaf of each tree casts, summed.
Expr countVotes(const OpView &op, llvm::StringRef prefix) {
  auto trees = op.intsAttr((prefix + "_treeids").str());
  auto nodes = op.intsAttr((prefix + "_nodeids").str());
  if (!trees || !nodes || trees->size() != nodes->size())
    return 0;
  llvm::DenseMap<NodeKey, int64_t> votes;
  llvm::DenseMap<int64_t, int64_t> most;
  for (size_t i = 0; i < trees->size(); ++i) {
    int64_t &max = most[(*trees)[i]];
    max = std::max(max, ++votes[{(*trees)[i], (*nodes)[i]}]);
  }
  Expr sum = 0;
  for (auto [tree, count] : most)
    sum += count;
  return sum;
}

llvm::Expected<EnsembleCost> costByIds(const OpView &op, llvm::StringRef votePrefix) {
  auto trees = op.intsAttr("nodes_treeids");
  if (!trees)
    return op.error("attribute nodes_treeids is required");
  auto nodes = readNodes(op, *trees);
  if (!nodes)
    return nodes.takeError();
  auto paths = longestPaths(*nodes);
  if (!paths)
    return op.error("the tree nodes form a cycle");
  llvm::DenseMap<int64_t, int64_t> depth;
  for (size_t i = 0; i < nodes->size(); ++i)
    depth[(*trees)[i]] = std::max(depth[(*trees)[i]], (*paths)[i]);
  EnsembleCost cost;
  cost.compares = 0;
  for (auto [tree, length] : depth)
    cost.compares += length;
  cost.votes = countVotes(op, votePrefix);
  return cost;
}

/// Compares that each node of opset 5 makes: a BRANCH_MEMBER node (mode 6)
/// tries its set's values, which stand in membership_values, sets separated by
/// NaN; any other node makes one.
void weighNodes(const OpView &op, std::vector<TreeNode> &nodes) {
  constexpr int64_t kMember = 6;
  auto members = op.attr("membership_values");
  if (!members)
    return;
  auto modes = op.attr("nodes_modes");
  const TensorData *values = members->tensor.data.get();
  const TensorData *modeData = modes ? modes->tensor.data.get() : nullptr;
  if (!values || !modeData || modeData->size() != nodes.size()) {
    // Too large to look at: no set is longer than all of them together.
    int64_t all = 1;
    if (members->tensor.hasRank())
      all = std::max<int64_t>(1, members->tensor.elements().constant().value_or(1));
    for (TreeNode &node : nodes)
      node.weight = all;
    return;
  }
  size_t at = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    auto mode = (*modeData)[i].asFloat();
    if (!mode || *mode != kMember)
      continue;
    int64_t size = 0;
    for (; at < values->size(); ++at, ++size) {
      auto value = (*values)[at].asFloat();
      if (value && std::isnan(*value))
        break;
    }
    ++at;
    nodes[i].weight = std::max<int64_t>(1, size);
  }
}

llvm::Expected<EnsembleCost> costByIndex(const OpView &op) {
  auto roots = op.intsAttr("tree_roots");
  auto onTrue = op.intsAttr("nodes_truenodeids");
  auto onFalse = op.intsAttr("nodes_falsenodeids");
  auto trueLeaf = op.intsAttr("nodes_trueleafs");
  auto falseLeaf = op.intsAttr("nodes_falseleafs");
  if (!roots || !onTrue || !onFalse || !trueLeaf || !falseLeaf)
    return op.error("tree_roots and the nodes_* attributes are required");
  size_t n = onTrue->size();
  if (onFalse->size() != n || trueLeaf->size() != n || falseLeaf->size() != n)
    return op.error("the nodes_* attributes must have one entry per node");
  auto valid = [&](int64_t id) { return id >= 0 && static_cast<size_t>(id) < n; };
  std::vector<TreeNode> nodes(n);
  for (size_t i = 0; i < n; ++i) {
    nodes[i].weight = 1;
    if ((!(*trueLeaf)[i] && !valid((*onTrue)[i])) || (!(*falseLeaf)[i] && !valid((*onFalse)[i])))
      return op.error("node " + llvm::Twine(i) + " has a child that is not a node");
    nodes[i].child[0] = (*trueLeaf)[i] ? -1 : (*onTrue)[i];
    nodes[i].child[1] = (*falseLeaf)[i] ? -1 : (*onFalse)[i];
  }
  weighNodes(op, nodes);
  auto paths = longestPaths(nodes);
  if (!paths)
    return op.error("the tree nodes form a cycle");
  EnsembleCost cost;
  cost.compares = 0;
  for (int64_t root : *roots) {
    if (!valid(root))
      return op.error("tree root " + llvm::Twine(root) + " is not a node");
    cost.compares += (*paths)[root];
  }
  cost.votes = static_cast<int64_t>(roots->size());
  return cost;
}

llvm::Expected<EnsembleCost> ensembleCost(const OpView &op, TreeForm form) {
  switch (form) {
  case TreeForm::Classifier:
    return costByIds(op, "class");
  case TreeForm::Regressor:
    return costByIds(op, "target");
  case TreeForm::V5:
    return costByIndex(op);
  }
  return op.error("unknown layout of trees");
}

llvm::Error shapeTrees(OpView &op, const RuleParams &params) {
  auto form = static_cast<TreeForm>(params.a);
  auto shape = samples(op);
  if (!shape)
    return shape.takeError();
  if (auto cost = ensembleCost(op, form); !cost) // an invalid ensemble
    return cost.takeError();
  if (form == TreeForm::Classifier) {
    auto labels = classLabels(op, "classlabels_int64s");
    if (!labels)
      return labels.takeError();
    setClassifierOutputs(op, *labels, labels->count);
    return llvm::Error::success();
  }
  int64_t targets = op.intAttr("n_targets", 1);
  if (targets < 1)
    return op.error("attribute n_targets is " + llvm::Twine(targets));
  ValueInfo out = ValueInfo::tensor(form == TreeForm::V5 ? op.in(0).dtype : DType::F32);
  if (*shape)
    out.shape = Shape{(*shape)->first, targets};
  setOutput(op, 0, std::move(out));
  return llvm::Error::success();
}

Work workTrees(const OpView &op, const RuleParams &params) {
  auto form = static_cast<TreeForm>(params.a);
  auto shape = samples(op);
  auto cost = ensembleCost(op, form);
  if (!shape || !cost) {
    llvm::Error error = shape ? llvm::Error::success() : shape.takeError();
    if (!cost)
      error = llvm::joinErrors(std::move(error), cost.takeError());
    return unmodelledError(std::move(error));
  }
  if (!*shape)
    return unknownShape(op);
  Work work = tensorWork(op);
  auto [n, features] = **shape;
  work.add(WorkClass::Vector, op.in(0).dtype, n * cost->compares);
  work.add(WorkClass::Vector, DType::F32, n * cost->votes);
  explainFormula(op, work, "compares <= N * sum over trees of depth", n * cost->compares,
                 {{"N", n}, {"sum", cost->compares}});
  bool classifier = form == TreeForm::Classifier;
  unsigned scored = classifier ? 1 : 0;
  if (scored < op.outputs.size() && op.outputs[scored].hasRank())
    addScores(op, work, n, op.outputs[scored].dim(1), classifier);
  // A path looks at one feature a node.
  work.readBytes[0] = Expr::min(work.readBytes[0], bytesOf(op.in(0).dtype, n * cost->compares));
  markBounded(work, "which path a sample takes depends on the data; its depth is the bound");
  return work;
}

} // namespace

const Family energyopt::treeEnsembleFamily = {
    "tree-ensemble", "ML1: compares <= N * sum over trees of depth", shapeTrees, workTrees};
