//===- OpKinds.cpp - What an op is to the walk, by traits and name --------===//

#include "Mlir/OpKinds.h"

#include "Mlir/RegisterCode.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;

RegionKind energyopt::regionKind(mlir::Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (isLoop(op) && name != "scf.while")
    return RegionKind::Loop;
  return llvm::StringSwitch<RegionKind>(name)
      .Cases("scf.while", "stablehlo.while", "mhlo.while", "tosa.while_loop", RegionKind::While)
      .Cases("onnx.Loop", "onnx.Scan", "torch.prim.Loop", RegionKind::NamedLoop)
      .Cases("scf.if", "affine.if", "scf.index_switch", "tosa.cond_if", RegionKind::Branch)
      .Cases("stablehlo.if", "stablehlo.case", "mhlo.if", "mhlo.case", RegionKind::Branch)
      .Cases("onnx.If", "torch.prim.If", RegionKind::Branch)
      .Cases("scf.execute_region", "memref.alloca_scope", "builtin.module", "gpu.module",
             RegionKind::Once)
      .Cases("torch.shape.calculate", "torch.dtype.calculate", RegionKind::Once)
      .Cases("func.func", "ml_program.func", "ml_program.subgraph", "async.execute",
             RegionKind::Once)
      .Default(mlir::isa<mlir::FunctionOpInterface>(op) ? RegionKind::Once : RegionKind::Applied);
}

bool energyopt::isTerminator(mlir::Operation *op) {
  if (op->hasTrait<mlir::OpTrait::IsTerminator>())
    return true;
  if (op->isRegistered() || op->getNumResults() > 0)
    return false;
  // Unregistered ops: by the names that dialects agree on.
  StringRef verb = op->getName().getStringRef().rsplit('.').second;
  return llvm::StringSwitch<bool>(verb)
      .CasesLower("return", "yield", "condition", "terminator", true)
      .Cases("shapes", "dtypes", true) // torch.shape.calculate.yield.shapes
      .Default(false);
}

bool energyopt::isDeclaration(mlir::Operation *op) {
  if (mlir::isa<mlir::SymbolOpInterface>(op) && op->getParentOp() &&
      op->getParentOp()->hasTrait<mlir::OpTrait::SymbolTable>() &&
      !mlir::isa<mlir::FunctionOpInterface>(op) && op->getNumResults() == 0 &&
      !op->hasTrait<mlir::OpTrait::SymbolTable>())
    return true;
  return llvm::StringSwitch<bool>(op->getName().getStringRef())
      .Cases("util.global", "util.initializer", "torch.class_type", "torch.global_slot", true)
      .Cases("onnx.EntryPoint", "torch.global_slot.module_initializer", "util.func.decl", true)
      .Default(false);
}

bool energyopt::isConstant(mlir::Operation *op, mlir::Attribute &value) {
  if (op->hasTrait<mlir::OpTrait::ConstantLike>()) {
    mlir::matchPattern(op, mlir::m_Constant(&value));
    return true;
  }
  StringRef name = op->getName().getStringRef();
  bool constant =
      llvm::StringSwitch<bool>(name)
          .Cases("stablehlo.constant", "mhlo.constant", "chlo.constant", "onnx.Constant", true)
          .Cases("torch.vtensor.literal", "torch.tensor.literal", "onnx.NoValue", true)
          .Cases("memref.get_global", "ml_program.global_load_const", "util.global.load", true)
          .Cases("ml_program.global_load", "torch.global_slot.get", true)
          .Cases("onnx.initializer", "onnx.none", "util.unfoldable_constant", true)
          .Default(name.starts_with("torch.constant."));
  if (!constant)
    return false;
  for (StringRef key : {"value", "value_int", "value_float", "value_ints", "value_floats"})
    if ((value = op->getAttr(key)))
      break;
  return true;
}

mlir::FunctionOpInterface energyopt::calledFunction(mlir::Operation *op,
                                                    mlir::SymbolTableCollection *symbols) {
  mlir::SymbolRefAttr name;
  if (auto call = mlir::dyn_cast<mlir::CallOpInterface>(op))
    name = mlir::dyn_cast<mlir::SymbolRefAttr>(call.getCallableForCallee());
  for (StringRef attr : {"callee", "decomposition", "kernel"})
    if (!name)
      name = op->getAttrOfType<mlir::SymbolRefAttr>(attr);
  if (!name)
    return nullptr;
  auto function = mlir::dyn_cast_or_null<mlir::FunctionOpInterface>(
      symbols ? symbols->lookupNearestSymbolFrom(op, name)
              : mlir::SymbolTable::lookupNearestSymbolFrom(op, name));
  return function && !function.isExternal() ? function : nullptr;
}
