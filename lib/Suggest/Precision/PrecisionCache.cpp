//===- PrecisionCache.cpp - Keys and values kept as int8 ------------------===//
//
//   present = Concat(past, new)  becomes  present8 = Concat(past8, Q(new)),
//   and DQ(present8) where attention reads it: the cache that a run hands to the
//   next is int8 in memory.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Precision/PrecisionParts.h"

#include "energy-opt/OnnxDialect.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

namespace {

/// A graph input that grows by one Concat to be an output.
struct Cache {
  mlir::BlockArgument past;
  Operation *concat;
  unsigned output; // of the graph
};

} // namespace

static std::optional<unsigned> outputOf(Value value) {
  for (mlir::OpOperand &use : value.getUses())
    if (use.getOwner()->hasTrait<mlir::OpTrait::IsTerminator>())
      return use.getOperandNumber();
  return std::nullopt;
}

static std::optional<Cache> cacheOf(mlir::BlockArgument past) {
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(past.getType());
  if (!type || type.getRank() < 3 || !type.getElementType().isF32())
    return std::nullopt;
  Operation *concat = nullptr;
  for (Operation *user : past.getUsers()) {
    if (isNamed(user, "Shape") || isNamed(user, "Size"))
      continue;
    if (concat || !isNamed(user, "Concat") || user->getNumOperands() != 2 ||
        user->getOperand(0) != past || user->getOperand(1) == past)
      return std::nullopt;
    concat = user;
  }
  std::optional<unsigned> output = concat ? outputOf(concat->getResult(0)) : std::nullopt;
  return output ? std::optional(Cache{past, concat, *output}) : std::nullopt;
}

static void quantize(Cache cache, mlir::func::FuncOp func, double scale, llvm::StringRef name,
                     Rewrite &rewrite) {
  Operation *concat = cache.concat;
  Value present = concat->getResult(0), added = concat->getOperand(1);
  mlir::Type floats = present.getType();
  mlir::OpBuilder b(concat);
  Value step = addConstant(b, rewrite.weights(), mlir::RankedTensorType::get({}, b.getF32Type()),
                           llvm::ArrayRef(static_cast<float>(scale)), (name + "_scale").str());
  Value zero = addInt8(b, rewrite, 0, (name + "_zero").str());
  Operation *quantize = addNode(b, "", "QuantizeLinear", {added, step, zero},
                                withElements(added.getType(), DType::I8),
                                (name + "_quantize").str(), (name + "_new").str());
  concat->setOperand(1, quantize->getResult(0));
  present.setType(withElements(floats, DType::I8));
  mlir::OpBuilder after = behind(present);
  Operation *dequantize = addNode(after, "", "DequantizeLinear", {present, step, zero}, floats,
                                  (name + "_dequantize").str(), (name + "_dequantized").str());
  present.replaceUsesWithIf(dequantize->getResult(0), [&](mlir::OpOperand &use) {
    Operation *user = use.getOwner();
    return user != dequantize && !user->hasTrait<mlir::OpTrait::IsTerminator>() &&
           !isNamed(user, "Shape");
  });
  cache.past.setType(withElements(cache.past.getType(), DType::I8));
  func.removeArgAttr(cache.past.getArgNumber(), b.getStringAttr("onnx.verbatim"));
  for (llvm::StringRef attr : {"onnx.type", "onnx.verbatim"})
    func.removeResultAttr(cache.output, b.getStringAttr(attr));
}

void energyopt::quantizeCache(Rewrite &rewrite) {
  mlir::func::FuncOp func = mainOf(*rewrite.model.module);
  llvm::StringRef path = rewrite.text("ranges");
  // What is wrong with the file was said when the argument was read.
  auto ranges = path.empty() ? llvm::Expected<Ranges>(Ranges()) : readRanges(path);
  if (!ranges)
    return llvm::consumeError(ranges.takeError());
  if (!func || opsetOf(func) < 10)
    return;
  for (mlir::BlockArgument past : func.getArguments()) {
    std::optional<Cache> cache = cacheOf(past);
    if (!cache || !rewrite.mayChange(loggedName(cache->concat)))
      continue;
    auto port = func.getResultAttrOfType<mlir::StringAttr>(cache->output, "onnx.name");
    std::string name = (port ? port.getValue() : valueName(cache->concat->getResult(0))).str();
    double scale = 1;
    if (auto range = ranges->find(name); range != ranges->end()) {
      double most = std::max(std::fabs(range->second.first), std::fabs(range->second.second));
      scale = most > 0 ? most / 127 : 1;
    } else if (!rewrite.dry || !path.empty()) {
      rewrite.kept.push_back(loggedName(cache->concat) + ": no range for tensor " + name +
                             (path.empty() ? ": give ranges=FILE" : ""));
      continue;
    }
    rewrite.ops.push_back(loggedName(cache->concat));
    quantize(*cache, func, scale, name, rewrite);
  }
  updateSignature(func);
}
