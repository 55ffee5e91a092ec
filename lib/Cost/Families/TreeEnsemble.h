//===- TreeEnsemble.h - Decision trees: forests, boosting -------*- C++ -*-===//
//
// What one sample costs in an ensemble of decision trees whose nodes are
// attributes (ai.onnx.ml).
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_TREEENSEMBLE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_TREEENSEMBLE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

/// ML1: compares <= N * sum over trees of the longest path from root to leaf.
extern const Family treeEnsembleFamily;

enum class TreeForm : int16_t { Classifier, Regressor, V5 };
constexpr FamilyUse treeEnsemble(TreeForm form) {
  return {&treeEnsembleFamily, {static_cast<int16_t>(form)}};
}

/// Nodes by index, -1 for no node; `weight` compares are made at a node, none
/// at a leaf.
struct TreeNode {
  int64_t child[2] = {-1, -1};
  int64_t weight = 0;
};

/// Longest weighted path that starts at each node, in compares. nullopt if the
/// nodes form a cycle. Iterative: its depth is the model's to choose.
std::optional<std::vector<int64_t>> longestPaths(llvm::ArrayRef<TreeNode> nodes);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_TREEENSEMBLE_H
