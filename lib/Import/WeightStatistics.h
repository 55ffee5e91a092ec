//===- WeightStatistics.h - Weights that are zero, by channel ---*- C++ -*-===//
//
// One pass over a tensor's bytes, whoever asks and how often, by several threads,
// in memory that does not grow with the tensor.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_WEIGHTSTATISTICS_H
#define ENERGY_OPT_LIB_IMPORT_WEIGHTSTATISTICS_H

#include "energy-opt/WeightReader.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <map>

namespace energyopt {

/// A layer's weights: outputs x inputs x window, or inputs x outputs x window.
struct WeightTensor {
  WeightRef ref;
  int64_t outputs = 0, inputs = 0, window = 1;
  bool outFirst = true;
  /// The stored numbers that stand for zero: by output, one for all, or none for 0.
  std::vector<int64_t> zeroPoints = {};
};

/// How many weights count as zero.
struct WeightCounts {
  int64_t total = 0;
  int64_t ofOutput(int64_t output) const { return outputs.empty() ? 0 : outputs[output]; }
  int64_t ofInput(int64_t input) const { return inputs.empty() ? 0 : inputs[input]; }

  std::vector<int64_t> outputs, inputs; // empty: none at all
};

/// What counts as zero: a magnitude of at most `near` of the largest of the same
/// output; all of an output whose largest is at most `nearOutput` of the tensor's.
/// Both 0: zeros alone.
struct ZeroRule {
  double near = 0, nearOutput = 0;
  bool isExact() const { return near <= 0 && nearOutput <= 0; }
  bool operator<(const ZeroRule &other) const {
    return std::tie(near, nearOutput) < std::tie(other.near, other.nearOutput);
  }
};

class WeightStatistics {
public:
  /// Those of a reader, for all that ask.
  static WeightStatistics &of(const WeightReader &reader);
  explicit WeightStatistics(WeightReader &reader);
  ~WeightStatistics();

  /// Null if the weights cannot be read, or are not as many. What is no number is
  /// not zero.
  const WeightCounts *zeros(const WeightTensor &tensor, ZeroRule rule = {});
  /// Up to which magnitude a weight counts as zero, by output; empty if they cannot
  /// be read.
  std::vector<float> limits(const WeightTensor &tensor, const ZeroRule &rule);
  /// The magnitudes in the order of the file, in pieces, until `piece` returns false;
  /// of quantized weights the distance to the zero point.
  llvm::Error stream(const WeightTensor &tensor,
                     llvm::function_ref<bool(llvm::ArrayRef<float>)> piece);

private:
  struct Entry;
  using Key = std::tuple<WeightRef::Source, WeightRef::Encoding, DType, uint64_t, std::string,
                         std::vector<int64_t>>;
  Entry &entryOf(const WeightTensor &tensor);

  WeightReader &reader;
  std::mutex mutex; // guards `entries`
  std::map<Key, std::unique_ptr<Entry>> entries;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_WEIGHTSTATISTICS_H
