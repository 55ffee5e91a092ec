//===- Channels.h - Dims that shrink together -------------------*- C++ -*-===//
//
// Every element of every dim of every value of the main graph is a label; ops
// say which labels stand or fall together. What is left is, per class of labels,
// whether it can go at all, and which layers make it.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_SUGGEST_CHANNELS_H
#define ENERGY_OPT_LIB_SUGGEST_CHANNELS_H

#include "energy-opt/Checks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace energyopt {

/// A dim of a value: its elements are the labels [first, first + size).
struct ChannelDim {
  int first = -1;
  int64_t size = 0;
};
/// The dims of a value, or of one use of a constant vector: exporters store
/// equal biases once, which does not make their layers one.
using ChannelDims = llvm::SmallVector<ChannelDim, 4>;

/// A layer whose weights make channels.
struct ChannelProducer {
  mlir::Operation *op;
  unsigned operand, dim; // of the weights
};

/// An integer that shapes are computed from.
struct KnownInt {
  int64_t value;
  bool dynamic; // depends on a size that another run may have otherwise
};
using KnownInts = std::vector<KnownInt>;

class ChannelGraph {
public:
  /// Fails if the model cannot be analysed. `readable`: constants whose contents
  /// are absent keep their dims.
  static llvm::Expected<std::unique_ptr<ChannelGraph>> make(ImportedModel &model, bool readable);

  // What is known once all ops have spoken.
  int find(int label) const;
  bool isFrozen(int label) const { return frozen[find(label)] != 0; }
  /// Why a label has to stay.
  llvm::StringRef reason(int label) const { return reasons[frozen[find(label)]]; }
  /// Whether heads of attention are told apart by it.
  bool isHead(int label) const { return headMarks[find(label)]; }
  llvm::ArrayRef<std::pair<mlir::Operation *, ChannelDim>> heads() const { return headDims; }
  llvm::ArrayRef<ChannelProducer> producers() const { return made; }
  /// Null if the shape is unknown, or there is no such operand.
  const ChannelDims *dims(mlir::Operation *op, unsigned operand) const;
  const ChannelDims *dims(mlir::Value value) const;
  ChannelDim dim(const ChannelProducer &producer) const {
    return (*dims(producer.op, producer.operand))[producer.dim];
  }
  /// Calls `visit` with every dim of a value or use, each once.
  void eachDim(llvm::function_ref<void(ChannelDim)> visit) const;
  int labels() const { return int(parent.size()); }
  mlir::func::FuncOp main() const { return function; }
  std::optional<KnownInts> ints(mlir::Value value, unsigned depth = 0) const;

  // What ops say (ChannelRules.cpp).
  void freeze(ChannelDim dim, llvm::StringRef why);
  void freeze(int label, llvm::StringRef why);
  void join(int a, int b);
  void same(ChannelDim a, ChannelDim b);
  /// `whole` is the row-major product of `atoms`.
  void product(ChannelDim whole, llvm::ArrayRef<ChannelDim> atoms);
  ChannelDim newDim(int64_t size);
  void addProducer(ChannelProducer producer) { made.push_back(producer); }
  /// Heads of attention, which `op` computes.
  void markHeads(mlir::Operation *op, ChannelDim dim);

private:
  struct Product {
    ChannelDim whole;
    llvm::SmallVector<ChannelDim, 4> atoms;
  };
  ChannelGraph(mlir::func::FuncOp function, WeightReader &weights)
      : function(function), weights(weights) {}
  void addSites(const llvm::StringMap<std::vector<int64_t>> &shapes);
  void freezeBorders();
  void freezeAbsent();
  bool allFrozen(ChannelDim dim) const;
  /// Of a product at most one factor can shrink: which one.
  void decideProducts();
  bool decide(const Product &product);
  void follow(const Product &product, size_t live);
  std::optional<KnownInts> computedInts(mlir::Operation *op, unsigned depth) const;

  mutable mlir::func::FuncOp function; // MLIR knows no const ops
  WeightReader &weights;
  bool staticInputs = true;
  mutable std::vector<int> parent;
  std::vector<int> frozen; // by root: index into reasons, 0 for free
  std::vector<bool> headMarks, weighted; // by root
  std::vector<std::pair<mlir::Operation *, ChannelDim>> headDims;
  std::vector<std::string> reasons{""};
  llvm::DenseMap<mlir::Value, ChannelDims> values;
  llvm::DenseMap<mlir::OpOperand *, ChannelDims> vectorUses;
  std::vector<ChannelProducer> made;
  std::vector<Product> products;
};

/// Adds what `op` says of its operands and results.
void relateChannels(ChannelGraph &graph, mlir::Operation *op);

/// The initializer or Constant behind a value, through Identity; null if it is
/// computed or a run may override it.
mlir::Operation *constantBehind(mlir::Value value);
/// Where the contents of such an op are.
std::optional<WeightRef> contentsOf(mlir::Operation *constant);
/// The constant of which a value is a rearranged or decoded copy.
mlir::Operation *weightBehind(mlir::Value value);

/// The present size of a dim if the classes of `removed` (by root) go.
int64_t keptOf(const ChannelGraph &graph, const std::vector<bool> &removed, ChannelDim dim);
/// Takes the classes out of the model: weights, attributes and shapes.
void cutChannels(ChannelGraph &graph, const std::vector<bool> &removed, Rewrite &rewrite);
/// After a cut: the first value whose inferred shape is not what the cut should
/// have left, or "" if all are right; an error if the model no longer works.
llvm::Expected<std::string> firstMisfit(const llvm::StringMap<std::vector<int64_t>> &expected,
                                        ImportedModel &model);
llvm::Expected<llvm::StringMap<std::vector<int64_t>>> inferredShapes(ImportedModel &model);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_CHANNELS_H
