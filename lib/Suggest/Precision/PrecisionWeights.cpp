//===- PrecisionWeights.cpp - Weights of 8 and 4 bits ---------------------===//
//
// Only what is stored gets narrower: activations and arithmetic stay as they
// are, so that no calibration is needed.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Precision/PrecisionParts.h"

#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

static std::vector<Operation *> nodesOf(Rewrite &rewrite) {
  std::vector<Operation *> nodes;
  if (mlir::func::FuncOp func = mainOf(*rewrite.model.module))
    func.walk([&](Operation *op) {
      if (op != func.getOperation() && op->getNumResults() > 0)
        nodes.push_back(op);
    });
  return nodes;
}

//===----------------------------------------------------------------------===//
// precision-int8-weights
//===----------------------------------------------------------------------===//

/// A lookup of rows in a constant table.
static std::optional<Layer> embedding(Operation *op) {
  if (!isNamed(op, "Gather") || intAttr(op, "axis", 0) != 0 || constantTensor(op->getOperand(1)))
    return std::nullopt;
  std::optional<ConstantTensor> table = constantTensor(op->getOperand(0));
  if (!table || table->type.getRank() != 2 || table->ref.dtype != DType::F32 ||
      table->ref.elements == 0)
    return std::nullopt;
  return Layer{op, *table, 0, 1};
}

/// The rows are looked up as int8, and made floats behind: only they are read.
static Operation *gatherInt8(Operation *gather, const Int8Weights::Quantized &table) {
  Value result = gather->getResult(0);
  mlir::OpBuilder b = behind(result);
  std::string base = baseName(gather), name = locatedValueName(result).str();
  gather->setOperand(0, table.values);
  Operation *dequantize =
      addNode(b, "", "DequantizeLinear", {result, table.scale}, result.getType(),
              base + "_dequantize", name, {b.getNamedAttr("axis", b.getI64IntegerAttr(-1))});
  result.replaceAllUsesExcept(dequantize->getResult(0), dequantize);
  result.setType(withElements(result.getType(), DType::I8));
  gather->setLoc(nodeLocation(gather->getContext(), locatedNodeName(gather), {name + "_int8"},
                              b.getStringAttr(""), 0));
  return dequantize;
}

void energyopt::quantizeWeights8(Rewrite &rewrite) {
  Int8Weights weights(rewrite);
  for (Operation *op : nodesOf(rewrite)) {
    std::optional<Layer> dense = denseLayer(op), layer = dense ? dense : embedding(op);
    std::string name = loggedName(op);
    if (!layer || !rewrite.mayChange(name))
      continue;
    if (opsetOf(op) < 13) {
      rewrite.kept.push_back(name + ": a scale for each channel begins at opset 13");
      continue;
    }
    Value weight = op->getOperand(layer->weightOperand);
    const Int8Weights::Quantized *table = weights.of(weight, layer->weight, layer->outputAxis);
    if (!table) {
      rewrite.kept.push_back(name + kNoValues.str());
      continue;
    }
    Operation *dequantize;
    if (dense) {
      dequantize = weights.dequantized(weight, layer->weight, layer->outputAxis);
      op->setOperand(layer->weightOperand, dequantize->getResult(0));
    } else {
      dequantize = gatherInt8(op, *table);
    }
    rewrite.ops.push_back(name);
    rewrite.made[name] = {loggedName(op), loggedName(dequantize)};
  }
  if (!rewrite.ops.empty())
    eraseUnused(*rewrite.model.module);
}

//===----------------------------------------------------------------------===//
// precision-int4-weights
//===----------------------------------------------------------------------===//

namespace {
/// The weight of MatMulNBits: of each of the N columns, K values in blocks.
struct Packed {
  int64_t n, k, block, blocks;
  std::vector<uint8_t> bits;
  std::vector<float> scales;
};
} // namespace

/// value = (q - 8) * scale, q in 0..15; the value of the largest magnitude is -8
/// times the scale, so that all 16 levels are used. Of two values the first is in
/// the low bits.
static void pack(llvm::ArrayRef<float> weight, bool transposed, Packed &out) {
  out.bits.assign(out.n * out.blocks * out.block / 2, 0);
  out.scales.assign(out.n * out.blocks, 0);
  auto at = [&](int64_t n, int64_t k) {
    return k >= out.k ? 0.0f : weight[transposed ? n * out.k + k : k * out.n + n];
  };
  for (int64_t n = 0; n < out.n; ++n)
    for (int64_t b = 0; b < out.blocks; ++b) {
      float extreme = 0;
      for (int64_t k = b * out.block; k < (b + 1) * out.block; ++k)
        if (std::fabs(at(n, k)) > std::fabs(extreme))
          extreme = at(n, k);
      float scale = extreme / -8;
      out.scales[n * out.blocks + b] = scale;
      for (int64_t i = 0; i < out.block; ++i) {
        float scaled = scale != 0 ? std::nearbyint(at(n, b * out.block + i) / scale) : 0;
        auto q = static_cast<uint8_t>(std::clamp(scaled, -8.0f, 7.0f) + 8);
        out.bits[((n * out.blocks + b) * out.block + i) / 2] |= q << (i % 2 ? 4 : 0);
      }
    }
}

/// Empty if the node can become a MatMulNBits.
static std::string whyNotPacked(const Layer &layer, int64_t n) {
  Operation *op = layer.op;
  if (!isNamed(op, "Gemm"))
    return "";
  auto factor = [&](llvm::StringRef name) {
    auto attr = op->getAttrOfType<mlir::FloatAttr>(name);
    return attr ? attr.getValueAsDouble() : 1.0;
  };
  bool hasBias = hasOperand(op, 2);
  if (factor("alpha") != 1 || (hasBias && factor("beta") != 1))
    return "alpha and beta are not 1";
  std::optional<ConstantTensor> bias = hasBias ? constantTensor(op->getOperand(2)) : std::nullopt;
  if (hasBias && (!bias || bias->type.getRank() != 1 || bias->type.getDimSize(0) != n))
    return "its bias is no constant vector";
  return "";
}

static Operation *replaceByPacked(const Layer &layer, Packed packed, Rewrite &rewrite) {
  Operation *op = layer.op;
  mlir::OpBuilder b(op);
  std::string name = valueName(op->getOperand(1)).str();
  auto bitsType = mlir::RankedTensorType::get({packed.n, packed.blocks, packed.block / 2},
                                              b.getIntegerType(8, /*isSigned=*/false));
  llvm::SmallVector<Value> operands{
      op->getOperand(0), addWeight(b, rewrite, bitsType, std::move(packed.bits), name + "_int4"),
      addFloats(b, rewrite, {packed.n * packed.blocks}, packed.scales, name + "_scale")};
  if (isNamed(op, "Gemm") && hasOperand(op, 2)) {
    Value absent = addAbsent(b);
    operands.append({absent, absent, op->getOperand(2)}); // no zero points, no order
  }
  auto number = [&](const char *attr, int64_t value) {
    return b.getNamedAttr(attr, b.getI64IntegerAttr(value));
  };
  Value result = op->getResult(0);
  Operation *product = addNode(b, "com.microsoft", "MatMulNBits", operands, result.getType(),
                               locatedNodeName(op), locatedValueName(result),
                               {number("K", packed.k), number("N", packed.n), number("bits", 4),
                                number("block_size", packed.block)});
  result.replaceAllUsesWith(product->getResult(0));
  op->erase();
  return product;
}

void energyopt::quantizeWeights4(Rewrite &rewrite) {
  // The op takes powers of 2.
  int64_t block = llvm::bit_floor(static_cast<uint64_t>(rewrite.number("block_size")));
  for (Operation *op : nodesOf(rewrite)) {
    std::optional<Layer> layer = denseLayer(op);
    std::string name = loggedName(op);
    if (!layer || !rewrite.mayChange(name))
      continue;
    Packed packed{};
    packed.n = layer->weight.type.getDimSize(layer->outputAxis);
    packed.k = layer->weight.type.getDimSize(1 - layer->outputAxis);
    packed.block = block;
    packed.blocks = llvm::divideCeil(packed.k, block);
    if (std::string why = whyNotPacked(*layer, packed.n); !why.empty()) {
      rewrite.kept.push_back(name + ": " + why);
      continue;
    }
    if (!rewrite.dry) {
      auto weight = readFloats(layer->weight, rewrite.weights());
      if (!weight || int64_t(weight->size()) != packed.n * packed.k) {
        rewrite.kept.push_back(name + kNoValues.str());
        continue;
      }
      pack(*weight, layer->outputAxis == 0, packed);
    }
    Operation *product = replaceByPacked(*layer, std::move(packed), rewrite);
    rewrite.ops.push_back(name);
    rewrite.made[name] = {loggedName(product)};
  }
  if (rewrite.ops.empty())
    return;
  requireDomain(*rewrite.model.module, "com.microsoft", 1);
  eraseUnused(*rewrite.model.module);
}
