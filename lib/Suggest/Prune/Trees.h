//===- Trees.h - Tree ensembles whose branches are followed -----*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRUNE_TREES_H
#define ENERGY_OPT_LIB_SUGGEST_PRUNE_TREES_H

#include "energy-opt/Checks.h"

#include <limits>
#include <map>

namespace energyopt {

/// What values of a feature can arrive at a node.
struct FeatureRange {
  double low = -std::numeric_limits<double>::infinity(), high = -low;
  bool openLow = false, openHigh = false, nan = true;
  bool isEmpty() const { return low > high || (low == high && (openLow || openHigh)); }
};

/// Which values a test lets pass; the rest, and what is no number, fails.
enum class TreeTest : uint8_t { Leaf, Leq, Lt, Gte, Gt, Other };

/// The trees of one op, in either layout of ai.onnx.ml.
class TreeEnsemble {
public:
  explicit TreeEnsemble(mlir::Operation *op) : op(op) {}
  virtual ~TreeEnsemble() = default;
  /// False if the arrays do not fit together, or hold what is not understood.
  virtual bool read() = 0;
  /// Removes what no input reaches; the number of nodes that went.
  size_t prune();

protected:
  struct Node {
    int64_t tree, id, feature;
    double value;
    TreeTest test;
    bool missingTrue;
    size_t yes = 0, no = 0;
    bool dead = true;
  };
  /// Of a leaf, what it adds to which target.
  using Weights = std::vector<std::pair<int64_t, float>>;

  virtual void write() = 0;
  llvm::ArrayRef<int64_t> ints(llvm::StringRef name) const;

  mlir::Operation *op;
  std::vector<Node> nodes;
  std::vector<size_t> source; // where a node's fields are in the attributes
  std::map<std::pair<int64_t, int64_t>, Weights> weights; // by tree and id

private:
  using Ranges = std::map<int64_t, FeatureRange>;
  size_t walk(size_t node, Ranges ranges, unsigned depth);
  void moveInto(size_t to, size_t from);

  bool changed = false, tooDeep = false;
};

/// Of TreeEnsembleClassifier and TreeEnsembleRegressor, and of TreeEnsemble.
std::unique_ptr<TreeEnsemble> treesById(mlir::Operation *op);
std::unique_ptr<TreeEnsemble> treesByIndex(mlir::Operation *op, WeightReader &weights);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRUNE_TREES_H
