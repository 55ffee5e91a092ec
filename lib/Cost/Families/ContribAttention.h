//===- ContribAttention.h - Attention ops of com.microsoft ------*- C++ -*-===//
//
// A dozen operand layouts of one computation: project, rotate, attend. Each op
// is read into an AttentionPlan, which sets its outputs and prices it.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBATTENTION_H
#define ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBATTENTION_H

#include "Cost/Families/Attention.h"

namespace energyopt {

extern const Family contribAttentionFamily;

enum class ContribAttentionForm : int16_t {
  Attention,         // with its QKV projection
  QAttention,        // int8 projection
  Ordered,           // QOrderedAttention: int8 throughout
  Packed,            // PackedAttention: tokens without padding
  MaskedSelf,        // DecoderMaskedSelfAttention
  Decoder,           // DecoderAttention
  Longformer,        // local windows and global tokens
  LongformerOrdered, // the same in int8
  MultiHead,         // MultiHeadAttention
  PackedMultiHead,   // PackedMultiHeadAttention
  MaskedMultiHead,   // DecoderMaskedMultiHeadAttention
  GroupQuery,        // GroupQueryAttention
  Sparse,            // SparseAttention: blocks of a layout
  Paged,             // PagedAttention: block-based cache
};
constexpr FamilyUse contribAttention(ContribAttentionForm form) {
  return {&contribAttentionFamily, {static_cast<int16_t>(form)}};
}

/// What an attention op does.
struct AttentionPlan {
  /// False: some rank is unknown; only the types of the outputs are set.
  bool known = false;
  DType type = DType::F32; // attention is computed in
  AttentionDims dims;
  /// A contraction in front, macs m*n*k each; empty without a projection.
  llvm::SmallVector<ContractionDims, 3> projections;
  DType projectionType = DType::F32;
  /// Operations in `type` besides M30 and softmax: biases, masks, scales.
  Expr extraOps = 0;
  /// Elements that rotary embedding turns.
  Expr rotated = 0;
  /// Bytes read of input `first` (second of pair), where not the whole input.
  llvm::SmallVector<std::pair<unsigned, Expr>, 4> reads;
  /// Bytes written of an output, where not the whole.
  llvm::SmallVector<std::pair<unsigned, Expr>, 2> writes;
  llvm::SmallVector<ValueInfo, 4> outputs;
  /// Why the counts are upper bounds; empty if they are exact.
  std::string bound;
};

using ExpectedPlan = llvm::Expected<AttentionPlan>;

// One reader per group of ops.
ExpectedPlan planProjected(const OpView &op, ContribAttentionForm form);
ExpectedPlan planLongformer(const OpView &op, ContribAttentionForm form);
ExpectedPlan planMultiHead(const OpView &op, ContribAttentionForm form);
ExpectedPlan planDecoder(const OpView &op, ContribAttentionForm form);
ExpectedPlan planCached(const OpView &op, ContribAttentionForm form);

//===----------------------------------------------------------------------===//
// What the readers share
//===----------------------------------------------------------------------===//

/// `a` becomes the one size that `a` and `b` must be.
llvm::Error unifySizes(const OpView &op, Expr &a, const Expr &b, const llvm::Twine &what);
/// hidden / heads, which must be whole.
llvm::Expected<Expr> headSize(const OpView &op, const Expr &hidden, int64_t heads);
/// An int32 mask of rank 1 to `maxRank` (3 or 4) over `length` or all keys.
llvm::Error checkMask(const OpView &op, unsigned input, const AttentionDims &dims,
                      const Expr &length, size_t maxRank = 3);
/// [1 or B, 1 or H, S, total]; the last dim is checked if `exact`.
llvm::Error checkScoreBias(const OpView &op, unsigned input, const AttentionDims &dims, bool exact);
/// Operations per score of the masks and biases at these inputs.
int64_t scoreAdditions(const OpView &op, std::initializer_list<unsigned> inputs);
/// Length of the past in a buffer of `capacity`: the operand's value, or less.
Expr pastInBuffer(const OpView &op, unsigned lengthInput, const Expr &capacity, const Expr &added,
                  AttentionPlan &plan);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_CONTRIBATTENTION_H
