//===- ZeroChannels.h - Channels that add nothing ---------------*- C++ -*-===//
//
// A channel goes without a change of any output if each layer that reads it finds
// only zeros there: in the channel itself, or in the weights that it meets. One
// that is the same number everywhere goes too where a bias can take it up.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_SUGGEST_ZEROCHANNELS_H
#define ENERGY_OPT_LIB_SUGGEST_ZEROCHANNELS_H

#include "Suggest/Channels.h"

#include "llvm/ADT/DenseSet.h"

namespace energyopt {

/// Which elements of a layer's weights are not zero: one bit per output and input,
/// whatever lies between a pair (a convolution's window) taken together.
struct LayerWeights {
  int64_t outputs = 0, inputs = 0; // inputs: of a group
  bool outFirst = true;            // the order of the weights, and of `live`
  std::vector<bool> live;
  bool isLive(int64_t output, int64_t input) const {
    return live[outFirst ? output * inputs + input : input * outputs + output];
  }
};

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

bool hasOperand(mlir::Operation *op, unsigned operand);
/// Nullopt if the contents are not there or no numbers.
std::optional<std::vector<float>> floatsOf(mlir::Operation *constant, WeightReader &weights);

class ZeroChannels {
public:
  /// `near`: up to this share of a tensor's largest weight one counts as zero.
  ZeroChannels(const ChannelGraph &graph, WeightReader &weights, double near);

  /// By root, those of `candidates` that can go.
  std::vector<bool> removable(const llvm::DenseSet<int> &candidates);
  /// For the layers that read channels of `removed` which are not zero.
  std::vector<NewBias> biases(const std::vector<bool> &removed);

private:
  using States = llvm::DenseMap<int, std::optional<double>>; // by root

  // What is known of values.
  void visit(mlir::Operation *op);
  States statesOf(mlir::Operation *op, unsigned operand) const;
  States statesOfConstant(mlir::Operation *constant, const ChannelDims &dims) const;
  /// The only number in a constant; nullopt if it has several.
  std::optional<double> uniform(mlir::Operation *op, unsigned operand) const;
  void setResults(mlir::Operation *op, llvm::function_ref<std::optional<double>(int root)> state);
  void visitLayer(const Contraction &layer);
  void visitGroups(mlir::Operation *conv);
  void visitNorm(mlir::Operation *op);
  void visitBinary(mlir::Operation *op);

  // What is read.
  std::optional<LayerWeights> liveWeights(mlir::Operation *constant, unsigned outDim, unsigned inDim) const;
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
  /// An element of a dim of one value.
  using Place = std::pair<int, int>;
  static Place placeOf(ChannelDim dim, int64_t i) { return {dim.id, dim.offset + int(i)}; }
  /// What all that belongs to it is.
  llvm::DenseMap<Place, double> constants;
  llvm::DenseMap<mlir::Operation *, Contraction> layers;
  std::vector<mlir::Operation *> ops;
  std::vector<bool> needed; // by root
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_ZEROCHANNELS_H
