//===- AttentionParts.h - Decomposed attention, recognized ------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_FUSION_ATTENTIONPARTS_H
#define ENERGY_OPT_LIB_SUGGEST_FUSION_ATTENTIONPARTS_H

#include "Suggest/Editor.h"

namespace energyopt {

/// What is added to the scores: `mask` itself, or `fill` where `mask` says so.
struct MaskTerm {
  mlir::Value mask;
  bool isCondition = false;
  /// Of a condition: whether scores are kept where it is true.
  bool keepsTrue = true;
  double fill = 0;
  /// Sizes of rank 4 that `mask` is to be seen in; empty: its own.
  std::vector<int64_t> as;
};

/// A tensor of heads: [batch, heads, length, size], or [batch, length, heads, size]
/// if `lengthFirst`. Of rank 3, batch and heads are one dim.
struct HeadTensor {
  mlir::Value value;
  bool lengthFirst = false;
};

struct AttentionParts {
  /// Nodes that go, but for `last`: the product with V.
  llvm::SmallVector<mlir::Operation *> inside;
  mlir::Operation *last = nullptr;
  HeadTensor query, key, value;
  /// From the softmax up.
  llvm::SmallVector<MaskTerm, 2> masks;
  double scale = 1;
  /// `heads` is -1 where they are one dim with a batch of unknown size.
  int64_t heads = 0, size = 0;

  bool isFlat(const Facts &facts) const { return facts.rank(query.value) == 3; }
};

/// The parts around `softmax`; nullopt if it is not the one of an attention.
std::optional<AttentionParts> findAttentionParts(Editor &editor, mlir::Operation *softmax);

/// [1 or batch, 1 or heads, queries, keys], as runtimes take it, is what the masks
/// of some attention become. `queries` and `keys` have their dims.
struct MaskShape {
  mlir::Value queries, keys;
  unsigned queryAxis = 0, keyAxis = 0;
  Expr batch;
  int64_t heads = 0;
  /// Of masks of rank 3, whose first dim is that of batch and heads.
  bool flat = false;
};
/// Whether the only mask keeps what a causal one does: a constant triangle.
bool isCausal(const Editor &editor, const AttentionParts &parts);
/// Of a mask of rank 3 with batch and heads in one dim, the term of rank 4 that it
/// is a view of; nullopt where there is none.
std::optional<MaskTerm> splitMask(const Editor &editor, const MaskTerm &term, int64_t heads);
bool canMakeMask(const Editor &editor, const AttentionParts &parts, const MaskShape &shape);
/// Null where there is none. New nodes stand in front of `before`; those of an
/// earlier attention with the same mask serve again.
mlir::Value makeMask(Editor &editor, const AttentionParts &parts, const MaskShape &shape,
                     mlir::Operation *before);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_FUSION_ATTENTIONPARTS_H
