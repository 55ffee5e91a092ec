//===- ContribAttentionMultiHead.cpp - Attention on projected operands ----===//
//
// MultiHeadAttention and PackedMultiHeadAttention: Q, K and V come projected,
// apart or packed in one tensor.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/ContribAttention.h"
#include "Cost/Families/ContribMatMul.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

namespace {

enum Input : unsigned {
  Query,
  Key,
  Value,
  Bias,
  KeyMask,
  ScoreBias,
  PastKey,
  PastValue,
  PastLength
};

/// Number of packed parts (3: QKV, 2: KV), which must be constant.
Error requireParts(const OpView &op, unsigned input, unsigned axis, int64_t parts) {
  const Expr &dim = op.in(input).dim(axis);
  if (dim.constant().value_or(parts) != parts)
    return op.error("input " + Twine(input) + " packs " + dim.str() + " tensors, expected " +
                    Twine(parts));
  return Error::success();
}

/// Key and value are absent, or part of what another operand packs.
Error requireAbsent(const OpView &op, std::initializer_list<unsigned> inputs, const char *packed) {
  for (unsigned input : inputs)
    if (op.has(input))
      return op.error("input " + Twine(input) + " must be absent: " + packed);
  return Error::success();
}

/// [B, S, N, 3, H]
Expected<AttentionDims> packedQkv(const OpView &op, int64_t heads) {
  if (Error e = requireAbsent(op, {Key, Value}, "the query packs Q, K and V"))
    return e;
  if (Error e = requireParts(op, Query, 3, 3))
    return e;
  const Shape &q = *op.in(Query).shape;
  Expr number = q[2];
  if (Error e = unifySizes(op, number, heads, "num_heads and heads of the query"))
    return e;
  return AttentionDims{q[0], heads, heads, q[1], q[1], q[4], q[4]};
}

/// Query [B, S, hidden]; key and value of rank 3, packed in rank 5, or already
/// split by heads (cross attention).
Expected<AttentionDims> separateQuery(const OpView &op, int64_t heads) {
  const Shape &q = *op.in(Query).shape;
  auto size = headSize(op, q[2], heads);
  if (!size)
    return size.takeError();
  AttentionDims dims{q[0], heads, heads, q[1], 1, *size, *size};
  if (!op.has(Key))
    return op.error("key (input 1) is missing, and the query of rank 3 does not pack it");
  const Shape &k = *op.in(Key).shape;
  if (k.size() != 3 && k.size() != 4 && k.size() != 5)
    return op.error("key has rank " + Twine(k.size()) + ", expected 3, 4 or 5");
  if (Error e = unifySizes(op, dims.batch, k[0], "batch sizes of query and key"))
    return e;
  if (k.size() == 5) {
    if (Error e = requireAbsent(op, {Value}, "the key packs K and V"))
      return e;
    if (Error e = requireParts(op, Key, 3, 2))
      return e;
    if (Error e = unifySizes(op, dims.headSize, k[4], "head sizes of query and key"))
      return e;
    dims.keyLength = k[1];
    return dims;
  }
  if (!op.has(Value))
    return op.error("value (input 2) is missing");
  const Shape &v = *op.in(Value).shape;
  if (v.size() != k.size())
    return op.error("value has rank " + Twine(v.size()) + ", expected the key's " +
                    Twine(k.size()));
  bool split = k.size() == 4;
  dims.keyLength = split ? k[2] : k[1];
  if (Error e = unifySizes(op, dims.keyLength, split ? v[2] : v[1], "lengths of key and value"))
    return e;
  if (split) {
    for (const Expr &number : {k[1], v[1]})
      if (Error e = unifySizes(op, dims.keyHeads, number, "num_heads and heads of key or value"))
        return e;
    if (Error e = unifySizes(op, dims.headSize, k[3], "head sizes of query and key"))
      return e;
    dims.valueSize = v[3];
    return dims;
  }
  Expr hidden = q[2];
  if (Error e = unifySizes(op, hidden, k[2], "hidden sizes of query and key"))
    return e;
  auto valueSize = headSize(op, v[2], heads);
  if (!valueSize)
    return valueSize.takeError();
  dims.valueSize = *valueSize;
  return dims;
}

/// One past operand: [B, N, P, size]. Returns P.
Expected<Expr> pastOperand(const OpView &op, unsigned input, const AttentionDims &dims,
                           const Expr &size) {
  if (Error e = requireRank(op, input, 4))
    return e;
  const Shape &past = *op.in(input).shape;
  const std::pair<Expr, const char *> expected[] = {
      {dims.batch, "batch size"}, {dims.keyHeads, "num_heads"}, {size, "head size"}};
  const unsigned axes[] = {0, 1, 3};
  for (unsigned i = 0; i < 3; ++i) {
    Expr own = past[axes[i]];
    if (Error e = unifySizes(op, own, expected[i].first,
                             "past (input " + Twine(input) + ") and " + expected[i].second))
      return e;
  }
  return past[2];
}

/// Extends the keys by the past. Returns the length of the present.
Expected<Expr> addPast(const OpView &op, AttentionPlan &plan) {
  AttentionDims &dims = plan.dims;
  if (op.has(PastLength))
    if (Error e = requireType(op, PastLength, [](DType t) { return t == DType::I32; }, "int32"))
      return e;
  if (!op.has(PastKey) && !op.has(PastValue))
    return dims.keyLength;
  if (!op.has(PastKey))
    return op.error("past_value is given without past_key");
  auto keys = pastOperand(op, PastKey, dims, dims.headSize);
  if (!keys)
    return keys.takeError();
  if (!op.has(PastValue))
    return op.error("past_key is given without past_value");
  auto values = pastOperand(op, PastValue, dims, dims.valueSize);
  if (!values)
    return values.takeError();
  if (Error e = unifySizes(op, *keys, *values, "lengths of past_key and past_value"))
    return e;
  Expr added = dims.keyLength;
  if (!op.has(PastLength)) {
    dims.keyLength = *keys + added;
    return dims.keyLength;
  }
  // A shared buffer: only what is filled is read, only what is new written.
  Expr filled = pastInBuffer(op, PastLength, *keys, added, plan);
  dims.keyLength = filled + added;
  Expr rows = dims.batch * dims.keyHeads;
  DType type = op.in(PastKey).dtype;
  plan.reads = {{PastKey, bytesOf(type, rows * filled * dims.headSize)},
                {PastValue, bytesOf(type, rows * filled * dims.valueSize)}};
  plan.writes = {{1, bytesOf(type, rows * added * dims.headSize)},
                 {2, bytesOf(type, rows * added * dims.valueSize)}};
  return *keys;
}

bool ranksKnown(const OpView &op) {
  for (unsigned input : {Query, Key, Value, PastKey, PastValue})
    if (op.has(input) && !op.ranked(input))
      return false;
  return true;
}

/// Bias of the projections in front: hidden + hidden + value hidden.
Error checkBias(const OpView &op, const AttentionDims &dims) {
  if (!op.has(Bias))
    return Error::success();
  return requireVector(op, Bias,
                       dims.queryHeads * dims.headSize * 2 + dims.queryHeads * dims.valueSize);
}

ExpectedPlan planPackedMultiHead(const OpView &op, int64_t heads) {
  // token_offset [batch, sequence] at 4, cumulative lengths at 5, bias at 6.
  AttentionPlan plan;
  plan.type = op.in(Query).dtype;
  plan.outputs = {ValueInfo::tensor(plan.type)};
  if (!op.ranked(Query) || !op.ranked(4) || (op.has(Value) && !op.ranked(Value)))
    return plan;
  if (Error e = requireRank(op, 4, 2))
    return e;
  const Shape &q = *op.in(Query).shape;
  if (q.size() != 2 && q.size() != 4)
    return op.error("query has rank " + Twine(q.size()) +
                    ", expected [tokens, hidden] or [tokens, heads, 3, size]");
  AttentionDims dims{1, heads, heads, q[0], op.in(4).dim(1), 1, 1};
  if (q.size() == 4) {
    if (Error e = requireParts(op, Query, 2, 3))
      return e;
    dims.headSize = dims.valueSize = q[3];
  } else {
    if (!op.has(Key) || !op.has(Value))
      return op.error("key and value are missing, and the query does not pack them");
    auto size = headSize(op, q[1], heads);
    auto valueSize = headSize(op, op.in(Value).shape->back(), heads);
    if (!size || !valueSize)
      return llvm::joinErrors(size.takeError(), valueSize.takeError());
    dims.headSize = *size, dims.valueSize = *valueSize;
  }
  if (Error e = checkBias(op, dims))
    return e;
  plan.known = true;
  plan.dims = dims;
  plan.outputs[0].shape = Shape{q[0], Expr(heads) * dims.valueSize};
  plan.extraOps = dims.scores() * op.has(6);
  if (op.has(Bias))
    plan.extraOps += q[0] * op.in(Bias).elements();
  plan.bound = "sequences may be shorter than the longest";
  return plan;
}

} // namespace

ExpectedPlan energyopt::planMultiHead(const OpView &op, ContribAttentionForm form) {
  if (Error e = requireInputs(op, 1))
    return e;
  auto heads = positiveAttr(op, "num_heads");
  if (!heads)
    return heads.takeError();
  if (form == ContribAttentionForm::PackedMultiHead)
    return planPackedMultiHead(op, *heads);
  AttentionPlan plan;
  plan.type = op.in(Query).dtype;
  plan.outputs.assign(4, ValueInfo::tensor(plan.type));
  if (!ranksKnown(op))
    return plan;
  int64_t rank = op.in(Query).rank();
  if (rank != 3 && rank != 5)
    return op.error("query has rank " + Twine(rank) + ", expected 3, or 5 if it packs Q, K and V");
  auto dims = rank == 5 ? packedQkv(op, *heads) : separateQuery(op, *heads);
  if (!dims)
    return dims.takeError();
  plan.known = true;
  plan.dims = *dims;
  if (Error e = checkBias(op, *dims))
    return e;
  Expr added = dims->keyLength;
  auto present = addPast(op, plan);
  if (!present)
    return present.takeError();
  if (Error e = checkMask(op, KeyMask, plan.dims, added))
    return e;
  if (Error e = checkScoreBias(op, ScoreBias, plan.dims, !op.has(PastKey)))
    return e;

  const AttentionDims &d = plan.dims;
  plan.outputs = {
      ValueInfo::tensor(plan.type, Shape{d.batch, d.queryLength, d.queryHeads * d.valueSize}),
      ValueInfo::tensor(plan.type, Shape{d.batch, d.keyHeads, *present, d.headSize}),
      ValueInfo::tensor(plan.type, Shape{d.batch, d.keyHeads, *present, d.valueSize}),
      ValueInfo::tensor(plan.type, Shape{d.batch, d.queryHeads, d.queryLength, d.keyLength})};
  plan.extraOps = d.scores() * scoreAdditions(op, {KeyMask, ScoreBias});
  if (op.has(Bias))
    plan.extraOps +=
        d.batch * d.queryHeads * (d.queryLength * d.headSize + added * (d.headSize + d.valueSize));
  return plan;
}
