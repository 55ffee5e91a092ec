//===- Zeros.cpp - Zeros among the weights, and what they are worth -------===//

#include "Suggest/Advisor.h"
#include "Suggest/Channels.h"
#include "Suggest/Prune.h"
#include "Suggest/Rewrites.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/FormatVariadic.h"

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

/// Whether two of each four weights along the inputs of each output are zero.
static bool isTwoOfFour(llvm::ArrayRef<float> values, int64_t outer, int64_t inputs, int64_t inner) {
  if (inputs % 4 != 0)
    return false;
  for (int64_t i = 0; i < outer * inputs / 4 * inner; ++i) {
    const float *four = values.data() + i / inner * 4 * inner + i % inner;
    int zeros = 0;
    for (int64_t j = 0; j < 4; ++j)
      zeros += four[j * inner] == 0;
    if (zeros < 2)
      return false;
  }
  return true;
}

static void count(Operation *op, Operation *constant, llvm::ArrayRef<float> values, ZeroCount &sum) {
  double largest = 0;
  for (float value : values)
    largest = std::max(largest, std::abs(double(value)));
  for (float value : values) {
    sum.zero += value == 0;
    sum.near += std::abs(double(value)) <= kNear * largest;
  }
  sum.weights += values.size();
  ++sum.tensors;
  auto type = llvm::cast<mlir::RankedTensorType>(constant->getResult(0).getType());
  bool outFirst = isNamed(op, "Conv") || (isNamed(op, "Gemm") && intAttr(op, "transB", 0));
  int64_t rows = type.getDimSize(0), columns = type.getDimSize(1);
  sum.sparse += outFirst ? isTwoOfFour(values, rows, columns, int64_t(values.size()) / (rows * columns))
                         : type.getRank() == 2 && isTwoOfFour(values, 1, rows, columns);
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
    if (auto values = model.weights->floats(*ref))
      count(op, constant, *values, sum);
    else
      llvm::consumeError(values.takeError()); // absent: nothing to count
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
