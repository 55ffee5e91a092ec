//===- Facts.h - What holds in every run of a model -------------*- C++ -*-===//
//
// Types, shapes and small contents, by the rules that the analysis uses, but
// without its assumptions: a dim that nobody fixed stays a symbol, and two that
// an op merely needs to fit are not taken as equal. Bodies of functions depend
// on their calls and are left out.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_SUGGEST_FACTS_H
#define ENERGY_OPT_LIB_SUGGEST_FACTS_H

#include "Graph/OpAdapter.h"
#include "energy-opt/Checks.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseMap.h"

namespace energyopt {

struct OpRule;

/// Dims of unknown size, each its own.
class OpenDims : public ShapeContext {
public:
  Expr dataDependentDim(llvm::StringRef hint, const Expr &bound) override { return fresh(); }
  Expr upperBound(const Expr &e) const override { return e; }
  bool isDataDependent(const Expr &e) const override { return !e.isConstant(); }
  std::optional<Expr> unify(const Expr &a, const Expr &b) override;
  void assume(const llvm::Twine &) override {}
  Expr fresh();

private:
  unsigned next = 0;
};

/// An op in its newest form: what older ones hold in attributes are operands.
struct ViewedOp {
  std::unique_ptr<AttrSource> attrs;
  OpView view;
};

/// copyModel() that tells what the model's values became in the copy.
ImportedModel copyModel(ImportedModel &model, mlir::IRMapping &values);

class Facts {
public:
  explicit Facts(ImportedModel &model);
  /// The same of an unchanged copy of a model, whose values are those of the model by
  /// `copies`.
  Facts(const Facts &of, const mlir::IRMapping &copies, ImportedModel &copy);

  /// Unknown (dtype Undefined) for what nothing is known of.
  const ValueInfo &of(mlir::Value value) const;
  /// Inferred or declared.
  DType dtype(mlir::Value value) const { return of(value).dtype; }
  /// -1 if unknown.
  int64_t rank(mlir::Value value) const { return of(value).rank(); }
  /// Both known, and equal in every run.
  bool sameShape(mlir::Value a, mlir::Value b) const;
  bool sameType(mlir::Value a, mlir::Value b) const;
  /// A fixed dim; counts from the end if negative. -1 if it is open.
  int64_t dim(mlir::Value value, int64_t axis) const;
  /// Elements of a constant (or computed from shapes alone) that is small; null
  /// unless all are known.
  std::shared_ptr<const TensorData> contents(mlir::Value value) const;
  std::optional<std::vector<int64_t>> ints(mlir::Value value) const;
  /// The only element of a tensor of one.
  std::optional<double> scalar(mlir::Value value) const;
  bool isScalar(mlir::Value value, double expected, double tolerance = 0) const;
  /// Nothing that a run decides takes part in it.
  bool isConstant(mlir::Value value) const;

  ViewedOp view(mlir::Operation *op) const;
  void set(mlir::Value made, ValueInfo info) {
    infos[made] = std::move(info);
    changed = true;
  }
  /// Infers the results of a new node.
  void visit(mlir::Operation &op) {
    infer(op);
    changed = true;
  }
  /// Of a value that is about to be erased.
  void forget(mlir::Value value) {
    infos.erase(value);
    changed = true;
  }
  /// Of the model as it was, so that they hold for another rewrite of it too.
  bool areOfUntouched() const { return !changed; }
  void moveTo(ImportedModel &moved) { model = &moved; }
  /// Symbols of shapes that are made up on the way.
  ShapeContext &dims() const { return open; }

private:
  void visit(mlir::Block &block);
  void infer(mlir::Operation &op);
  const OpRule *ruleOf(mlir::Operation &op, const OpView &view);
  ValueInfo declared(mlir::Type type, bool isInput) const;

  ImportedModel *model;
  mutable OpenDims open;
  llvm::DenseMap<mlir::Value, ValueInfo> infos;
  llvm::DenseMap<void *, const OpRule *> rules; // by the name of an op
  bool changed = false;
};

/// Facts of a model that nobody changes, inferred when they are first asked for.
class OriginalFacts {
public:
  explicit OriginalFacts(ImportedModel &model) : model(model) {}
  const Facts &get() {
    if (!facts)
      facts.emplace(model);
    return *facts;
  }

private:
  ImportedModel &model;
  std::optional<Facts> facts;
};

/// Those of a copy of it, as long as it is unchanged.
class CopiedFacts {
public:
  CopiedFacts(OriginalFacts &original, mlir::IRMapping copies)
      : original(&original), copies(std::move(copies)) {}
  Facts take(ImportedModel &copy);
  /// For the next one that takes some.
  void leave(Facts facts) { left.emplace(std::move(facts)); }
  bool areLeft() const { return left.has_value(); }

private:
  OriginalFacts *original;
  mlir::IRMapping copies;
  std::optional<Facts> left;
};

/// The axes of a Transpose, those that are the default too; nullopt if the rank
/// is unknown.
std::optional<std::vector<int64_t>> permutationOf(mlir::Operation *transpose, const Facts &facts);

/// Functions apart, whose bodies nobody knows the attributes of: every node of
/// the graph and its subgraphs that `rewrite` may change, in order.
std::vector<mlir::Operation *> nodesOf(const Rewrite &rewrite);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_FACTS_H
