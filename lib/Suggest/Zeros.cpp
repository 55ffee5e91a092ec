//===- Zeros.cpp - Zeros among the weights, and what they are worth -------===//

#include "Import/WeightStream.h"
#include "Suggest/Advisor.h"
#include "Suggest/Channels.h"
#include "Suggest/Prune.h"
#include "Suggest/Rewrites.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;
using mlir::Operation;

/// What counts as nearly zero, of a tensor's largest weight.
static constexpr double kNear = 0.001;
static constexpr const char *kNearText = "0.001";

namespace {
/// Of the weights of products and convolutions.
struct ZeroCount {
  int64_t weights = 0, zero = 0, near = 0;
  /// Tensors without more than two numbers in any four along their inputs.
  size_t tensors = 0, sparse = 0;
};
} // namespace

namespace {
/// Whether two of each four weights along the inputs of each output are zero, of weights
/// that come piece by piece.
class TwoOfFour {
public:
  /// `inner`: weights between two inputs of an output.
  TwoOfFour(int64_t inputs, int64_t inner) : holds(inputs % 4 == 0), zeros(inner, 0) {}

  void take(llvm::ArrayRef<float> values) {
    for (size_t i = 0; i < values.size() && holds; ++i) {
      zeros[at] += values[i] == 0;
      if (row == 3) {
        holds = zeros[at] >= 2;
        zeros[at] = 0;
      }
      if (++at == zeros.size()) {
        at = 0;
        row = (row + 1) % 4;
      }
    }
  }
  bool holds;

private:
  std::vector<uint8_t> zeros; // of the four that are under way
  size_t at = 0;
  int row = 0;
};
} // namespace

static TwoOfFour patternOf(Operation *op, mlir::RankedTensorType type) {
  bool outFirst = isNamed(op, "Conv") || (isNamed(op, "Gemm") && intAttr(op, "transB", 0));
  int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  if (outFirst)
    return TwoOfFour(columns, type.getNumElements() / (rows * columns));
  TwoOfFour pattern(rows, columns);
  pattern.holds &= type.getRank() == 2;
  return pattern;
}

/// The largest of absolute values; a NaN counts as none.
static float largestOf(llvm::ArrayRef<float> values) {
  // Several at a time: a maximum is not associative to a compiler.
  constexpr size_t kLanes = 16;
  float largest[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane) {
      float value = std::abs(values[i + lane]);
      largest[lane] = value > largest[lane] ? value : largest[lane];
    }
  for (; i < values.size(); ++i)
    largest[0] = std::max(largest[0], std::abs(values[i]));
  return *std::max_element(std::begin(largest), std::end(largest));
}

static int64_t countUpTo(llvm::ArrayRef<float> values, float bound) {
  int32_t found = 0; // of a piece
  for (float value : values)
    found += std::abs(value) <= bound;
  return found;
}

/// The greatest float that is not above `bound`.
static float floatBelow(double bound) {
  float rounded = float(bound);
  return rounded <= bound ? rounded : std::nextafter(rounded, 0.0f);
}

/// Adds a tensor's weights; nothing if they cannot be read.
static void count(Operation *op, Operation *constant, const WeightRef &ref, WeightReader &weights,
                  ZeroCount &sum) {
  TwoOfFour pattern = patternOf(op, llvm::cast<mlir::RankedTensorType>(constant->getResult(0).getType()));
  int64_t zero = 0, near = 0;
  float largest = 0;
  auto first = [&](llvm::ArrayRef<float> piece) {
    largest = std::max(largest, largestOf(piece));
    zero += countUpTo(piece, 0);
    pattern.take(piece);
  };
  auto second = [&](llvm::ArrayRef<float> piece) { near += countUpTo(piece, floatBelow(kNear * largest)); };
  for (auto pass : {llvm::function_ref<void(llvm::ArrayRef<float>)>(first),
                    llvm::function_ref<void(llvm::ArrayRef<float>)>(second)})
    if (llvm::Error error = streamFloats(weights, ref, pass))
      return llvm::consumeError(std::move(error)); // absent: nothing to count
  sum.weights += ref.elements;
  sum.zero += zero;
  sum.near += near;
  ++sum.tensors;
  sum.sparse += pattern.holds;
}

static ZeroCount countZeros(ImportedModel &model) {
  ZeroCount sum;
  llvm::DenseSet<Operation *> seen;
  model.module->walk([&](Operation *op) {
    if (op->getNumOperands() < 2 || !(isNamed(op, "Conv") || isNamed(op, "ConvTranspose") || isNamed(op, "Gemm") ||
                                      isNamed(op, "MatMul")))
      return;
    Operation *constant = constantBehind(op->getOperand(1));
    auto ref = contentsOf(constant);
    auto type = constant ? llvm::dyn_cast<mlir::RankedTensorType>(constant->getResult(0).getType())
                         : mlir::RankedTensorType();
    if (!ref || !isFloat(ref->dtype) || !type || !type.hasStaticShape() || type.getRank() < 2 ||
        ref->elements == 0 || !seen.insert(constant).second)
      return;
    count(op, constant, *ref, *model.weights, sum);
  });
  return sum;
}

static std::string shareOf(int64_t part, int64_t whole) {
  return llvm::formatv("{0:F1} %", 100 * double(part) / double(whole));
}

/// The weights that went with channels that are gone.
static std::string titleOf(const Advisor &advisor, const WorkGraph &after, bool exact) {
  int64_t before = advisor.base().graph.model.parameters, gone = before - after.model.parameters;
  return llvm::formatv("Remove {0} of the weights: they add {1}", shareOf(gone, std::max<int64_t>(1, before)),
                       exact ? "nothing" : "little");
}

/// The model without the channels that go if weights of up to `near` of the largest
/// count as zeros; nullopt if none goes beyond those of `parameters`.
static std::optional<ImportedModel> suggestRemoval(Advisor &advisor, bool near, int64_t &parameters) {
  ImportedModel copy = copyModel(advisor.situation.model);
  CheckArguments arguments;
  if (near)
    arguments["near"] = kNearText;
  Rewrite rewrite{copy, advisor.check, arguments};
  rewrite.graph = &advisor.base().graph;
  advisor.check.apply(rewrite);
  if (rewrite.ops.empty())
    return std::nullopt;
  auto graph = advisor.analysed(copy);
  if (!graph || graph->model.parameters >= parameters)
    return std::nullopt;
  parameters = graph->model.parameters;
  Suggestion suggestion = advisor.draft();
  suggestion.title = titleOf(advisor, *graph, !near);
  suggestion.apply = "--apply=" + advisor.check.id.str();
  if (near) {
    suggestion.apply += std::string(":near=") + kNearText;
    suggestion.exact = false;
    suggestion.risk = name(Degree::Medium).str();
    suggestion.effort = name(Degree::Medium).str();
  }
  suggestion.ops = std::move(rewrite.ops);
  suggestion.savingJ = advisor.savings(*graph);
  advisor.add(std::move(suggestion));
  return copy;
}

/// What zeros that are spread are worth on a target: nothing to kernels.
static std::string whyNot(const ZeroCount &zeros, bool channelsGo, const Target &target) {
  std::string text = llvm::formatv("{0}{1} of the weights of products and convolutions are zero, {2} at most {3} of "
                                   "their tensor's largest; ",
                                   channelsGo ? "without those channels " : "", shareOf(zeros.zero, zeros.weights),
                                   shareOf(zeros.near, zeros.weights), kNearText);
  text += zeros.zero == 0 ? "there is nothing to skip" : "they are spread, and cost as much as other numbers";
  if (zeros.sparse > 0 && target.matrix.sparseFactor.valueOr(1) > 1)
    text += llvm::formatv("; {0} of {1} tensors have two zeros in every four, which its sparse units skip if the "
                          "runtime is told to (prune-2-4)",
                          zeros.sparse, zeros.tensors);
  return text;
}

/// Zeros are popular: where they do not help, a report says so.
void energyopt::adviseZeros(Advisor &advisor) {
  ZeroCount zeros = countZeros(advisor.situation.model);
  if (zeros.weights == 0)
    return;
  int64_t parameters = advisor.base().graph.model.parameters;
  auto without = suggestRemoval(advisor, /*near=*/false, parameters);
  suggestRemoval(advisor, /*near=*/true, parameters);
  if (without)
    zeros = countZeros(*without);
  if (without && (zeros.zero == 0 || zeros.weights == 0))
    return;
  for (size_t i = 0; i < advisor.targets(); ++i)
    advisor.refuse(i, whyNot(zeros, without.has_value(), advisor.situation.targets[i]), 0);
}
