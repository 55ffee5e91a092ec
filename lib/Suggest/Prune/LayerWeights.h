//===- LayerWeights.h - Which weights of a layer are zero -------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRUNE_LAYERWEIGHTS_H
#define ENERGY_OPT_LIB_SUGGEST_PRUNE_LAYERWEIGHTS_H

#include "Import/WeightStatistics.h"

#include "mlir/IR/Operation.h"

namespace energyopt {

/// Nullopt if the contents are not there or no numbers.
std::optional<std::vector<float>> floatsOf(mlir::Operation *constant, WeightReader &weights);
std::optional<std::vector<int64_t>> intsOf(mlir::Operation *constant, WeightReader &weights);

/// The weights of a convolution or product, its second operand.
struct LayerTensor {
  mlir::Operation *constant;
  WeightTensor tensor;
  /// Whether magnitudes of one output are to scale, so that they can be told near zero.
  bool comparable = true;
};
/// Nullopt if they are no constant: one of floats, or of integers that one
/// DequantizeLinear makes floats of; transposed or not.
std::optional<LayerTensor> layerTensor(mlir::Operation *op, WeightReader &weights);

/// Which outputs of a layer read which inputs, whatever lies between a pair (a
/// convolution's window) taken together. Counts by channel answer that as long as
/// few channels are gone; the pairs are looked up where they do not.
class LayerWeights {
public:
  /// Nullopt if they cannot be read.
  static std::optional<LayerWeights> of(const LayerTensor &layer, WeightReader &weights,
                                        ZeroRule rule);

  int64_t outputs() const { return tensor.outputs; }
  int64_t inputs() const { return tensor.inputs; } // of a group
  /// Whether an output reads an input that is not `gone`, of which there are `count`.
  bool reads(int64_t output, int64_t count, llvm::function_ref<bool(int64_t input)> gone) const;
  /// Whether an output that is not `gone` reads an input.
  bool isRead(int64_t input, int64_t count, llvm::function_ref<bool(int64_t output)> gone) const;

private:
  bool isLive(int64_t output, int64_t input) const;
  /// Whether a channel is in a pair with one of `others` that is not `gone`; `zeros`
  /// of its weights are zero.
  bool hasLive(int64_t zeros, int64_t others, int64_t count, llvm::function_ref<bool(int64_t)> gone,
               llvm::function_ref<bool(int64_t)> isLiveWith) const;

  WeightTensor tensor;
  WeightStatistics *statistics = nullptr;
  ZeroRule rule;
  const WeightCounts *zeros = nullptr;
  mutable std::vector<bool> live; // pairs in the order of the file, once one is looked up
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRUNE_LAYERWEIGHTS_H
