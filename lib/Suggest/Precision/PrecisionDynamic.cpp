//===- PrecisionDynamic.cpp - int8 products, quantized while they run -----===//
//
//   y = x W  becomes  xq, xs, xz = DynamicQuantizeLinear(x)
//                     y = Cast(MatMulInteger(xq, Wq, xz)) * (xs * ws)
//
// Layers that read the same x share its quantization.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Precision/PrecisionParts.h"

#include "energy-opt/OnnxDialect.h"

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

namespace {

class DynamicQuantizer {
public:
  explicit DynamicQuantizer(Rewrite &rewrite) : rewrite(rewrite) {}

  void run() {
    mlir::func::FuncOp func = mainOf(*rewrite.model.module);
    llvm::SmallVector<Operation *> nodes;
    if (func)
      func.walk([&](Operation *op) { nodes.push_back(op); });
    for (Operation *op : nodes)
      if (auto layer = denseLayer(op); layer && rewrite.mayChange(loggedName(op)))
        quantize(*layer);
    if (!rewrite.ops.empty())
      eraseUnused(*rewrite.model.module);
  }

private:
  /// A factor of Gemm that an integer product has no place for.
  static double factor(Operation *op, llvm::StringRef name) {
    auto attr = op->getAttrOfType<mlir::FloatAttr>(name);
    return attr ? attr.getValueAsDouble() : 1;
  }

  std::string whyNot(Operation *op) const {
    if (opsetOf(op) < 11)
      return "DynamicQuantizeLinear begins at opset 11";
    if (factor(op, "alpha") != 1 || factor(op, "beta") != 1)
      return "alpha and beta are not 1";
    return "";
  }

  /// [K, N] as int8 with a scale for each column; nullopt if it is not in the
  /// file.
  struct Columns {
    Value values, scale;
  };
  std::optional<Columns> columnsOf(const Layer &layer) {
    if (layer.outputAxis == 1) {
      const auto *quantized = weights.of(layer.op->getOperand(1), layer.weight, 1);
      return quantized ? std::optional(Columns{quantized->values, quantized->scale}) : std::nullopt;
    }
    // Of Gemm with transB; MatMulInteger has no such attribute.
    int64_t n = layer.weight.type.getDimSize(0), k = layer.weight.type.getDimSize(1);
    Int8Tensor rows, columns;
    if (!rewrite.dry) {
      auto floats = readFloats(layer.weight, rewrite.weights());
      if (!floats || int64_t(floats->size()) != n * k)
        return std::nullopt;
      rows = quantizeSlices(*floats, {n, k}, 0);
      columns.values.resize(rows.values.size());
      for (int64_t i = 0; i < n * k; ++i)
        columns.values[i % k * n + i / k] = rows.values[i];
    }
    mlir::OpBuilder b(layer.op);
    std::string name = valueName(layer.op->getOperand(1)).str();
    auto type = mlir::RankedTensorType::get({k, n}, b.getI8Type());
    return Columns{addWeight(b, rewrite, type, std::move(columns.values), name + "_int8"),
                   addFloats(b, rewrite, {n}, rows.scales, name + "_scale")};
  }

  Operation *quantizedInput(Value x) {
    Operation *&known = inputs[x];
    if (known)
      return known;
    mlir::OpBuilder b = behind(x);
    std::string name = valueName(x).str();
    auto scalar = [&](mlir::Type type) { return mlir::RankedTensorType::get({}, type); };
    mlir::Type byte = b.getIntegerType(8, /*isSigned=*/false);
    mlir::Location loc =
        nodeLocation(b.getContext(), name + "_quantize",
                     {name + "_quantized", name + "_quantized_scale", name + "_quantized_zero"},
                     b.getStringAttr(""), 0);
    mlir::OperationState state(loc, "onnx.DynamicQuantizeLinear");
    state.addOperands(x);
    state.addTypes({withElements(x.getType(), DType::U8), scalar(b.getF32Type()), scalar(byte)});
    return known = b.create(state);
  }

  void quantize(const Layer &layer) {
    Operation *op = layer.op;
    std::string name = loggedName(op), base = baseName(op);
    std::string why = whyNot(op);
    if (!why.empty()) {
      rewrite.kept.push_back(name + ": " + why);
      return;
    }
    std::optional<Columns> columns = columnsOf(layer);
    if (!columns) {
      rewrite.kept.push_back(name + kNoValues.str());
      return;
    }
    bool biased = isNamed(op, "Gemm") && hasOperand(op, 2);
    Operation *input = quantizedInput(op->getOperand(0));
    mlir::OpBuilder b(op);
    Value result = op->getResult(0);
    mlir::Type type = result.getType();
    std::string resultName = locatedValueName(result).str();
    Operation *scale = addNode(b, "", "Mul", {input->getResult(1), columns->scale},
                               columns->scale.getType(), base + "_scale", resultName + "_scale");
    Operation *product =
        addNode(b, "", "MatMulInteger", {input->getResult(0), columns->values, input->getResult(2)},
                withElements(type, DType::I32), base + "_integer", resultName + "_integer");
    Operation *cast = addNode(b, "", "Cast", product->getResult(0), type, base + "_cast",
                              resultName + "_cast", {b.getNamedAttr("to", b.getI64IntegerAttr(1))});
    llvm::StringRef node = locatedNodeName(op);
    Operation *last = addNode(b, "", "Mul", {cast->getResult(0), scale->getResult(0)}, type,
                              biased ? base + "_rescale" : node.str(),
                              biased ? resultName + "_unbiased" : resultName);
    std::vector<std::string> made{loggedName(input), loggedName(scale), loggedName(product),
                                  loggedName(cast), loggedName(last)};
    if (biased) {
      last = addNode(b, "", "Add", {last->getResult(0), op->getOperand(2)}, type, node, resultName);
      made.push_back(loggedName(last));
    }
    result.replaceAllUsesWith(last->getResult(0));
    op->erase();
    rewrite.ops.push_back(name);
    rewrite.made[name] = std::move(made);
  }

  Rewrite &rewrite;
  Int8Weights weights{rewrite};
  llvm::DenseMap<Value, Operation *> inputs;
};

} // namespace

void energyopt::quantizeDynamically(Rewrite &rewrite) { DynamicQuantizer(rewrite).run(); }
