//===- GraphIndex.h - Who reads what, and what kind of op it is -*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_GRAPHINDEX_H
#define ENERGY_OPT_LIB_ANALYSIS_GRAPHINDEX_H

#include "Runtime.h"

#include "energy-opt/WorkGraph.h"

#include "llvm/ADT/SmallVector.h"

#include <memory>

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

/// Ops that are looked for by name. Names lie far apart, so that each is read once.
enum class KnownOp : uint8_t {
  Other,
  Cast,
  CastLike,
  Clip,
  Concat,
  DequantizeLinear,
  Erf,
  Exp,
  Expand,
  HardSigmoid,
  ReduceMax,
  ReduceMean,
  Sigmoid,
  Softmax,
  Softplus,
  Sqrt,
  Sub,
  Tanh,
  Transpose,
};

/// Lists of numbers, one behind the other: what passes over a large graph read
/// again and again should lie together.
class NumberLists {
public:
  void reserve(size_t lists, size_t numbers) {
    starts.reserve(lists + 1);
    all.reserve(numbers);
  }
  /// To the list that closeList() ends.
  void add(int32_t number) { all.push_back(number); }
  size_t size() const { return all.size(); }
  void closeList() { starts.push_back(static_cast<uint32_t>(all.size())); }
  llvm::ArrayRef<int32_t> operator[](int32_t list) const {
    return llvm::ArrayRef<int32_t>(all).slice(starts[list], starts[list + 1] - starts[list]);
  }
  /// Puts `map` of each number, less than `numbers`, in its place, and keeps the
  /// first of equal ones in a list; those below 0 go.
  template <typename Map> void mapDistinct(size_t numbers, Map map);

private:
  std::vector<uint32_t> starts{0};
  std::vector<int32_t> all;
};

/// What decides which ops vanish.
struct Folding {
  /// `uniformFloats`: all floats are priced in one format, so that casts
  /// between them vanish.
  Folding(const RuntimeProfile &runtime, bool uniformFloats)
      : flashAttention(runtime.flashAttention), quantization(runtime.foldsQuantization),
        shapeOps(!runtime.runsShapeOps), uniformFloats(uniformFloats) {}
  bool operator==(const Folding &other) const {
    return flashAttention == other.flashAttention && quantization == other.quantization &&
           shapeOps == other.shapeOps && uniformFloats == other.uniformFloats;
  }

  bool flashAttention, quantization, shapeOps, uniformFloats;
};

/// Def-use lists over tensors that own memory; views are resolved away.
class GraphIndex {
public:
  GraphIndex(const WorkGraph &graph, Folding folding);

  const WorkGraph &graph;
  const Folding folding;

  Role role(int32_t row) const { return roles[row]; }
  KnownOp op(int32_t row) const { return ops[row]; }
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
  int32_t producer(int32_t root) const { return producers[root]; }
  /// Distinct roots that a row reads and that are not weights.
  llvm::ArrayRef<int32_t> activations(int32_t row) const { return reads[row]; }
  /// Distinct roots that a row writes.
  llvm::ArrayRef<int32_t> results(int32_t row) const { return writes[row]; }
  bool isGraphOutput(int32_t root) const { return outputs[root]; }
  /// Kernels never cross these.
  bool sameBody(int32_t a, int32_t b) const { return bodies[a] == bodies[b]; }
  /// No row is in a loop, nor in a branch that is not taken.
  bool runsOnce() const { return once; }
  /// Operands and results of all rows together, which bound the transfers of a plan.
  size_t numUses() const { return uses; }

private:
  void scanTensors();
  void scanRows();
  void foldRows();
  bool isFolded(int32_t row) const;
  bool isComputedAtLoad(const GraphRow &row) const;
  void findAttentionOperands();
  Role classify(const GraphRow &row) const;
  void resolveRoots();
  void findWeights();
  void findOutputs();
  void collectConsumers();

  std::vector<Role> roles;
  std::vector<KnownOp> ops;
  std::vector<int32_t> roots, producers, consumerStart, consumerList;
  std::vector<int32_t> bodies; // per row: rows of the same scope and count share a number
  NumberLists reads, writes;   // per row
  bool once = true;
  size_t uses = 0;
  std::vector<bool> weights, outputs;
  std::vector<bool> atLoad, attention; // per row
  std::vector<bool> attentionOnly;     // per tensor: only single ops of attention read it
  std::vector<int32_t> foldable;       // rows of which isFolded() decides
};

/// The indices of one graph, each made when it is first asked for: runtimes that fold
/// alike share one. Not for several threads.
class GraphIndices {
public:
  explicit GraphIndices(const WorkGraph &graph) : graph(graph) {}
  std::shared_ptr<const GraphIndex> get(Folding folding);

private:
  const WorkGraph &graph;
  llvm::SmallVector<std::shared_ptr<const GraphIndex>, 1> made;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_GRAPHINDEX_H
