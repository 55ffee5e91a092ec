//===- Sparsity.cpp - Two zeros in every four weights ---------------------===//

#include "Suggest/Advisor.h"
#include "Suggest/Prune/Channels.h"
#include "Suggest/Prune/Prune.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace energyopt;
using mlir::Operation;

//===----------------------------------------------------------------------===//
// What it would save
//===----------------------------------------------------------------------===//

/// Narrower products do not fill the sparse units.
static constexpr int64_t kLeastWidth = 64;

static bool isSparsable(const GraphRow &row) {
  return row.weightBytes > 0 && llvm::any_of(row.work, [](const RowWork &work) {
           bool dense = work.cls == WorkClass::Conv || work.cls == WorkClass::MatMul;
           return dense && work.groups == 1 && work.n >= kLeastWidth && work.k >= kLeastWidth;
         });
}

static void scale(Quantity &quantity, double factor) {
  quantity.value *= factor;
  quantity.low *= factor;
  quantity.high *= factor;
}

/// The target if all that its matrix unit multiplies were sparse: half the
/// products, in less time. What becomes of each kernel is read off it.
static Target sparseTwin(const Target &target) {
  Target twin = target;
  double factor = target.matrix.sparseFactor.value;
  for (Quantity &peak : twin.matrix.peakTeraOps)
    scale(peak, factor);
  for (Quantity &energy : twin.matrix.picojoulePerOp)
    scale(energy, 1 / factor);
  return twin;
}

namespace {
/// Products of a model on one target, and what sparsity changes.
struct SparseGain {
  double savedJ = 0;
  size_t gaining = 0, narrow = 0, starved = 0, elsewhere = 0; // kernels
  std::vector<std::string> rows;
};
} // namespace

static SparseGain gainOf(const WorkGraph &graph, const TargetReport &dense,
                         const TargetReport &sparse) {
  SparseGain gain;
  for (auto [kernel, twin] : llvm::zip_equal(dense.kernels, sparse.kernels)) {
    const GraphRow *product = nullptr;
    bool wide = false;
    for (int32_t row : kernel.rows)
      for (const RowWork &work : graph.rows[row].work)
        if (isContraction(work.cls)) {
          product = &graph.rows[row];
          wide |= isSparsable(*product);
        }
    if (!product)
      continue;
    if (!wide)
      ++gain.narrow;
    else if (kernel.bound != Bound::Compute)
      ++gain.starved;
    else if (!(twin.energyJ < kernel.energyJ))
      ++gain.elsewhere;
    else {
      ++gain.gaining;
      gain.savedJ += kernel.energyJ - twin.energyJ;
      gain.rows.push_back(product->name);
    }
  }
  return gain;
}

static std::string whyNot(const SparseGain &gain) {
  return llvm::formatv(
      "of {0} matrix products and convolutions {1} are narrower than {2} channels or without "
      "weights, {3} wait for memory or launches, {4} run on other units in their number "
      "format; {5} gain",
      gain.narrow + gain.starved + gain.elsewhere + gain.gaining, gain.narrow, kLeastWidth,
      gain.starved, gain.elsewhere, gain.gaining);
}

/// What sparsity would gain if the graph ran in a format.
static size_t gainingAs(const Advisor &advisor, size_t target, Precision precision) {
  EnergyOptions options = advisor.situation.energy;
  options.precision = precision;
  const WorkGraph &graph = advisor.base().graph;
  const Target &own = advisor.situation.targets[target];
  auto dense = advisor.priced(graph, own, options),
       sparse = advisor.priced(graph, sparseTwin(own), options);
  bool comparable = dense && sparse && dense->kernels.size() == sparse->kernels.size();
  return comparable ? gainOf(graph, *dense, *sparse).gaining : 0;
}

/// Where the format is what is in the way: one in which the sparse units work.
static std::string formatThatHelps(const Advisor &advisor, size_t target) {
  struct Way {
    Precision precision;
    const char *format, *check;
  };
  for (Way way : {Way{Precision::Fp16, "float16", "precision-fp16"},
                  Way{Precision::Int8, "int8", "precision-int8-static"}})
    if (size_t gaining = gainingAs(advisor, target, way.precision))
      return llvm::formatv("; convert to {0} first ({1}): {2} gain then", way.format, way.check,
                           gaining);
  return "";
}

void energyopt::adviseSparsity(Advisor &advisor) {
  const Situation &s = advisor.situation;
  const WorkGraph &graph = advisor.base().graph;
  Suggestion suggestion = advisor.draft();
  suggestion.apply = "--apply=" + advisor.check.id.str();
  if (llvm::none_of(graph.rows, isSparsable))
    return;
  for (size_t i = 0; i < advisor.targets(); ++i) {
    const Target &target = s.targets[i];
    if (!(target.matrix.sparseFactor.valueOr(1) > 1)) {
      // Nobody asks of a CPU.
      if (target.cls == DeviceClass::Gpu)
        advisor.refuse(i, "it has no units for structured sparsity", 0);
      continue;
    }
    auto sparse = advisor.priced(graph, sparseTwin(target), s.energy);
    const TargetReport &dense = advisor.base().targets[i];
    if (!sparse || sparse->kernels.size() != dense.kernels.size())
      continue;
    SparseGain gain = gainOf(graph, dense, *sparse);
    suggestion.savingJ[i] = gain.savedJ;
    if (gain.savedJ < kLeastShare * advisor.baseJ(i))
      advisor.refuse(i, whyNot(gain) + (gain.elsewhere ? formatThatHelps(advisor, i) : ""),
                     100 * gain.savedJ / advisor.baseJ(i));
    else if (suggestion.ops.empty())
      suggestion.ops = std::move(gain.rows);
  }
  advisor.add(std::move(suggestion));
}

//===----------------------------------------------------------------------===//
// The weights
//===----------------------------------------------------------------------===//

/// Of each four weights along the inputs of an output, the two smallest become
/// zero. `outer` x `inputs` x `inner` elements, inputs in the middle.
static void zeroSmallest(std::vector<float> &weights, int64_t outer, int64_t inputs,
                         int64_t inner) {
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t rest = 0; rest < inner; ++rest)
      for (int64_t k = 0; k + 4 <= inputs; k += 4) {
        std::array<float *, 4> four;
        for (int64_t j = 0; j < 4; ++j)
          four[j] = &weights[(o * inputs + k + j) * inner + rest];
        llvm::stable_sort(
            four, [](const float *a, const float *b) { return std::abs(*a) < std::abs(*b); });
        *four[0] = *four[1] = 0;
      }
}

static bool sparsify(Operation *op, Rewrite &rewrite) {
  bool conv = isNamed(op, "Conv");
  Operation *constant = constantBehind(op->getOperand(1));
  auto ref = constant ? contentsOf(constant) : std::nullopt;
  auto type = constant ? llvm::dyn_cast<mlir::RankedTensorType>(constant->getResult(0).getType())
                       : mlir::RankedTensorType();
  if (!ref || ref->dtype != DType::F32 || !type || type.getRank() < 2 || !type.hasStaticShape() ||
      (conv ? intAttr(op, "group", 1) != 1 : type.getRank() != 2))
    return false;
  bool outFirst = conv || (isNamed(op, "Gemm") && intAttr(op, "transB", 0) != 0);
  int64_t outputs = type.getDimSize(outFirst ? 0 : 1), inputs = type.getDimSize(outFirst ? 1 : 0);
  if (outputs < kLeastWidth || inputs < kLeastWidth)
    return false;
  std::vector<float> weights;
  if (!rewrite.dry) {
    auto read = rewrite.weights().floats(*ref);
    if (!read) {
      llvm::consumeError(read.takeError());
      return false;
    }
    weights = std::move(*read);
    if (outFirst)
      zeroSmallest(weights, outputs, inputs, type.getNumElements() / (outputs * inputs));
    else
      zeroSmallest(weights, 1, inputs, outputs);
  }
  mlir::OpBuilder b(constant);
  op->setOperand(1, addWeight(b, rewrite, type, littleEndian(weights),
                              locatedValueName(op->getResult(0)).str() + "_sparse_weights"));
  if (constant->use_empty())
    constant->erase();
  return true;
}

void energyopt::zeroTwoOfFour(Rewrite &rewrite) {
  llvm::SmallVector<Operation *> ops;
  rewrite.model.module->walk([&](Operation *op) {
    if (op->getNumOperands() > 1 &&
        (isNamed(op, "Conv") || isNamed(op, "Gemm") || isNamed(op, "MatMul")))
      ops.push_back(op);
  });
  for (Operation *op : ops)
    if (rewrite.mayChange(loggedName(op)) && sparsify(op, rewrite))
      rewrite.ops.push_back(loggedName(op));
}
