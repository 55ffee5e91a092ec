//===- MacPattern.cpp - Multiply-accumulates and memory accesses ----------===//

#include "Mlir/RegisterCode.h"

#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;

/// "addf" of "arith.addf": what the op does, whoever's it is.
static StringRef verb(mlir::Operation *op) {
  return op ? op->getName().getStringRef().split('.').second : StringRef();
}

static bool isCast(StringRef verb) {
  return llvm::StringSwitch<bool>(verb)
      .Cases("extf", "extsi", "extui", "truncf", "trunci", "sitofp", "uitofp", "fptosi", true)
      .Cases("fptoui", "bitcast", "convert", "fpext", "sext", "zext", true)
      .Cases("broadcast", "splat", "shape_cast", true) // a scalar into a register
      .Default(false);
}
static bool isAdd(StringRef verb) {
  return llvm::StringSwitch<bool>(verb)
      .Cases("addf", "addi", "add", "fadd", "ori", true)
      .Default(false);
}
static bool isMul(StringRef verb) {
  return llvm::StringSwitch<bool>(verb)
      .Cases("mulf", "muli", "mul", "fmul", "andi", true)
      .Default(false);
}
static bool isFma(StringRef verb) {
  return llvm::StringSwitch<bool>(verb)
      .Cases("fma", "intr.fma", "intr.fmuladd", "intr.matrix.multiply", true)
      .Default(false);
}

/// Steps over conversions, noting them.
static mlir::Value strip(mlir::Value value, llvm::SmallVectorImpl<mlir::Operation *> *ops) {
  for (int i = 0; i < 8; ++i) {
    mlir::Operation *op = value.getDefiningOp();
    if (!op || op->getNumOperands() != 1 || !isCast(verb(op)))
      break;
    if (ops)
      ops->push_back(op);
    value = op->getOperand(0);
  }
  return value;
}

mlir::Value energyopt::stripCasts(mlir::Value value) { return strip(value, nullptr); }

/// A factor of the product: without conversions, and without the zero point
/// that a quantized product subtracts first.
static mlir::Value factor(mlir::Value value, llvm::SmallVectorImpl<mlir::Operation *> &ops) {
  value = strip(value, &ops);
  mlir::Operation *op = value.getDefiningOp();
  StringRef name = verb(op);
  if (op && op->getNumOperands() == 2 && (name == "subi" || name == "subtract" || name == "sub")) {
    ops.push_back(op);
    value = strip(op->getOperand(0), &ops);
  }
  return value;
}

std::optional<Mac> energyopt::matchMac(mlir::Value value,
                                       llvm::function_ref<bool(mlir::Value)> isAcc) {
  Mac mac;
  mlir::Operation *add = strip(value, &mac.ops).getDefiningOp();
  if (!add || add->getNumResults() != 1)
    return std::nullopt;
  mac.add = add;
  if (isFma(verb(add)) && add->getNumOperands() == 3) {
    mac.mul = add;
    mac.acc = strip(add->getOperand(2), &mac.ops);
  } else if (isAdd(verb(add)) && add->getNumOperands() == 2) {
    for (unsigned side = 0; side < 2 && !mac.mul; ++side) {
      llvm::SmallVector<mlir::Operation *, 6> between;
      mlir::Value acc = strip(add->getOperand(1 - side), &between);
      mlir::Operation *mul = strip(add->getOperand(side), &between).getDefiningOp();
      if (!mul || !isMul(verb(mul)) || mul->getNumOperands() != 2 || !isAcc(acc))
        continue;
      mac.mul = mul;
      mac.acc = acc;
      mac.ops.append(between);
    }
  }
  if (!mac.mul || !isAcc(mac.acc))
    return std::nullopt;
  mac.ops.push_back(add);
  if (mac.mul != add)
    mac.ops.push_back(mac.mul);
  mac.lhs = factor(mac.mul->getOperand(0), mac.ops);
  mac.rhs = factor(mac.mul->getOperand(1), mac.ops);
  if (mac.lhs == mac.rhs)
    return std::nullopt; // a sum of squares
  return mac;
}

//===----------------------------------------------------------------------===//
// Loads and stores
//===----------------------------------------------------------------------===//

/// Operand positions of loads (memory first) and stores (value, memory).
std::optional<MemoryAccess> energyopt::memoryAccess(mlir::Operation *op) {
  StringRef name = op->getName().getStringRef();
  bool load = llvm::StringSwitch<bool>(name)
                  .Cases("memref.load", "affine.load", "vector.load", "affine.vector_load", true)
                  .Cases("vector.transfer_read", "vector.maskedload", "vector.gather", true)
                  .Cases("vector.expandload", "llvm.load", true)
                  .Default(false);
  bool store =
      llvm::StringSwitch<bool>(name)
          .Cases("memref.store", "affine.store", "vector.store", "affine.vector_store", true)
          .Cases("vector.transfer_write", "llvm.store", true)
          .Default(false);
  bool scatter = llvm::StringSwitch<bool>(name)
                     .Cases("vector.maskedstore", "vector.scatter", "vector.compressstore", true)
                     .Default(false);
  unsigned n = op->getNumOperands();
  if (load && n >= 1 && op->getNumResults() == 1)
    return MemoryAccess{op->getOperand(0), op->getResult(0), op->getOperands().drop_front(1),
                        false};
  if (store && n >= 2)
    return MemoryAccess{op->getOperand(1), op->getOperand(0), op->getOperands().drop_front(2),
                        true};
  if (scatter && n >= 2) // memory, indices, mask, value
    return MemoryAccess{op->getOperand(0), op->getOperand(n - 1), op->getOperands().slice(1, n - 2),
                        true};
  return std::nullopt;
}
