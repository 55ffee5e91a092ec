//===- ContribAttentionDecoder.cpp - Attention of one new token -----------===//
//
// DecoderMaskedMultiHeadAttention, whose cache is updated in place, and the
// sequence-first DecoderAttention, which projects and caches by run-time flags.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/ContribAttention.h"
#include "Cost/Families/ContribMatMul.h"

using namespace energyopt;
using llvm::Error;

namespace {

/// Operands of DecoderMaskedMultiHeadAttention.
enum MaskedInput : unsigned { Query, Key, Value, Mask, ScoreBias, PastKey, PastValue, PastLength };
constexpr unsigned kMaskedBias = 10;

/// Extends one token's keys by its past. Returns the length of the present.
llvm::Expected<Expr> addMaskedPast(const OpView &op, AttentionPlan &plan) {
  AttentionDims &d = plan.dims;
  if (!op.has(PastKey))
    return d.keyLength;
  if (Error e = requireRank(op, PastKey, 4))
    return e;
  const Expr &capacity = op.in(PastKey).dim(2);
  Expr added = d.keyLength;
  if (!op.intAttr("past_present_share_buffer", 0)) {
    d.keyLength = capacity + added;
    return d.keyLength;
  }
  Expr filled = pastInBuffer(op, PastLength, capacity, added, plan);
  d.keyLength = filled + added;
  Expr rows = d.batch * d.keyHeads;
  plan.reads = {{PastKey, bytesOf(plan.type, rows * filled * d.headSize)},
                {PastValue, bytesOf(plan.type, rows * filled * d.valueSize)}};
  plan.writes = {{1, bytesOf(plan.type, rows * added * d.headSize)},
                 {2, bytesOf(plan.type, rows * added * d.valueSize)}};
  return capacity;
}

/// DecoderMaskedMultiHeadAttention: query [B, 1, hidden], alone or packed with
/// key and value; for cross attention key and value hold the whole past.
ExpectedPlan planMasked(const OpView &op, int64_t heads) {
  AttentionPlan plan;
  plan.type = op.in(Query).dtype;
  plan.outputs.assign(4, ValueInfo::tensor(plan.type));
  for (unsigned input : {Query, Key, Value, PastKey, PastValue})
    if (op.has(input) && !op.ranked(input))
      return plan;
  if (Error e = requireRank(op, Query, 3))
    return e;
  const Shape &q = *op.in(Query).shape;
  bool packed = !op.has(Key);
  bool cross = !packed && op.in(Key).rank() == 4;
  auto size = headSize(op, q[2], packed ? heads * 3 : heads);
  if (!size)
    return size.takeError();
  plan.dims = {q[0], heads, heads, q[1], q[1], *size, *size};
  AttentionDims &d = plan.dims;
  if (!packed && op.has(Value) && op.in(Value).rank() >= 3)
    d.valueSize = cross ? op.in(Value).shape->back()
                        : op.in(Value).shape->back().exactDiv(heads).value_or(*size);
  if (cross)
    d.keyLength = op.in(Key).dim(2);
  llvm::Expected<Expr> present = cross ? d.keyLength : addMaskedPast(op, plan);
  if (!present)
    return present.takeError();
  plan.known = true;
  plan.outputs = {ValueInfo::tensor(plan.type, Shape{d.batch, d.queryLength, d.valueSize * heads}),
                  ValueInfo::tensor(plan.type, Shape{d.batch, heads, *present, d.headSize}),
                  ValueInfo::tensor(plan.type, Shape{d.batch, heads, *present, d.valueSize}),
                  ValueInfo::tensor(plan.type, Shape{d.batch, heads, d.queryLength, d.keyLength})};
  if (Error e = checkMask(op, Mask, d, d.keyLength))
    return e;
  plan.extraOps = d.scores() * scoreAdditions(op, {Mask, ScoreBias});
  if (op.has(kMaskedBias))
    plan.extraOps += d.batch * q[1] * heads * (d.headSize * (cross ? 1 : 2) + d.valueSize);
  return plan;
}

/// A boolean operand; nullopt if only the run knows it.
std::optional<bool> flag(const OpView &op, unsigned input) {
  auto value = op.scalar(input);
  return value ? std::optional<bool>(*value != 0) : std::nullopt;
}

/// DecoderAttention: query [S, B, hidden], key [T, B, hidden].
ExpectedPlan planSequenceFirst(const OpView &op, int64_t heads) {
  constexpr unsigned kKeyMask = 5, kKeyCache = 6, kStaticKv = 8, kUsePast = 9;
  if (Error e = requireInputs(op, 5))
    return e;
  for (unsigned input : {Query, Key})
    if (Error e = requireRank(op, input, 3))
      return e;
  AttentionPlan plan;
  plan.type = plan.projectionType = op.in(Query).dtype;
  plan.outputs.assign(3, ValueInfo::tensor(plan.type));
  plan.outputs[0].shape = op.in(Query).shape;
  if (!op.ranked(Query) || !op.ranked(Key) || (op.has(kKeyCache) && !op.ranked(kKeyCache)))
    return plan;
  const Shape &q = *op.in(Query).shape;
  auto size = headSize(op, q[2], heads);
  if (!size)
    return size.takeError();
  if (Error e = requireRank(op, kKeyCache, 4))
    return e;
  Expr cached = op.has(kKeyCache) ? op.in(kKeyCache).dim(2) : Expr(0);
  const Expr &keys = op.in(Key).dim(0);
  auto cross = flag(op, kStaticKv), past = flag(op, kUsePast);
  // Cross attention projects the key unless it is cached; self attention
  // projects the query and appends it to what is cached.
  Expr fresh = Expr::max(q[0], keys), length = cached + fresh;
  if (cross && past) {
    fresh = *cross ? (*past ? Expr(0) : keys) : q[0];
    length = *past ? cached + fresh : fresh;
  } else {
    plan.bound = "whether keys come from the cache is known at run time only";
  }
  plan.known = true;
  plan.dims = {q[1], heads, heads, q[0], length, *size, *size};
  plan.projections = {{1, q[0] * q[1], q[2], q[2]}};
  if (!fresh.is(0))
    plan.projections.push_back({1, fresh * q[1], q[2] * 2, q[2]});
  Expr newLength = plan.bound.empty() ? length : op.ctx->dataDependentDim("cache", length);
  for (unsigned i : {1, 2})
    plan.outputs[i].shape = Shape{q[1], heads, newLength, *size};
  plan.extraOps = (q[0] + fresh * 2) * q[1] * q[2] + plan.dims.scores() * op.has(kKeyMask);
  return plan;
}

} // namespace

ExpectedPlan energyopt::planDecoder(const OpView &op, ContribAttentionForm form) {
  if (Error e = requireInputs(op, 1))
    return e;
  auto heads = positiveAttr(op, "num_heads");
  if (!heads)
    return heads.takeError();
  return form == ContribAttentionForm::Decoder ? planSequenceFirst(op, *heads)
                                               : planMasked(op, *heads);
}
