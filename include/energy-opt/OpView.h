//===- OpView.h - One op as plain data --------------------------*- C++ -*-===//
//
// What shape and work rules see of an op: no mlir::Operation, so that every
// formula is unit-tested without an MLIRContext.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_OPVIEW_H
#define ENERGY_OPT_OPVIEW_H

#include "energy-opt/ValueInfo.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <deque>

namespace energyopt {

struct Work;

/// An attribute's value; which member counts follows from the kind. The arrays
/// belong to whoever made the OpView.
struct AttrValue {
  enum Kind : uint8_t { Int, Float, String, Ints, Floats, Strings, Tensor, Type } kind = Int;
  int64_t i = 0;
  double f = 0;
  llvm::StringRef s;
  llvm::ArrayRef<int64_t> ints;
  llvm::SmallVector<double, 4> floats;
  llvm::SmallVector<llvm::StringRef, 4> strings;
  ValueInfo tensor; // Tensor (contents loaded if small) and Type
};

/// Where attributes come from: an MLIR op, or a map in a unit test.
class AttrSource {
public:
  virtual ~AttrSource() = default;
  virtual std::optional<AttrValue> find(llvm::StringRef name) const = 0;
  /// Contents of input `index` if it is a parameter that was not loaded yet
  /// (at most kMaxEvaluatedElements); null if there are none.
  virtual std::shared_ptr<const TensorData> load(unsigned index) const { return nullptr; }
};

/// Facts shared by the inference of one graph.
class ShapeContext {
public:
  virtual ~ShapeContext() = default;
  /// A dim that only the run decides, at most `bound`. Fresh on every call.
  virtual Expr dataDependentDim(llvm::StringRef hint, const Expr &bound) = 0;
  /// `e` with every data-dependent symbol replaced by its bound.
  virtual Expr upperBound(const Expr &e) const = 0;
  /// True if `e` contains a data-dependent symbol.
  virtual bool isDataDependent(const Expr &e) const = 0;
  /// Two dims that the op needs equal. Returns the one to go on with; unequal
  /// constants give nullopt; a symbol is assumed equal, which is listed.
  virtual std::optional<Expr> unify(const Expr &a, const Expr &b) = 0;
  /// A sentence for the report's list of assumptions.
  virtual void assume(const llvm::Twine &text) = 0;
};

struct OpView {
  /// Full op name, "onnx.Conv", "onnx.com.microsoft.Attention".
  llvm::StringRef name;
  /// Version of the op set that the op's domain is imported at.
  int64_t opset = 1;
  /// Absent optional inputs are ValueInfo::none().
  llvm::SmallVector<const ValueInfo *, 6> inputs;
  /// Filled by the shape rule, one per declared output; an unused optional
  /// output has kind None before and after.
  llvm::SmallVector<ValueInfo, 2> outputs;
  const AttrSource *attrs = nullptr;
  ShapeContext *ctx = nullptr;
  /// Ask the work rule for Work::equations.
  bool explain = false;
  /// For ops that apply a region to every element (reduce, sort, map): the work
  /// of applying it once. Null for all others.
  const Work *body = nullptr;
  /// Operands that an older form of the op held in attributes; `inputs` points
  /// here for them.
  std::deque<ValueInfo> normalized;

  unsigned numInputs() const { return inputs.size(); }
  bool has(unsigned input) const {
    return input < inputs.size() && inputs[input]->kind != ValueKind::None;
  }
  /// ValueInfo::none() if there is no such input.
  const ValueInfo &in(unsigned input) const {
    return input < inputs.size() ? *inputs[input] : noInput();
  }
  bool ranked(unsigned input) const { return has(input) && in(input).hasRank(); }

  std::optional<AttrValue> attr(llvm::StringRef name) const { return attrs->find(name); }
  bool hasAttr(llvm::StringRef name) const { return attr(name).has_value(); }
  int64_t intAttr(llvm::StringRef name, int64_t fallback) const;
  double floatAttr(llvm::StringRef name, double fallback) const;
  std::string stringAttr(llvm::StringRef name, llvm::StringRef fallback) const;
  std::optional<std::vector<int64_t>> intsAttr(llvm::StringRef name) const;

  /// Known contents of an input; null if unknown. Loads parameters on demand.
  std::shared_ptr<const TensorData> data(unsigned input) const;
  /// An input's contents as integers; nullopt unless all are known.
  std::optional<llvm::SmallVector<Expr, 4>> intData(unsigned input) const;
  /// The same, and all constant.
  std::optional<std::vector<int64_t>> constIntData(unsigned input) const;
  /// First element as a constant number.
  std::optional<double> scalar(unsigned input) const;

  /// "input 1 has rank 3, expected 2" as an Error with the op's name in front.
  llvm::Error error(const llvm::Twine &message) const;

private:
  static const ValueInfo &noInput();
};

} // namespace energyopt

#endif // ENERGY_OPT_OPVIEW_H
