//===- BatchNorm.cpp - Fold BatchNormalization into the convolution -------===//

#include "Suggest/Rewrites.h"

#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/SetVector.h"

#include <cmath>

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

namespace {
/// A convolution whose only user is a BatchNormalization of constants.
struct FoldablePair {
  Operation *conv, *norm;
  std::vector<float> weights, bias, scale, shift, mean, variance;
};
} // namespace

static mlir::RankedTensorType typeOf(Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

/// Of a dry rewrite it is enough that there are values.
static bool readFloats(Value value, const Rewrite &rewrite, std::vector<float> &out) {
  std::optional<WeightRef> ref = constantOf(value.getDefiningOp());
  if (!ref || ref->dtype != DType::F32)
    return false;
  if (rewrite.dry)
    return true;
  auto read = rewrite.weights().floats(*ref);
  if (!read) { // absent: nothing to fold with
    llvm::consumeError(read.takeError());
    return false;
  }
  out = std::move(*read);
  return true;
}

/// In inference, and with one output: moving statistics are for training.
static bool isInferenceNorm(Operation *op) {
  if (!isNamed(op, "BatchNormalization") || op->getNumOperands() != 5 || opsetOf(op) < 7)
    return false;
  if (intAttr(op, "training_mode", 0) != 0 || intAttr(op, "spatial", 1) == 0)
    return false;
  return onlyFirstIsUsed(op);
}

static std::optional<FoldablePair> foldable(Operation *norm, const Rewrite &rewrite) {
  if (!isInferenceNorm(norm))
    return std::nullopt;
  Operation *conv = norm->getOperand(0).getDefiningOp();
  if (!conv || !(isNamed(conv, "Conv") || isNamed(conv, "ConvTranspose")) || !conv->hasOneUse() ||
      conv->getBlock() != norm->getBlock() || conv->getNumOperands() < 2)
    return std::nullopt;
  FoldablePair pair{conv, norm, {}, {}, {}, {}, {}, {}};
  if (!readFloats(conv->getOperand(1), rewrite, pair.weights) ||
      !readFloats(norm->getOperand(1), rewrite, pair.scale) ||
      !readFloats(norm->getOperand(2), rewrite, pair.shift) ||
      !readFloats(norm->getOperand(3), rewrite, pair.mean) ||
      !readFloats(norm->getOperand(4), rewrite, pair.variance))
    return std::nullopt;
  bool hasBias = hasOperand(conv, 2);
  if (hasBias && !readFloats(conv->getOperand(2), rewrite, pair.bias))
    return std::nullopt;
  pair.bias.resize(typeOf(norm->getOperand(1)).getNumElements());
  return pair;
}

/// The output channel that each weight of a filter makes: of Conv [OC, IC/g, ...]
/// its first dim; of ConvTranspose [IC, OC/g, ...] the second within its group.
/// Empty if the shape does not fit `channels`.
static std::vector<size_t> channelOfWeights(const FoldablePair &pair, size_t channels) {
  mlir::RankedTensorType type = typeOf(pair.conv->getOperand(1));
  int64_t groups = intAttr(pair.conv, "group", 1);
  size_t elements = type.getNumElements();
  if (type.getRank() < 2 || groups < 1 || elements == 0)
    return {};
  bool transposed = isNamed(pair.conv, "ConvTranspose");
  size_t first = type.getDimSize(0), second = type.getDimSize(1);
  size_t expected = transposed ? second * groups : first;
  if (expected != channels || (transposed && first % groups != 0))
    return {};
  size_t rest = elements / (first * second);
  std::vector<size_t> channel(elements);
  for (size_t i = 0; i < channel.size(); ++i) {
    size_t row = i / (second * rest), column = i / rest % second;
    channel[i] = transposed ? row / (first / groups) * second + column : row;
  }
  return channel;
}

/// w' = w * s, b' = (b - mean) * s + shift, s = scale / sqrt(variance + epsilon).
static bool fold(FoldablePair &pair, bool dry) {
  size_t channels = typeOf(pair.norm->getOperand(1)).getNumElements();
  std::vector<size_t> channel = channelOfWeights(pair, channels);
  if (channel.empty() || dry)
    return !channel.empty();
  if (pair.scale.size() != channels || pair.shift.size() != channels ||
      pair.mean.size() != channels || pair.variance.size() != channels ||
      pair.bias.size() != channels)
    return false;
  auto epsilonAttr = pair.norm->getAttrOfType<mlir::FloatAttr>("epsilon");
  double epsilon = epsilonAttr ? epsilonAttr.getValueAsDouble() : 1e-5;
  std::vector<double> factor(channels);
  for (size_t c = 0; c < channels; ++c) {
    factor[c] = pair.scale[c] / std::sqrt(pair.variance[c] + epsilon);
    pair.bias[c] =
        static_cast<float>((double(pair.bias[c]) - pair.mean[c]) * factor[c] + pair.shift[c]);
    if (!std::isfinite(factor[c]))
      return false;
  }
  for (size_t i = 0; i < channel.size(); ++i)
    pair.weights[i] = static_cast<float>(pair.weights[i] * factor[channel[i]]);
  return true;
}

static void replace(const FoldablePair &pair, Rewrite &rewrite) {
  Operation *conv = pair.conv;
  mlir::OpBuilder b(conv);
  Value filter = conv->getOperand(1);
  std::string name = locatedValueName(filter).str();
  auto biasType = mlir::RankedTensorType::get({int64_t(pair.bias.size())}, b.getF32Type());
  llvm::SmallVector<Value> before(conv->getOperands().drop_front());
  llvm::SmallVector<Value> operands(conv->getOperands().take_front(2));
  operands[1] = addWeight(b, rewrite, typeOf(filter), littleEndian(pair.weights), name + "_folded");
  operands.push_back(
      addWeight(b, rewrite, biasType, littleEndian(pair.bias), name + "_folded_bias"));
  conv->setOperands(operands);
  Value result = conv->getResult(0);
  result.setType(pair.norm->getResult(0).getType());
  pair.norm->getResult(0).replaceAllUsesWith(result);
  llvm::append_range(before, pair.norm->getOperands().drop_front());
  pair.norm->erase();
  for (Value constant : llvm::SmallSetVector<Value, 8>(before.begin(), before.end()))
    if (Operation *def = constant.getDefiningOp(); def && def->use_empty() && constantOf(def))
      def->erase();
}

void energyopt::foldBatchNorms(Rewrite &rewrite) {
  llvm::SmallVector<Operation *> norms;
  rewrite.model.module->walk([&](Operation *op) {
    if (isNamed(op, "BatchNormalization") && rewrite.mayChange(loggedName(op)))
      norms.push_back(op);
  });
  for (Operation *norm : norms) {
    std::optional<FoldablePair> pair = foldable(norm, rewrite);
    if (!pair || !fold(*pair, rewrite.dry))
      continue;
    rewrite.ops.push_back(loggedName(norm));
    replace(*pair, rewrite);
  }
}
