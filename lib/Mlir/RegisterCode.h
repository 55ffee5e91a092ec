//===- RegisterCode.h - Scalar and vector code, in loops or bodies -*- C++ -*-//
//
// The work of code that computes in registers: the body of a linalg.generic or
// a stablehlo.reduce, and loop nests over loads and stores, which a compiler
// makes one kernel. Index arithmetic is addressing and costs nothing.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_MLIR_REGISTERCODE_H
#define ENERGY_OPT_LIB_MLIR_REGISTERCODE_H

#include "Mlir/IndexValues.h"
#include "Mlir/LoopContraction.h"
#include "Mlir/Resolver.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/MapVector.h"

namespace energyopt {

/// A multiply-accumulate: acc + lhs*rhs, through conversions and zero points.
struct Mac {
  mlir::Operation *add = nullptr, *mul = nullptr; // the same for an fma
  mlir::Value lhs, rhs, acc;                      // as loaded
  /// The add, the product and what lies between them and the operands.
  llvm::SmallVector<mlir::Operation *, 6> ops;
};
/// The multiply-accumulate that computes `value`, if its accumulator, stripped
/// of conversions, satisfies `isAcc`.
std::optional<Mac> matchMac(mlir::Value value, llvm::function_ref<bool(mlir::Value)> isAcc);
/// `value` before conversions between number types.
mlir::Value stripCasts(mlir::Value value);

/// A load or store: the memory, the register and the indices.
struct MemoryAccess {
  mlir::Value memory, value;
  mlir::OperandRange indices;
  bool isStore;
};
std::optional<MemoryAccess> memoryAccess(mlir::Operation *op);

class RegisterCode {
public:
  RegisterCode(Resolver &resolver, IndexValues &index) : resolver(resolver), index(index) {}

  /// Adds `block`, executed `times` times. `isParameter`: of a memory.
  void add(mlir::Block &block, const Expr &times);
  /// Adds a whole loop with its body.
  void addLoop(mlir::Operation *loop, const Expr &times);
  /// Ops that the caller accounts for itself.
  llvm::DenseSet<mlir::Operation *> skipped;

  Work work;
  struct Traffic {
    Expr read, written;
  };
  /// Bytes that pass, by the memory's value; before any reuse.
  llvm::MapVector<mlir::Value, Traffic> traffic;

  /// Whether everything in the op's regions computes in registers, on values
  /// that it loads and stores.
  static bool isRegisterLevel(mlir::Operation *op);

private:
  void addOp(mlir::Operation *op, const Expr &times);
  void addMacs(mlir::Block &block, const Expr &times);
  void addMac(const Mac &mac, mlir::Value accumulator, const Expr &times);
  void addBranches(mlir::Operation *op, const Expr &times);
  bool addRegions(mlir::Operation *op, const Expr &times);
  bool spend();
  void addCall(mlir::FunctionOpInterface callee, const Expr &times);
  void addItem(WorkItem item, const Expr &times);
  void fail(std::string reason);
  double cost() const;

  Resolver &resolver;
  IndexValues &index;
  struct Enclosing {
    mlir::Operation *op;
    mlir::Value variable;
    Expr trips;
  };
  llvm::SmallVector<Enclosing, 6> loops;
  unsigned depth = 0; // of calls and of ops that apply regions
};

/// Trip counts and variables of a loop op, outermost first; a while loop has
/// one, whose trips are a symbol. Empty for an op that is no loop.
struct LoopRange {
  mlir::Value variable; // null for a while loop
  Induction range;
};
llvm::SmallVector<LoopRange, 3> loopRanges(mlir::Operation *op, IndexValues &index,
                                           ShapeFacts &facts);
/// Executions of the innermost body per execution of the loop op, given that it
/// is executed `times` times: sums over enclosing loops that bounds depend on.
Expr nestedTimes(const Expr &times, const Expr &trips, IndexValues &index);
bool isLoop(mlir::Operation *op);
/// "for:12.trips": a symbol for what only the run knows, by the loop's line.
Expr tripSymbol(mlir::Operation *op, ShapeFacts &facts);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_REGISTERCODE_H
