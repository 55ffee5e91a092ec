//===- Channels.h - Dims that shrink together -------------------*- C++ -*-===//
//
// Ops of the main graph say which elements of the dims of their values stand or
// fall together. What is left is, per class of them, whether it can go at all, and
// which layers make it.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRUNE_CHANNELS_H
#define ENERGY_OPT_LIB_SUGGEST_PRUNE_CHANNELS_H

#include "Suggest/Prune/ChannelLabels.h"
#include "energy-opt/Checks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace energyopt {

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

class ChannelGraph : public ChannelLabels {
public:
  /// Fails if the model cannot be analysed. `readable`: constants whose contents
  /// are absent keep their dims.
  static llvm::Expected<std::unique_ptr<ChannelGraph>> make(ImportedModel &model, bool readable);

  // What is known once all ops have spoken.
  llvm::ArrayRef<std::pair<mlir::Operation *, ChannelDim>> heads() const { return headDims; }
  llvm::ArrayRef<ChannelProducer> producers() const { return made; }
  /// Null if the shape is unknown, or there is no such operand.
  const ChannelDims *dims(mlir::Operation *op, unsigned operand) const;
  const ChannelDims *dims(mlir::Value value) const;
  ChannelDim dim(const ChannelProducer &producer) const {
    return (*dims(producer.op, producer.operand))[producer.dim];
  }
  mlir::func::FuncOp main() const { return function; }
  /// Null if they are not known.
  std::shared_ptr<const KnownInts> ints(mlir::Value value) const;

  // What ops say (ChannelRules.cpp).
  /// `whole` is the row-major product of `atoms`.
  void product(ChannelDim whole, llvm::ArrayRef<ChannelDim> atoms);
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
  /// Of a product at most one factor can shrink: which one.
  void decideProducts();
  bool decide(const Product &product);
  void follow(const Product &product, size_t live);
  /// Of an op, behind those that it reads.
  void computeInts(mlir::Operation *op);
  /// Of all, with what is known now of the sizes that weights have.
  void computeInts();
  std::optional<KnownInts> computedInts(mlir::Operation *op) const;
  std::optional<KnownInts> readInts(mlir::Operation *constant) const;
  std::shared_ptr<const KnownInts> keep(mlir::Value value, std::optional<KnownInts> ints) const;

  mutable mlir::func::FuncOp function; // MLIR knows no const ops
  WeightReader &weights;
  bool staticInputs = true;
  std::vector<std::pair<mlir::Operation *, ChannelDim>> headDims;
  llvm::DenseMap<mlir::Value, ChannelDims> values;
  llvm::DenseMap<mlir::OpOperand *, ChannelDims> vectorUses;
  std::vector<ChannelProducer> made;
  std::vector<Product> products;
  mutable llvm::DenseMap<mlir::Value, std::shared_ptr<const KnownInts>> knownInts;
  mutable size_t keptInts = 0; // of them all
};

/// Adds what `op` says of its operands and results.
void relateChannels(ChannelGraph &graph, mlir::Operation *op);

/// The constant of which a value is a rearranged or decoded copy.
mlir::Operation *weightBehind(mlir::Value value);

/// What is left of dims if some classes go.
class Remains {
public:
  /// `removed`: by class; those beyond its end stay.
  Remains(const ChannelGraph &graph, std::vector<bool> removed)
      : graph(graph), removed(std::move(removed)) {}
  bool goes(int cls) const { return size_t(cls) < removed.size() && removed[cls]; }
  bool goes(ChannelDim dim, int64_t i) const {
    return graph.hasClasses(dim) && goes(graph.classOf(dim, i));
  }
  int64_t sizeOf(ChannelDim dim) const;

private:
  const ChannelGraph &graph;
  std::vector<bool> removed;
  mutable llvm::DenseMap<int, int64_t> known; // of whole dims
};
/// Takes the classes out of the model: weights, attributes and shapes.
void cutChannels(ChannelGraph &graph, const Remains &remains, Rewrite &rewrite);
/// After a cut: the first value whose inferred shape is not what the cut should
/// have left, or "" if all are right; an error if the model no longer works.
llvm::Expected<std::string> firstMisfit(const llvm::StringMap<std::vector<int64_t>> &expected,
                                        ImportedModel &model);
llvm::Expected<llvm::StringMap<std::vector<int64_t>>> inferredShapes(ImportedModel &model);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRUNE_CHANNELS_H
