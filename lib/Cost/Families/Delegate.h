//===- Delegate.h - Ops that are another op in disguise ---------*- C++ -*-===//
//
// Fused and quantized ops do what a plain op does, on some of their inputs and
// perhaps in another layout. They show the plain op's rule those inputs, so
// that its formula stands in one place.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_DELEGATE_H
#define ENERGY_OPT_LIB_COST_FAMILIES_DELEGATE_H

#include "energy-opt/OpRule.h"

namespace energyopt {

/// The view that a plain op's rule gets of another op.
class InnerOp {
public:
  /// Shows inputs[i] of `outer` as input i; -1: absent. The attributes are the
  /// outer op's. `outer` must outlive this.
  InnerOp(const OpView &outer, llvm::ArrayRef<int> inputs);
  InnerOp(const InnerOp &) = delete;

  /// Shows `info` as input `index`.
  void replace(unsigned index, ValueInfo info);
  /// Shows the input as one of another element type.
  void retype(unsigned index, DType type);
  /// Shows attribute `name` with these values, whatever the outer op has.
  void setAttr(llvm::StringRef name, std::vector<int64_t> values) {
    attrs.lists[name] = std::move(values);
  }
  void setAttr(llvm::StringRef name, int64_t value) { attrs.values[name] = value; }

  OpView view;

private:
  /// The outer op's attributes; contents of inputs by their outer index.
  struct Attrs : AttrSource {
    const AttrSource *outer = nullptr;
    llvm::SmallVector<int, 6> inputs;
    llvm::StringMap<std::vector<int64_t>> lists;
    llvm::StringMap<int64_t> values;
    std::optional<AttrValue> find(llvm::StringRef name) const override;
    std::shared_ptr<const TensorData> load(unsigned index) const override;
  };
  Attrs attrs;
  std::deque<ValueInfo> owned;
};

/// Runs the newest shape rule of an op of ai.onnx, "Conv", on `inner`.
llvm::Error inferAs(InnerOp &inner, llvm::StringRef op);
/// Its work rule; inner's outputs must be set.
Work workAs(const InnerOp &inner, llvm::StringRef op);

/// Adds what a fused activation costs for `count` elements, by that op's own
/// row: "Relu", "silu", "com.microsoft.FastGelu". Nothing for "", "none" and
/// "Identity". False: there is no such activation.
bool addActivation(const OpView &op, Work &work, llvm::StringRef activation, DType type,
                   const Expr &count);
/// Why a work rule gave up on an activation.
Work unknownActivation(llvm::StringRef activation);

/// Reads and writes of the outer op, whole, with the arithmetic of `inner`. An
/// Unmodelled `inner` is returned as it is.
Work withTrafficOf(const OpView &outer, Work inner);

/// [N, spatial..., C] as [N, C, spatial...] and back; unranked stays so.
ValueInfo channelsFirst(ValueInfo info);
ValueInfo channelsLast(ValueInfo info);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_DELEGATE_H
