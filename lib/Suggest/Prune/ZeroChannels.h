//===- ZeroChannels.h - Channels that add nothing ---------------*- C++ -*-===//
//
// A channel goes without a change of any output if each layer that reads it finds
// only zeros there: in the channel itself, or in the weights that it meets. One
// that is the same number everywhere goes too where a bias can take it up.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRUNE_ZEROCHANNELS_H
#define ENERGY_OPT_LIB_SUGGEST_PRUNE_ZEROCHANNELS_H

#include "Suggest/Prune/Channels.h"
#include "Suggest/Prune/LayerWeights.h"

namespace energyopt {

/// An op that sums over a dim of its first two operands.
struct Contraction {
  mlir::Operation *op;
  unsigned dims[2];                    // over which, by operand
  unsigned outDim;                     // of the second operand
  std::optional<LayerWeights> weights; // the second operand, if it is a constant
};

/// A bias to give to a layer: what its inputs that are gone were worth.
struct NewBias {
  mlir::Operation *layer;
  std::vector<float> values; // of the outputs that stay
};

class ZeroChannels {
public:
  /// `near`: up to this share of the largest weight of its output one counts as zero,
  /// and an output up to this share of the tensor's largest; 0: zeros alone.
  ZeroChannels(const ChannelGraph &graph, WeightReader &weights, double near);

  /// By root, those of `candidates` that can go.
  std::vector<bool> removable(const std::vector<bool> &candidates);
  /// For the layers that read channels of `removed` which are not zero.
  std::vector<NewBias> biases(const std::vector<bool> &removed);

private:
  using States = llvm::DenseMap<int, std::optional<double>>; // by root

  // What is known of values.
  void visit(mlir::Operation *op);
  /// If nothing is known of a computed operand, no class of it is there, unless `all`.
  States statesOf(mlir::Operation *op, unsigned operand, bool all = false) const;
  States statesOfConstant(mlir::Operation *constant, const ChannelDims &dims) const;
  States statesOfValues(llvm::ArrayRef<float> values, const ChannelDims &dims) const;
  /// The only number in a constant; nullopt if it has several.
  std::optional<double> uniform(mlir::Operation *op, unsigned operand) const;
  void setResults(mlir::Operation *op, llvm::function_ref<std::optional<double>(int root)> state);
  void visitLayer(const Contraction &layer);
  void visitGroups(mlir::Operation *conv);
  void visitNorm(mlir::Operation *op);
  void visitBinary(mlir::Operation *op);
  void visitDequantize(mlir::Operation *op);

  // What is read.
  std::optional<LayerWeights> weightsOf(mlir::Operation *op) const;
  std::optional<Contraction> contractionOf(mlir::Operation *op) const;
  bool absorbs(const Contraction &layer) const;
  bool need(mlir::Operation *op);
  bool need(int root);
  bool needAll(const ChannelDims *dims);
  void spread();
  int emptied() const;

  const ChannelGraph &graph;
  WeightReader &weights;
  double near;
  /// By dim of one value and element of that: what all that belongs to it is.
  llvm::DenseMap<int, llvm::DenseMap<int, double>> constants;
  llvm::DenseMap<mlir::Operation *, Contraction> layers;
  std::vector<mlir::Operation *> ops;
  std::vector<bool> needed; // by root
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRUNE_ZEROCHANNELS_H
