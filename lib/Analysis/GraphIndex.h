//===- GraphIndex.h - Who reads what, and what kind of op it is -*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_GRAPHINDEX_H
#define ENERGY_OPT_LIB_ANALYSIS_GRAPHINDEX_H

#include "Runtime.h"

#include "energy-opt/WorkGraph.h"

#include "llvm/ADT/SmallVector.h"

namespace energyopt {

/// How kernel analysis sees a row.
enum class Role : uint8_t {
  None, // runs nothing: metadata, computed at load, not executed, folded
  Contraction,
  Elementwise,
  Reduction, // softmax, normalizations, reductions
  Pool,
  Movement, // copies that compute nothing
  Quantize,
  Other,
  Folded, // None, once views are resolved
};

/// Def-use lists over tensors that own memory; views are resolved away.
class GraphIndex {
public:
  /// `uniformFloats`: all floats are priced in one format, so that casts
  /// between them vanish.
  GraphIndex(const WorkGraph &graph, const RuntimeProfile &runtime, bool uniformFloats);

  const WorkGraph &graph;
  const RuntimeProfile &runtime;

  Role role(int32_t row) const { return roles[row]; }
  /// The tensor whose memory `tensor` is; -1 for an absent operand.
  int32_t root(int32_t tensor) const { return tensor < 0 ? -1 : roots[tensor]; }
  /// Parameters and what is computed from them at load.
  bool isWeight(int32_t root) const { return weights[root]; }
  /// Rows that run something and read `root`, in order, each once.
  llvm::ArrayRef<int32_t> consumers(int32_t root) const {
    return llvm::ArrayRef<int32_t>(consumerList)
        .slice(consumerStart[root], consumerStart[root + 1] - consumerStart[root]);
  }
  /// The row behind a root that runs something; -1 if there is none.
  int32_t producer(int32_t root) const;
  /// Distinct roots that a row reads and that are not weights.
  llvm::SmallVector<int32_t, 4> activations(int32_t row) const;
  /// Distinct roots that a row writes.
  llvm::SmallVector<int32_t, 2> results(int32_t row) const;
  bool isGraphOutput(int32_t root) const { return outputs[root]; }
  /// Kernels never cross these.
  bool sameBody(int32_t a, int32_t b) const {
    return graph.rows[a].scope == graph.rows[b].scope && graph.rows[a].count == graph.rows[b].count;
  }

private:
  bool isFolded(const GraphRow &row, bool uniformFloats) const;
  bool isComputedAtLoad(const GraphRow &row) const;
  void findAttentionOperands();
  Role classify(const GraphRow &row) const;
  void resolveRoots();
  void collectConsumers();

  std::vector<Role> roles;
  std::vector<int32_t> roots, consumerStart, consumerList;
  std::vector<bool> weights, outputs;
  std::vector<bool> attentionOnly; // per tensor: only single ops of attention read it
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_GRAPHINDEX_H
