//===- OnnxEffects.cpp - Which ops may be merged --------------------------===//

#include "Dialect/OnnxEffects.h"

#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/STLExtras.h"

namespace energyopt {

/// Ops of the standard domains that draw random numbers, keep state, call out
/// or end a block. Sorted.
static constexpr llvm::StringLiteral kEffectful[] = {
    "onnx.ATen",
    "onnx.Bernoulli",
    "onnx.Multinomial",
    "onnx.RandomNormal",
    "onnx.RandomNormalLike",
    "onnx.RandomUniform",
    "onnx.RandomUniformLike",
    "onnx.com.microsoft.BeamSearch",
    "onnx.com.microsoft.BiasDropout",
    "onnx.com.microsoft.BitmaskBiasDropout",
    "onnx.com.microsoft.BitmaskDropout",
    "onnx.com.microsoft.EPContext",
    "onnx.com.microsoft.PythonOp",
    "onnx.com.microsoft.PythonOpGrad",
    "onnx.com.microsoft.RandomNormal",
    "onnx.com.microsoft.Sampling",
    "onnx.yield",
};

/// Domains whose ops are functions of their operands by specification.
static bool isKnownDomain(llvm::StringRef op) {
  llvm::StringRef rest = op;
  rest.consume_front("onnx.");
  if (!rest.contains('.')) // ai.onnx
    return true;
  return rest.starts_with("ai.onnx.") || rest.starts_with("com.microsoft.");
}

/// Dropout draws random numbers only when training.
static bool isTrainingDropout(mlir::Operation *op) {
  if (op->getName().getStringRef() != "onnx.Dropout")
    return false;
  if (auto isTest = op->getAttrOfType<mlir::IntegerAttr>("is_test"))
    return isTest.getInt() == 0;
  return op->getNumOperands() > 2 && !llvm::isa<mlir::NoneType>(op->getOperand(2).getType());
}

static bool hasOwnEffects(mlir::Operation *op) {
  llvm::StringRef name = op->getName().getStringRef();
  // A call may lead to any of these; what it calls is not looked up here.
  return std::binary_search(std::begin(kEffectful), std::end(kEffectful), name) ||
         !isKnownDomain(name) || isTrainingDropout(op) || op->hasAttr("onnx.callee");
}

bool hasEffects(mlir::Operation *op) {
  if (hasOwnEffects(op))
    return true;
  if (op->getNumRegions() == 0)
    return false;
  // One walk, not isMemoryEffectFree of each child, which would start anew at
  // every level of nesting.
  mlir::WalkResult result = op->walk([&](mlir::Operation *child) {
    if (child == op || child->getName().getStringRef() == "onnx.yield")
      return mlir::WalkResult::advance();
    bool isOnnx = child->getName().getDialectNamespace() == "onnx";
    bool effects = isOnnx ? hasOwnEffects(child) : !mlir::isMemoryEffectFree(child);
    return effects ? mlir::WalkResult::interrupt() : mlir::WalkResult::advance();
  });
  return result.wasInterrupted();
}

namespace {
struct EffectsFallback : public mlir::MemoryEffectOpInterface::FallbackModel<EffectsFallback> {
  using Effect = mlir::SideEffects::EffectInstance<mlir::MemoryEffects::Effect>;
  void getEffects(mlir::Operation *op, llvm::SmallVectorImpl<Effect> &effects) const {
    if (hasEffects(op)) {
      effects.emplace_back(mlir::MemoryEffects::Read::get());
      effects.emplace_back(mlir::MemoryEffects::Write::get());
    }
  }
};
} // namespace

InterfaceFallback makeEffectsFallback() {
  return {mlir::MemoryEffectOpInterface::getInterfaceID(), std::make_shared<EffectsFallback>()};
}

} // namespace energyopt
