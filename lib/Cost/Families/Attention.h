//===- Attention.h - Attention over keys and values -------------*- C++ -*-===//
//
// Scaled dot-product attention, its relatives and rotary embeddings. The
// formulas take plain sizes, so that every domain's attention op can use them.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_FAMILIES_ATTENTION_H
#define ENERGY_OPT_LIB_COST_FAMILIES_ATTENTION_H

#include "energy-opt/OpRule.h"

namespace energyopt {

extern const Family attentionFamily;
extern const Family flexAttentionFamily;
extern const Family linearAttentionFamily;
extern const Family rotaryFamily;

constexpr FamilyUse attention() { return {&attentionFamily, {}}; }
constexpr FamilyUse flexAttention() { return {&flexAttentionFamily, {}}; }
constexpr FamilyUse linearAttention() { return {&linearAttentionFamily, {}}; }
constexpr FamilyUse rotaryEmbedding() { return {&rotaryFamily, {}}; }

struct AttentionDims {
  Expr batch = 1;
  Expr queryHeads = 1, keyHeads = 1; // fewer key heads: grouped queries
  Expr queryLength = 1;
  Expr keyLength = 1; // with the past
  Expr headSize = 1, valueSize = 1;

  /// Elements of the score matrix, B*Hq*Sq*Sk.
  Expr scores() const { return batch * queryHeads * queryLength * keyLength; }
  /// Elements that the scale multiplies: of Q or the scores, whichever are fewer.
  Expr scaled() const { return batch * queryHeads * queryLength * Expr::min(headSize, keyLength); }
};

/// M30: scores = Q*K^T and output = P*V, both for every query head:
/// macs = B*Hq*Sq*Sk*(D + Dv). A causal mask saves nothing here: runtimes that
/// skip masked tiles are the target's business.
void addAttentionProducts(const OpView &op, Work &work, DType dtype, const AttentionDims &dims);
/// M30, the scale of Q or of the scores (the product is the same, and a kernel may
/// do either: the fewer) and M13's softmax: what attention is without masks.
void addAttention(const OpView &op, Work &work, DType dtype, const AttentionDims &dims);

/// M32: adds the rotation of `elements` by pairs: 4 multiplications and 2
/// additions for 2 elements.
void addRotation(const OpView &op, Work &work, DType dtype, const Expr &elements);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_FAMILIES_ATTENTION_H
