//===- TypeInfo.h - MLIR types and attributes as plain data -----*- C++ -*-===//
//
// What the types of any dialect say of a value, and attributes in the form
// that rules read. Dialects that nobody registered keep their types as text,
// which is read here too.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_MLIR_TYPEINFO_H
#define ENERGY_OPT_LIB_MLIR_TYPEINFO_H

#include "energy-opt/OpView.h"

#include "mlir/IR/Operation.h"

namespace energyopt {

/// A type's element type and dims; a dim that it leaves open is nullopt.
struct TypeFacts {
  ValueKind kind = ValueKind::None;
  DType dtype = DType::Undefined;
  /// nullopt: the rank is open.
  std::optional<llvm::SmallVector<std::optional<int64_t>, 4>> dims;
  /// Names of dims, where the type carries any; else empty.
  llvm::SmallVector<llvm::StringRef, 4> dimNames;

  bool isStatic() const;
  /// As ValueInfo; without a shape unless every dim is known.
  ValueInfo info() const;
};

/// Tensors, memrefs, vectors, scalars, index; tuples and tokens are None.
TypeFacts typeFacts(mlir::Type type);
/// Type of a scalar or of the elements of a shaped type; Undefined for what is
/// no number. Widths that DType lacks are rounded up (i48 to int64).
DType scalarType(mlir::Type type);
/// Number, index, complex, or a vector of them: what a register holds.
bool isRegisterType(mlir::Type type);
bool isIndexLike(mlir::Type type);

/// Attributes of any op. Integers of every kind of array are Ints, nested
/// lists flattened; what has no better form is its printed text.
class MlirAttrs : public AttrSource {
public:
  explicit MlirAttrs(mlir::Operation *op) : op(op) {}
  std::optional<AttrValue> find(llvm::StringRef name) const override;

private:
  AttrValue convert(mlir::Attribute attr) const;
  llvm::ArrayRef<int64_t> keep(std::vector<int64_t> ints) const;
  llvm::StringRef keep(std::string text) const;

  mlir::Operation *op;
  mutable std::deque<std::vector<int64_t>> ints;
  mutable std::deque<std::string> texts;
};

/// Contents of a constant, if it is small and holds numbers; `value` may be null.
std::shared_ptr<const TensorData> constantData(mlir::Attribute value);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_MLIR_TYPEINFO_H
