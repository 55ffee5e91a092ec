//===- HeadLayout.h - Where the heads of attention come from ----*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRUNE_HEADLAYOUT_H
#define ENERGY_OPT_LIB_SUGGEST_PRUNE_HEADLAYOUT_H

#include "Suggest/Fusion/AttentionParts.h"

namespace energyopt {

/// Columns `index` * heads * size and on of `whole` [batch, length, 3 * heads * size].
struct HeadColumns {
  mlir::Value whole;
  int64_t index;
};

/// What nodes in front of Q, K and V split into heads.
class HeadLayout {
public:
  HeadLayout(const Facts &facts, const AttentionParts &parts)
      : facts(facts), heads(parts.heads), size(parts.size), flat(parts.isFlat(facts)) {}

  /// [batch, length, heads, size] in front of the transpose that splits it.
  HeadTensor behindTranspose(const HeadTensor &tensor) const;
  /// x [batch, length, heads * size] of a Reshape of x to [batch, length, heads,
  /// size]; null if it is another.
  mlir::Value sourceOf(const HeadTensor &tensor) const;
  /// x [length, batch, heads * size] of a Reshape of x to [length, batch * heads,
  /// size], as PyTorch's MultiheadAttention makes it; null if it is another.
  mlir::Value stackedSource(const HeadTensor &tensor) const;
  /// Of x [batch, length, 3 * heads * size], where the tensor is
  /// Gather(Transpose(Reshape(x)), index): one product makes Q, K and V.
  std::optional<HeadColumns> columnsOf(const HeadTensor &tensor) const;

private:
  Expr dim(mlir::Value of, unsigned axis) const { return facts.of(of).dim(axis); }

  const Facts &facts;
  int64_t heads, size;
  bool flat;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRUNE_HEADLAYOUT_H
