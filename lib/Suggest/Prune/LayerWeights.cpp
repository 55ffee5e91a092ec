//===- LayerWeights.cpp - Which weights of a layer are zero ---------------===//

#include "Suggest/Prune/LayerWeights.h"

#include "Suggest/Prune/Channels.h"
#include "Suggest/Rewrites.h"

#include <cmath>

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

/// What `read` finds in a constant of a type that `fits`.
template <typename T>
static std::optional<std::vector<T>>
contents(Operation *constant, WeightReader &weights, bool (*fits)(DType),
         llvm::Expected<std::vector<T>> (WeightReader::*read)(const WeightRef &)) {
  auto ref = contentsOf(constant);
  if (!ref || !fits(ref->dtype))
    return std::nullopt;
  auto values = (weights.*read)(*ref);
  if (values)
    return std::move(*values);
  llvm::consumeError(values.takeError());
  return std::nullopt;
}

std::optional<std::vector<float>> energyopt::floatsOf(Operation *constant, WeightReader &weights) {
  return contents(constant, weights, isFloat, &WeightReader::floats);
}

std::optional<std::vector<int64_t>> energyopt::intsOf(Operation *constant, WeightReader &weights) {
  return contents(constant, weights, isInteger, &WeightReader::ints);
}

//===----------------------------------------------------------------------===//
// The tensor
//===----------------------------------------------------------------------===//

/// The dims of a layer's second operand that are its outputs, and that are its inputs;
/// of a product of stacks the last two.
static std::pair<unsigned, unsigned> channelDims(Operation *op, unsigned rank) {
  if (isNamed(op, "Conv") || (isNamed(op, "Gemm") && intAttr(op, "transB", 0) != 0))
    return {0, 1};
  return isNamed(op, "MatMul") ? std::pair(rank - 1, rank - 2) : std::pair(1u, 0u);
}

/// The scales and zero points of a DequantizeLinear. False if there is more than one
/// zero point for an output, which is dim `outDim` of its result.
static bool takeSteps(Operation *dequantize, unsigned rank, unsigned outDim, WeightReader &weights,
                      LayerTensor &layer) {
  auto scales = floatsOf(constantBehind(dequantize->getOperand(1)), weights);
  if (!scales || intAttr(dequantize, "block_size", 0) != 0 ||
      llvm::any_of(*scales, [](float scale) { return !std::isfinite(scale) || scale == 0; }))
    return false;
  int64_t axis = intAttr(dequantize, "axis", 1);
  bool byOutput = (axis < 0 ? axis + rank : axis) == outDim;
  layer.comparable &= scales->size() == 1 || byOutput;
  if (!hasOperand(dequantize, 2))
    return true;
  auto points = intsOf(constantBehind(dequantize->getOperand(2)), weights);
  if (!points || points->empty())
    return false;
  if (llvm::all_equal(*points))
    points->erase(std::next(points->begin()), points->end());
  layer.tensor.zeroPoints = std::move(*points);
  return layer.tensor.zeroPoints.size() == 1 || byOutput;
}

std::optional<LayerTensor> energyopt::layerTensor(Operation *op, WeightReader &weights) {
  if (op->getNumOperands() < 2)
    return std::nullopt;
  Value value = op->getOperand(1);
  auto behind = [&](llvm::StringRef name) {
    Operation *def = value.getDefiningOp();
    return !constantBehind(value) && def && isNamed(def, name) && def->getNumOperands() > 0
               ? def
               : nullptr;
  };
  Operation *transpose = behind("Transpose");
  if (transpose)
    value = transpose->getOperand(0);
  Operation *dequantize = behind("DequantizeLinear");
  if (dequantize && dequantize->getNumOperands() > 1)
    value = dequantize->getOperand(0);
  LayerTensor layer{constantBehind(value), {}};
  auto ref = contentsOf(layer.constant);
  auto type = ref ? llvm::dyn_cast<mlir::RankedTensorType>(layer.constant->getResult(0).getType())
                  : mlir::RankedTensorType();
  if (!type || !type.hasStaticShape() || type.getRank() < 2 || ref->elements == 0 ||
      !(dequantize ? isInteger(ref->dtype) : isFloat(ref->dtype)))
    return std::nullopt;
  const unsigned rank = type.getRank();
  auto [outDim, inDim] = channelDims(op, rank);
  if (transpose) { // of a matrix, which a Transpose without a permutation turns too
    if (rank != 2)
      return std::nullopt;
    auto perm = transpose->getAttrOfType<mlir::DenseI64ArrayAttr>("perm");
    if (!perm || perm.asArrayRef() == llvm::ArrayRef<int64_t>{1, 0})
      std::swap(outDim, inDim);
  }
  WeightTensor &tensor = layer.tensor;
  tensor.ref = *ref;
  tensor.outFirst = outDim < inDim;
  tensor.outputs = type.getDimSize(outDim);
  if (isNamed(op, "MatMul")) // the inputs of a stack one after the other
    tensor.inputs = type.getNumElements() / tensor.outputs;
  else
    tensor.inputs = type.getDimSize(inDim);
  tensor.window = type.getNumElements() / (tensor.outputs * tensor.inputs);
  // Outputs of several products, or of several groups, are in one column there.
  layer.comparable = !(isNamed(op, "MatMul") && rank > 2) &&
                     !(isNamed(op, "ConvTranspose") && intAttr(op, "group", 1) != 1);
  if (dequantize && !takeSteps(dequantize, rank, outDim, weights, layer))
    return std::nullopt;
  return layer;
}

//===----------------------------------------------------------------------===//
// Its channels
//===----------------------------------------------------------------------===//

std::optional<LayerWeights> LayerWeights::of(const LayerTensor &layer, WeightReader &weights,
                                             ZeroRule rule) {
  LayerWeights found;
  found.tensor = layer.tensor;
  found.statistics = &WeightStatistics::of(weights);
  found.rule = layer.comparable ? rule : ZeroRule();
  found.zeros = found.statistics->zeros(found.tensor, found.rule);
  return found.zeros ? std::optional(std::move(found)) : std::nullopt;
}

bool LayerWeights::isLive(int64_t output, int64_t input) const {
  if (live.empty()) {
    live.assign(tensor.outputs * tensor.inputs, false);
    const std::vector<float> limits = statistics->limits(tensor, rule);
    const int64_t columns = tensor.outFirst ? tensor.inputs : tensor.outputs;
    int64_t row = 0, column = 0, within = 0;
    auto mark = [&](llvm::ArrayRef<float> piece) {
      for (float magnitude : piece) {
        if (!(magnitude <= limits[tensor.outFirst ? row : column])) // what is no number is live
          live[row * columns + column] = true;
        if (++within < tensor.window)
          continue;
        within = 0;
        if (++column == columns) {
          column = 0;
          ++row;
        }
      }
      return true;
    };
    // They were read before: if that fails now, nothing is known to be zero.
    if (llvm::Error error = statistics->stream(tensor, mark)) {
      llvm::consumeError(std::move(error));
      live.assign(live.size(), true);
    }
  }
  return live[tensor.outFirst ? output * tensor.inputs + input : input * tensor.outputs + output];
}

bool LayerWeights::hasLive(int64_t zeros, int64_t others, int64_t count,
                           llvm::function_ref<bool(int64_t)> gone,
                           llvm::function_ref<bool(int64_t)> isLiveWith) const {
  int64_t weights = others * tensor.window - zeros;
  if (weights == 0 || weights > count * tensor.window)
    return weights != 0;
  for (int64_t i = 0; i < others; ++i)
    if (!gone(i) && isLiveWith(i))
      return true;
  return false;
}

bool LayerWeights::reads(int64_t output, int64_t count,
                         llvm::function_ref<bool(int64_t)> gone) const {
  return hasLive(zeros->ofOutput(output), tensor.inputs, count, gone,
                 [&](int64_t input) { return isLive(output, input); });
}

bool LayerWeights::isRead(int64_t input, int64_t count,
                          llvm::function_ref<bool(int64_t)> gone) const {
  return hasLive(zeros->ofInput(input), tensor.outputs, count, gone,
                 [&](int64_t output) { return isLive(output, input); });
}
