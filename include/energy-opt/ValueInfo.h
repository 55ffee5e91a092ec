//===- ValueInfo.h - What is known of a value before it runs ----*- C++ -*-===//
//
// Type, symbolic shape and, for small tensors that take part in shape
// arithmetic, the (partially known) contents.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_VALUEINFO_H
#define ENERGY_OPT_VALUEINFO_H

#include "energy-opt/DType.h"

#include <variant>
#include <vector>

namespace energyopt {

/// One element of a partially evaluated tensor: unknown, an exact (possibly
/// symbolic) integer, or a float. Integral floats may be held as Expr.
class Scalar {
public:
  Scalar() = default;
  Scalar(Expr value) : v(std::move(value)) {}
  Scalar(int64_t value) : v(Expr(value)) {}
  Scalar(int value) : v(Expr(value)) {}
  Scalar(double value) : v(value) {}

  bool isKnown() const { return v.index() != 0; }
  /// The integer, also of a float that holds one (3.0); else nullopt.
  std::optional<Expr> asInt() const;
  /// The number if it is constant; nullopt if unknown or symbolic.
  std::optional<double> asFloat() const;

private:
  std::variant<std::monostate, Expr, double> v;
};

/// Contents of a small tensor, row-major.
using TensorData = std::vector<Scalar>;
/// Larger tensors are never evaluated.
constexpr int64_t kMaxEvaluatedElements = 4096;

enum class ValueKind : uint8_t { Tensor, SparseTensor, Sequence, Optional, Map, None };

struct ValueInfo {
  ValueKind kind = ValueKind::Tensor;
  /// Element type; of a map: type of its values.
  DType dtype = DType::Undefined;
  /// Maps only.
  DType keyType = DType::Undefined;
  /// True for initializers and Constant nodes: does not change between runs.
  bool isParameter = false;
  /// nullopt: rank unknown. A dim that depends on run-time data is a symbol
  /// that the ShapeContext knows an upper bound of.
  std::optional<Shape> shape;
  /// What a sequence or optional holds (one type for all its elements).
  std::shared_ptr<const ValueInfo> element;
  /// Sequences: number of elements, if known.
  std::optional<Expr> length;
  /// Known contents, if evaluated.
  std::shared_ptr<const TensorData> data;

  static ValueInfo tensor(DType dtype, std::optional<Shape> shape = std::nullopt) {
    ValueInfo info;
    info.dtype = dtype;
    info.shape = std::move(shape);
    return info;
  }
  static ValueInfo none() {
    ValueInfo info;
    info.kind = ValueKind::None;
    return info;
  }

  bool hasRank() const { return shape.has_value(); }
  /// -1 if unknown.
  int64_t rank() const { return shape ? static_cast<int64_t>(shape->size()) : -1; }
  /// One that is not there is an overflow, as is everything computed from it.
  const Expr &dim(size_t i) const { return shape && i < shape->size() ? (*shape)[i] : noDim(); }
  Expr elements() const { return shape ? numElements(*shape) : noDim(); }
  /// Bytes of the whole value; a sequence: of all its elements. nullopt if the
  /// rank is unknown.
  std::optional<Expr> bytes() const;
  /// "float32[batch,3,224,224]", "int64[?]" for an unknown rank.
  std::string str() const;

private:
  static const Expr &noDim();
};

} // namespace energyopt

#endif // ENERGY_OPT_VALUEINFO_H
