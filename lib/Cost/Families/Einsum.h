//===- Einsum.h - Einsum equations ------------------------------*- C++ -*-===//
//
// Parses "bhid,bhjd->bhij" (ellipses, repeated labels, implicit outputs) and
// gives each label its size.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_EINSUM_H
#define ENERGY_OPT_LIB_COST_FAMILIES_EINSUM_H

#include "energy-opt/OpView.h"

namespace energyopt {

/// A term: one label per dim. Letters stand for themselves; the dims of an
/// ellipsis are the labels kEllipsis + i, i counted from the last dim, so that
/// ellipses of different length broadcast.
using EinsumTerm = llvm::SmallVector<int, 6>;
constexpr int kEllipsis = 256;

struct EinsumEquation {
  llvm::SmallVector<EinsumTerm, 2> inputs;
  EinsumTerm output;
};

/// Parses op's `equation` for inputs of the given ranks.
llvm::Expected<EinsumEquation> parseEinsum(const OpView &op, llvm::StringRef equation,
                                           llvm::ArrayRef<int64_t> ranks);

/// Size of every label.
class EinsumSizes {
public:
  /// Reads the sizes off the inputs; an error if a label has two sizes.
  static llvm::Expected<EinsumSizes> of(const OpView &op, const EinsumEquation &equation);
  const Expr &operator[](int label) const;
  Shape shape(llvm::ArrayRef<int> labels) const;
  Expr product(llvm::ArrayRef<int> labels) const { return numElements(shape(labels)); }

private:
  llvm::SmallVector<std::pair<int, Expr>, 8> sizes;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_EINSUM_H
