//===- Resolver.h - Who says what an op of any dialect does -----*- C++ -*-===//
//
// The order of resolution: the op's own WorkOpInterface, then the rule of its
// name, then `unmodelled(reason)`.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_MLIR_RESOLVER_H
#define ENERGY_OPT_LIB_MLIR_RESOLVER_H

#include "Graph/ShapeFacts.h"
#include "Mlir/TypeInfo.h"
#include "energy-opt/OpRule.h"

#include "mlir/IR/Operation.h"

namespace energyopt {

/// What became of one op.
struct OpAnswer {
  Work work;
  const char *family = "";
  const OpRule *rule = nullptr;
  llvm::SmallVector<ValueInfo, 2> results;
};

class Resolver {
public:
  explicit Resolver(ShapeFacts &facts) : facts(facts) {}

  struct Query {
    mlir::Operation *op;
    llvm::ArrayRef<const ValueInfo *> operands;
    /// Work of the op's region applied once, for ops that apply one.
    const Work *body = nullptr;
    /// Shapes of results that operands tell, per result; may be empty.
    llvm::ArrayRef<std::optional<Shape>> shapes;
    bool explain = false;
  };
  /// Results have every dim that a rule or the declared type knows; a dim that
  /// neither does is a symbol of its own.
  OpAnswer resolve(const Query &query);

  /// --op-like, by full names of ops.
  llvm::StringMap<std::string> opLike;
  ShapeFacts &facts;
  /// Ops of loops and bodies that were followed, through calls; Limit::Ops bounds it.
  uint64_t followed = 0;

private:
  struct RuleName {
    std::string name;
    int64_t opset;
  };
  RuleName ruleName(mlir::Operation *op) const;
  OpAnswer byRule(const Query &query);
  void mergeDeclared(const Query &query, llvm::MutableArrayRef<ValueInfo> results);
};

/// The declared type with dims that it leaves open taken from `inferred`, or
/// else symbols `name`.dim<i>.
ValueInfo mergeDeclared(const TypeFacts &declared, const ValueInfo &inferred, llvm::StringRef name,
                        ShapeFacts &facts);

/// "linalg.matmul" → {"linalg", "matmul"}; torch.operator "onnx.Conv" is
/// {"ai.onnx", "Conv"}.
std::pair<llvm::StringRef, llvm::StringRef> reportedName(mlir::Operation *op);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_RESOLVER_H
