//===- PrecisionStatic.cpp - int8 by QuantizeLinear and DequantizeLinear --===//
//
// The form that TensorRT, ONNX Runtime, OpenVINO and TFLite's converters read:
// each quantized layer takes its operands from DequantizeLinear, and runs on the
// integer units. Weights have a scale for each output channel, activations one
// from their observed range.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Precision/PrecisionParts.h"

#include "energy-opt/OnnxDialect.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

namespace {

class StaticQuantizer {
public:
  StaticQuantizer(Rewrite &rewrite, mlir::func::FuncOp func, Ranges ranges)
      : rewrite(rewrite), func(func), types(rewrite.model, rewrite.graph),
        ranges(std::move(ranges)), assumesRanges(rewrite.dry && rewrite.text("ranges").empty()),
        weights(rewrite) {}

  void run() {
    llvm::SmallVector<Layer> layers = findLayers();
    bool ends = rewrite.number("ends") != 0;
    for (const Layer &layer : layers) {
      std::string name = loggedName(layer.op);
      bool first = isFirst(layer), last = isLast(layer);
      if (!rewrite.mayChange(name))
        continue;
      if (!ends && (first || last))
        rewrite.kept.push_back(name + (first ? ": first layer" : ": last layer"));
      else if (opsetOf(layer.op) < 13)
        rewrite.kept.push_back(name + ": a scale for each channel begins at opset 13");
      else
        quantize(layer);
    }
    if (rewrite.ops.empty())
      return;
    shareWithNeighbours();
    nameFloats();
    eraseUnused(*rewrite.model.module);
  }

private:
  //===--------------------------------------------------------------------===//
  // Which layers
  //===--------------------------------------------------------------------===//

  static std::optional<Layer> convolution(Operation *op) {
    bool transposed = isNamed(op, "ConvTranspose");
    if ((!transposed && !isNamed(op, "Conv")) || op->getNumOperands() < 2 ||
        (transposed && intAttr(op, "group", 1) != 1))
      return std::nullopt;
    std::optional<ConstantTensor> weight = constantTensor(op->getOperand(1));
    if (!weight || weight->type.getRank() < 3 || weight->ref.dtype != DType::F32 ||
        weight->ref.elements == 0)
      return std::nullopt;
    return Layer{op, *weight, 1, transposed ? 1 : 0};
  }

  llvm::SmallVector<Layer> findLayers() {
    llvm::SmallVector<Layer> layers;
    for (Operation &op : func.front()) {
      std::optional<Layer> dense = denseLayer(&op), layer = dense ? dense : convolution(&op);
      if (layer)
        layers.push_back(*layer);
      else if (isNamed(&op, "MatMul") && types.of(op.getResult(0)) == DType::F32)
        rewrite.kept.push_back(loggedName(&op) + ": product of two activations");
    }
    return layers;
  }

  /// The only operand of a node that is no constant; null if there are more.
  static Value onlyActivation(Operation *op) {
    Value only;
    for (Value operand : op->getOperands()) {
      if (llvm::isa<mlir::NoneType>(operand.getType()) || constantTensor(operand))
        continue;
      if (only && only != operand)
        return {};
      only = operand;
    }
    return only;
  }

  /// Whether the layer reads a float input of the graph, through nodes that look
  /// at nothing else.
  bool isFirst(const Layer &layer) const {
    Value at = layer.op->getOperand(0);
    for (Operation *def; at && (def = at.getDefiningOp()); at = onlyActivation(def))
      if (denseLayer(def) || convolution(def) || isNamed(def, "Gather"))
        return false;
    return at && isFloat(types.of(at));
  }

  /// Whether the layer makes an output of the graph in the same way.
  bool isLast(const Layer &layer) const {
    Value at = layer.op->getResult(0);
    while (true) {
      if (isOutput(at))
        return true;
      if (!at.hasOneUse())
        return false;
      Operation *user = *at.getUsers().begin();
      if (denseLayer(user) || convolution(user) || user->getNumResults() != 1 ||
          onlyActivation(user) != at)
        return false;
      at = user->getResult(0);
    }
  }

  //===--------------------------------------------------------------------===//
  // One layer
  //===--------------------------------------------------------------------===//

  struct Activation {
    Operation *quantize, *dequantize;
    double scale;
  };

  /// Scale and zero point of int8 for a range, which is made to hold 0.
  std::pair<double, int8_t> scaleOf(std::pair<double, double> range) const {
    double low = std::min(range.first, 0.0), high = std::max(range.second, 0.0);
    if (high - low <= 0)
      return {1, 0};
    if (rewrite.number("asymmetric") == 0)
      return {std::max(-low, high) / 127, 0};
    double scale = (high - low) / 255;
    return {scale,
            static_cast<int8_t>(std::clamp(std::nearbyint(-128 - low / scale), -128.0, 127.0))};
  }

  /// x through QuantizeLinear and DequantizeLinear, once for all layers; null
  /// without a range.
  const Activation *activationOf(Value x) {
    if (auto known = activations.find(x); known != activations.end())
      return &known->second;
    std::string name = valueName(x).str();
    std::pair<double, double> range(-1, 1);
    if (auto known = ranges.find(name); known != ranges.end())
      range = known->second;
    else if (!assumesRanges)
      return nullptr;
    auto [scale, zeroPoint] = scaleOf(range);
    mlir::OpBuilder b = behind(x);
    Value step = addConstant(b, rewrite.weights(), mlir::RankedTensorType::get({}, b.getF32Type()),
                             llvm::ArrayRef(static_cast<float>(scale)), name + "_scale");
    Value zero = addInt8(b, rewrite, zeroPoint, name + "_zero");
    Operation *quantize =
        addNode(b, "", "QuantizeLinear", {x, step, zero}, withElements(x.getType(), DType::I8),
                name + "_quantize", name + "_quantized");
    Operation *dequantize = addNode(b, "", "DequantizeLinear", {quantize->getResult(0), step, zero},
                                    x.getType(), name + "_dequantize", name + "_dequantized");
    order.push_back(x);
    return &(activations[x] = {quantize, dequantize, scale});
  }

  void quantize(const Layer &layer) {
    Operation *op = layer.op;
    std::string name = loggedName(op);
    Value x = op->getOperand(0);
    if (!ranges.contains(valueName(x)) && !assumesRanges) {
      rewrite.kept.push_back(name + ": no range for tensor " + valueName(x).str() +
                             (rewrite.text("ranges").empty() ? ": give ranges=FILE" : ""));
      return;
    }
    Value weight = op->getOperand(1);
    const Int8Weights::Quantized *quantized = weights.of(weight, layer.weight, layer.outputAxis);
    if (!quantized) {
      rewrite.kept.push_back(name + kNoValues.str());
      return;
    }
    const Activation *input = activationOf(x);
    Operation *dequantized = weights.dequantized(weight, layer.weight, layer.outputAxis);
    std::vector<std::string> made{name, loggedName(input->quantize), loggedName(input->dequantize),
                                  loggedName(dequantized)};
    op->setOperand(0, input->dequantize->getResult(0));
    op->setOperand(1, dequantized->getResult(0));
    if (Operation *bias = quantizedBias(layer, *input, *quantized)) {
      op->setOperand(2, bias->getResult(0));
      made.push_back(loggedName(bias));
    }
    isFeatureMap[x] |= !denseLayer(op) && !isNamed(op, "MatMul") && !isNamed(op, "Gemm");
    rewrite.ops.push_back(name);
    rewrite.made[name] = std::move(made);
  }

  /// The bias as int32 with the scale of the products that it is added to: what
  /// integer kernels take. Null if there is none, or none that can be.
  Operation *quantizedBias(const Layer &layer, const Activation &input,
                           const Int8Weights::Quantized &weight) {
    Operation *op = layer.op;
    auto isOne = [&](StringRef factor) {
      auto attr = op->getAttrOfType<mlir::FloatAttr>(factor);
      return !attr || attr.getValueAsDouble() == 1;
    };
    if (op->getNumOperands() < 3 || !isOne("alpha") || !isOne("beta"))
      return nullptr;
    std::optional<ConstantTensor> bias = constantTensor(op->getOperand(2));
    int64_t channels = layer.weight.type.getDimSize(layer.outputAxis);
    if (!bias || bias->type.getRank() != 1 || bias->type.getDimSize(0) != channels ||
        bias->ref.dtype != DType::F32)
      return nullptr;
    std::vector<float> scales;
    std::vector<uint8_t> bytes;
    if (!rewrite.dry) {
      auto floats = readFloats(*bias, rewrite.weights());
      if (!floats || int64_t(floats->size()) != channels)
        return nullptr;
      for (auto [value, scale] : llvm::zip_equal(*floats, weight.scales)) {
        scales.push_back(static_cast<float>(scale * input.scale));
        double limit = std::numeric_limits<int32_t>::max();
        double scaled = std::nearbyint(double(value) / scales.back());
        auto q = static_cast<int32_t>(std::clamp(scaled, -limit, limit));
        for (int shift = 0; shift < 32; shift += 8)
          bytes.push_back(static_cast<uint8_t>(static_cast<uint32_t>(q) >> shift));
      }
    }
    mlir::OpBuilder b(op);
    std::string name = baseName(op) + "_bias";
    auto type = mlir::RankedTensorType::get({channels}, b.getI32Type());
    Value values = addWeight(b, rewrite, type, std::move(bytes), name + "_int32");
    Value scale = addFloats(b, rewrite, {channels}, scales, name + "_scale");
    return addNode(b, "", "DequantizeLinear", {values, scale}, bias->type, name + "_dequantize",
                   name + "_dequantized", {b.getNamedAttr("axis", b.getI64IntegerAttr(0))});
  }

  //===--------------------------------------------------------------------===//
  // What stands between layers
  //===--------------------------------------------------------------------===//

  /// Feature maps of convolutions are int8 for their other readers too: else the
  /// floats would still be written for a residual.
  void shareWithNeighbours() {
    static constexpr StringRef kNeighbours[] = {
        "Add", "Mul", "Concat", "Relu", "Clip", "MaxPool", "AveragePool", "GlobalAveragePool"};
    auto isNeighbour = [&](Operation *op) {
      return llvm::any_of(kNeighbours, [&](StringRef name) { return isNamed(op, name); });
    };
    for (Value x : llvm::SmallVector<Value>(order)) {
      if (!isFeatureMap.lookup(x))
        continue;
      Value dequantized = activations[x].dequantize->getResult(0);
      x.replaceUsesWithIf(dequantized, [&](mlir::OpOperand &use) {
        return isNeighbour(use.getOwner()) && rewrite.mayChange(loggedName(use.getOwner()));
      });
    }
    for (Operation &op : llvm::make_early_inc_range(func.front()))
      if (isNamed(&op, "Add") && rewrite.mayChange(loggedName(&op)))
        quantizeResidual(&op);
  }

  /// Of the sum of two convolutions the one that is made first is written to
  /// memory: as int8, if its range is known.
  void quantizeResidual(Operation *add) {
    Operation *lhs = add->getOperand(0).getDefiningOp(), *rhs = add->getOperand(1).getDefiningOp();
    if (!lhs || !rhs || lhs->getBlock() != rhs->getBlock() || !isQuantizedConv(lhs) ||
        !isQuantizedConv(rhs))
      return;
    unsigned earlier = lhs->isBeforeInBlock(rhs) ? 0 : 1;
    Value value = add->getOperand(earlier);
    if (const Activation *residual = activationOf(value))
      add->setOperand(earlier, residual->dequantize->getResult(0));
    else
      rewrite.kept.push_back(loggedName(add) + ": no range for tensor " + valueName(value).str());
  }

  bool isQuantizedConv(Operation *op) const {
    return isNamed(op, "Conv") && rewrite.made.count(loggedName(op));
  }

  /// What people expect to be int8 and is not.
  void nameFloats() {
    for (Operation &op : func.front()) {
      StringRef name = onnxDomainAndType(&op).second;
      if (name == "Softmax")
        rewrite.kept.push_back(loggedName(&op) + ": softmax");
      else if (name.ends_with("Normalization") && name != "BatchNormalization")
        rewrite.kept.push_back(loggedName(&op) + ": normalization");
      else if (name == "Sqrt")
        rewrite.kept.push_back(loggedName(&op) + ": part of a normalization");
    }
  }

  Rewrite &rewrite;
  mlir::func::FuncOp func;
  ElementTypes types;
  Ranges ranges;
  bool assumesRanges;
  Int8Weights weights;
  llvm::DenseMap<Value, Activation> activations;
  llvm::DenseMap<Value, bool> isFeatureMap;
  llvm::SmallVector<Value> order;
};

} // namespace

void energyopt::quantizeStatically(Rewrite &rewrite) {
  mlir::func::FuncOp func = mainOf(*rewrite.model.module);
  StringRef path = rewrite.text("ranges");
  // What is wrong with the file was said when the argument was read.
  auto ranges = path.empty() ? llvm::Expected<Ranges>(Ranges()) : readRanges(path);
  if (!ranges)
    return llvm::consumeError(ranges.takeError());
  if (func)
    StaticQuantizer(rewrite, func, std::move(*ranges)).run();
}
