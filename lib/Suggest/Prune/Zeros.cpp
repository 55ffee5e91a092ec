//===- Zeros.cpp - Zeros among the weights, and what they are worth -------===//

#include "Report/Format.h"
#include "Suggest/Advisor.h"
#include "Suggest/Prune/Channels.h"
#include "Suggest/Prune/LayerWeights.h"
#include "Suggest/Prune/Prune.h"
#include "Suggest/Rewrites.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/FormatVariadic.h"

using namespace energyopt;
using mlir::Operation;

namespace {
/// Of the weights of products and convolutions.
struct ZeroCount {
  int64_t weights = 0, zero = 0, near = 0;
  /// Tensors, and those with at least two zeros in any four along their inputs.
  size_t tensors = 0, sparse = 0;
};

/// Whether two of each four weights along the inputs of each output are zero, of weights
/// that come piece by piece.
class TwoOfFour {
public:
  /// `inner`: weights between two inputs of an output.
  explicit TwoOfFour(int64_t inner) : zeros(inner, 0) {}

  /// False once it does not hold.
  bool take(llvm::ArrayRef<float> magnitudes) {
    for (size_t i = 0; i < magnitudes.size() && holds; ++i) {
      zeros[at] += magnitudes[i] == 0;
      if (row == 3) {
        holds = zeros[at] >= 2;
        zeros[at] = 0;
      }
      if (++at == zeros.size()) {
        at = 0;
        row = (row + 1) % 4;
      }
    }
    return holds;
  }
  bool holds = true;

private:
  std::vector<uint8_t> zeros; // of the four that are under way
  size_t at = 0;
  int row = 0;
};
} // namespace

static bool isTwoOfFour(const WeightTensor &tensor, const WeightCounts &zeros,
                        WeightStatistics &statistics) {
  // Without half of all no other look is needed.
  if (2 * zeros.total < tensor.ref.elements || tensor.inputs % 4 != 0 ||
      (!tensor.outFirst && tensor.window != 1))
    return false;
  TwoOfFour pattern(tensor.outFirst ? tensor.window : tensor.outputs);
  llvm::Error error =
      statistics.stream(tensor, [&](llvm::ArrayRef<float> piece) { return pattern.take(piece); });
  if (!error)
    return pattern.holds;
  llvm::consumeError(std::move(error));
  return false;
}

/// Adds a layer's weights; nothing if they cannot be read.
static void count(const LayerTensor &layer, double near, WeightStatistics &statistics,
                  ZeroCount &sum) {
  const WeightCounts *zeros = statistics.zeros(layer.tensor);
  if (!zeros)
    return; // absent
  const WeightCounts *nearZeros =
      near > 0 && layer.comparable ? statistics.zeros(layer.tensor, {near, 0}) : zeros;
  sum.weights += layer.tensor.ref.elements;
  sum.zero += zeros->total;
  sum.near += nearZeros ? nearZeros->total : zeros->total;
  ++sum.tensors;
  sum.sparse += isTwoOfFour(layer.tensor, *zeros, statistics);
}

static ZeroCount countZeros(ImportedModel &model, double near) {
  ZeroCount sum;
  llvm::DenseSet<Operation *> seen;
  model.module->walk([&](Operation *op) {
    if (!isNamed(op, "Conv") && !isNamed(op, "ConvTranspose") && !isNamed(op, "Gemm") &&
        !isNamed(op, "MatMul"))
      return;
    auto layer = layerTensor(op, *model.weights);
    if (layer && seen.insert(layer->constant).second)
      count(*layer, near, WeightStatistics::of(*model.weights), sum);
  });
  return sum;
}

static std::string shareOf(int64_t part, int64_t whole) {
  return llvm::formatv("{0:F1} %", 100 * double(part) / double(whole));
}

/// The weights that went with channels that are gone.
static std::string titleOf(const Advisor &advisor, const WorkGraph &after, bool exact) {
  int64_t before = advisor.base().graph.model.parameters, gone = before - after.model.parameters;
  return llvm::formatv("Remove {0} of the weights: they add {1}",
                       shareOf(gone, std::max<int64_t>(1, before)), exact ? "nothing" : "little");
}

namespace {
struct Removal {
  ImportedModel model;
  WorkGraph graph;
  std::vector<std::string> ops;
};
} // namespace

/// What a check makes of the model; nullopt if no channel goes.
static std::optional<Removal> removalBy(Advisor &advisor, const Check &check) {
  ImportedModel copy = copyModel(advisor.situation.model);
  Rewrite rewrite{copy, check, {}};
  rewrite.graph = &advisor.base().graph;
  rewrite.run();
  if (rewrite.ops.empty())
    return std::nullopt;
  auto graph = advisor.analysed(copy);
  if (!graph)
    return std::nullopt;
  return Removal{std::move(copy), std::move(*graph), std::move(rewrite.ops)};
}

static void offer(Advisor &advisor, Removal &removal) {
  Suggestion suggestion = advisor.draft();
  suggestion.title = titleOf(advisor, removal.graph, advisor.check.exact);
  suggestion.apply = "--apply=" + advisor.check.id.str();
  suggestion.ops = std::move(removal.ops);
  suggestion.savingJ = advisor.savings(removal.graph);
  advisor.add(std::move(suggestion));
}

/// What zeros that are spread are worth on a target: nothing to kernels.
static std::string whyNot(const ZeroCount &zeros, bool channelsGo, const Target &target) {
  std::string text = llvm::formatv("{0}{1} of the weights of products and convolutions are zero; ",
                                   channelsGo ? "without those channels " : "",
                                   shareOf(zeros.zero, zeros.weights));
  text += zeros.zero == 0 ? "there is nothing to skip"
                          : "they are spread, and cost as much as other numbers";
  if (zeros.sparse > 0 && target.matrix.sparseFactor.valueOr(1) > 1)
    text += llvm::formatv(
        "; {0} of {1} tensors have two zeros in every four, which its sparse units skip if the "
        "runtime is told to (prune-2-4)",
        zeros.sparse, zeros.tensors);
  return text;
}

/// Zeros are popular: where they do not help, a report says so.
void energyopt::adviseZeros(Advisor &advisor) {
  ZeroCount zeros = countZeros(advisor.situation.model, /*near=*/0);
  if (zeros.weights == 0)
    return;
  auto without = removalBy(advisor, advisor.check);
  if (without) {
    offer(advisor, *without);
    zeros = countZeros(without->model, /*near=*/0);
  }
  if (without && (zeros.zero == 0 || zeros.weights == 0))
    return;
  for (size_t i = 0; i < advisor.targets(); ++i)
    advisor.refuse(i, whyNot(zeros, without.has_value(), advisor.situation.targets[i]), 0);
}

/// Suggests what goes beyond the channels that add nothing at all.
void energyopt::adviseNearZeros(Advisor &advisor) {
  const double near = advisor.check.parameters.front().fallback;
  ZeroCount zeros = countZeros(advisor.situation.model, near);
  if (zeros.weights == 0)
    return;
  auto exact = removalBy(advisor, *findCheck("prune-zeros")),
       without = removalBy(advisor, advisor.check);
  const WorkGraph &before = exact ? exact->graph : advisor.base().graph;
  if (without && without->graph.model.parameters < before.model.parameters)
    return offer(advisor, *without);
  std::string text = llvm::formatv(
      "no channel is negligible as a whole{0}; {1} of the weights of products and convolutions are "
      "at most {2} of the "
      "largest of their output ({3} are zero), spread, and cost as much as other numbers",
      exact ? " beyond those of prune-zeros" : "", shareOf(zeros.near, zeros.weights),
      exactNumber(near), shareOf(zeros.zero, zeros.weights));
  for (size_t i = 0; i < advisor.targets(); ++i)
    advisor.refuse(i, text, 0);
}
