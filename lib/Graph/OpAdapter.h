//===- OpAdapter.h - mlir::Operation as OpView ------------------*- C++ -*-===//
//
// The one place that reads MLIR types, attributes and locations for the rules.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_GRAPH_OPADAPTER_H
#define ENERGY_OPT_LIB_GRAPH_OPADAPTER_H

#include "Graph/DimBinding.h"
#include "energy-opt/WeightReader.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Operation.h"

namespace energyopt {

/// Attributes of an op; inside a function body, references to the call's.
class OpAttrs : public AttrSource {
public:
  /// `call`: the attributes of the call whose body holds `op`, or null.
  /// `callee`: if `op` is itself a call, for the defaults of its attributes.
  /// `weights` may be null; contents are then unknown.
  OpAttrs(mlir::Operation *op, const OpAttrs *call, WeightReader *weights,
          mlir::func::FuncOp callee = {})
      : op(op), call(call), weights(weights), callee(callee) {}
  std::optional<AttrValue> find(llvm::StringRef name) const override;
  std::shared_ptr<const TensorData> load(unsigned index) const override;
  /// Operands that load() was asked for.
  llvm::ArrayRef<unsigned> asked() const { return askedFor; }

private:
  std::optional<AttrValue> convert(mlir::Attribute attr) const;

  mlir::Operation *op;
  const OpAttrs *call;
  WeightReader *weights;
  mlir::func::FuncOp callee;
  mutable llvm::SmallVector<unsigned, 2> askedFor;
};

/// The weight that an "onnx.initializer" op or a tensor attribute refers to.
std::optional<WeightRef> weightRef(mlir::DictionaryAttr attrs, mlir::Type type);
/// Its contents if it is small, read once for a model and its copies; null if it is
/// large or cannot be read.
std::shared_ptr<const TensorData> loadSmall(mlir::DictionaryAttr attrs, mlir::Type type,
                                            WeightReader &weights);

/// A type as declared in the model; dim names stay unbound.
DeclaredInput declaredInput(mlir::Type type, llvm::StringRef name);
/// A declared type as ValueInfo, its symbols bound through `facts`; without
/// facts a type with symbols has no shape. Unknown types give dtype Undefined
/// without a shape.
ValueInfo declaredInfo(mlir::Type type, ShapeFacts *facts);
inline ValueInfo declaredInfo(mlir::Type type, ShapeFacts &facts) {
  return declaredInfo(type, &facts);
}

/// Names of the node and of its outputs, from the location.
llvm::StringRef nodeName(mlir::Operation *op);
llvm::StringRef resultName(mlir::Operation *op, unsigned result);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_GRAPH_OPADAPTER_H
