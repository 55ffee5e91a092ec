//===- ContribAttentionCached.cpp - Attention over a key-value cache ------===//
//
// The decoding ops: grouped queries over linear or paged caches, sparse
// layouts, and the older decoder ops with their in-place caches.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/ContribAttention.h"
#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Normalize.h"
#include "Cost/Families/Quantize.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

namespace {

/// Operands of the cached ops; -1: it has none.
struct Layout {
  int total;               // scalar: longest total sequence
  int cosCache, scoreBias; // sines follow the cosines
  int queryNorm, keyScale;
};

Layout layoutOf(ContribAttentionForm form) {
  switch (form) {
  case ContribAttentionForm::Sparse:
    return {7, 9, -1, -1, -1};
  case ContribAttentionForm::Paged:
    return {-1, 8, -1, 12, 14};
  default: // GroupQuery
    return {6, 7, 10, 14, 12};
  }
}

enum Input : unsigned { Query, Key, Value, PastKey, PastValue };

struct Heads {
  int64_t query, key;
};

Expected<Heads> readHeads(const OpView &op) {
  auto query = positiveAttr(op, "num_heads");
  if (!query)
    return query.takeError();
  auto key = positiveAttr(op, "kv_num_heads");
  if (!key)
    return key.takeError();
  if (*query % *key != 0)
    return op.error(Twine(*query) + " query heads do not divide into " + Twine(*key) +
                    " groups (kv_num_heads)");
  return Heads{*query, *key};
}

/// Exporters fill an unused operand with a placeholder of too small a rank.
bool hasKey(const OpView &op, int64_t rank) { return op.ranked(Key) && op.in(Key).rank() == rank; }

/// Size of a head: of the query's columns, or those of packed Q, K and V.
Expected<Expr> sizeOfHead(const OpView &op, const Heads &heads, bool packed) {
  const Expr &columns = op.in(Query).shape->back();
  auto size = headSize(op, columns, packed ? heads.query + 2 * heads.key : heads.query);
  if (!size || packed)
    return size;
  Expr keys = op.in(Key).shape->back();
  if (Error e =
          unifySizes(op, keys, *size * heads.key, "columns of key and kv_num_heads*head size"))
    return e;
  return size;
}

/// Per-head RMS norms of Q and K, rotation, masks, softcap, cache scales.
void addSteps(const OpView &op, const Layout &at, const Heads &heads, const Expr &rows,
              AttentionPlan &plan) {
  const AttentionDims &d = plan.dims;
  Expr turned = rows * (heads.query + heads.key) * d.headSize;
  if (op.intAttr("do_rotary", 0)) {
    plan.rotated = turned;
    for (unsigned table : {at.cosCache, at.cosCache + 1})
      if (op.has(table))
        plan.reads.push_back({table, bytesOf(op.in(table).dtype, rows * d.headSize.ceilDiv(2))});
  }
  int64_t perScore = op.intAttr("causal", op.intAttr("is_causal", 1)) != 0;
  perScore += at.scoreBias >= 0 && op.has(at.scoreBias);
  perScore += op.floatAttr("softcap", 0) != 0 ? 3 : 0; // divide, tanh, multiply
  plan.extraOps = d.scores() * perScore;
  if (at.queryNorm >= 0 && op.has(at.queryNorm)) {
    NormSteps steps;
    steps.rms = true, steps.bias = false;
    plan.extraOps += normalizationOps(turned, rows * (heads.query + heads.key), steps);
  }
  if (at.keyScale >= 0 && op.has(at.keyScale))
    plan.extraOps +=
        d.batch * d.keyHeads * d.keyLength * (d.headSize + d.valueSize) * dequantizeOps(false);
}

/// A window keeps each query to its latest keys.
void applyWindow(const OpView &op, AttentionPlan &plan) {
  int64_t window = op.intAttr("local_window_size", -1);
  if (window > 0)
    plan.dims.keyLength = Expr::min(plan.dims.keyLength, window);
}

/// Keys that an attended block layout leaves: at most max_nnz blocks of
/// block^2 scores in each head, and never more than all.
Error applyLayout(const OpView &op, AttentionPlan &plan) {
  auto block = positiveAttr(op, "sparse_block_size");
  if (!block)
    return block.takeError();
  if (Error e = requireRank(op, 6, 2))
    return e;
  plan.bound = "which blocks a layout keeps is known at run time only";
  if (!op.ranked(6))
    return Error::success();
  Expr scores = op.in(6).dim(1) * *block * *block;
  plan.dims.keyLength =
      Expr::min(plan.dims.keyLength, scores.ceilDiv(Expr::max(1, plan.dims.queryLength)));
  return Error::success();
}

/// What a cache makes of the present: its length, and how wide a row is stored.
struct CacheShape {
  Expr present, stored;
};

/// The past agrees with the query: batch, heads, and the size of a head, of
/// which a 4-bit cache stores two values a byte.
Error checkPast(const OpView &op, const Heads &heads, const AttentionDims &d) {
  for (unsigned past : {PastKey, PastValue}) {
    if (Error e = requireRank(op, past, 4))
      return e;
    Expr batch = d.batch, pastHeads = op.in(past).dim(1);
    if (Error e = unifySizes(op, batch, op.in(past).dim(0), "batch sizes of query and past"))
      return e;
    if (Error e = unifySizes(op, pastHeads, heads.key, "heads of the past and kv_num_heads"))
      return e;
  }
  const Expr &stored = op.in(PastKey).dim(3);
  Expr elements = op.intAttr("kv_cache_bit_width", 8) == 4 ? stored * 2 : stored;
  return unifySizes(op, elements, d.headSize, "head sizes of past and query");
}

/// Extends the keys by the past. The past fills its buffer unless the total
/// says how far it is filled; the present is the same buffer if the total fits
/// it. (ONNX Runtime, GroupQueryAttention's shape inference)
llvm::Expected<CacheShape> addPast(const OpView &op, ContribAttentionForm form, const Heads &heads,
                                   AttentionPlan &plan) {
  AttentionDims &d = plan.dims;
  if (!op.has(PastKey))
    return CacheShape{d.keyLength, d.headSize};
  if (Error e = checkPast(op, heads, d))
    return e;
  const Expr &capacity = op.in(PastKey).dim(2), &stored = op.in(PastKey).dim(3);
  Expr added = d.keyLength;
  bool inPlace = form == ContribAttentionForm::Sparse;
  auto total = op.intData(layoutOf(form).total);
  if (total && total->size() == 1)
    d.keyLength = Expr::max((*total)[0], added);
  else
    d.keyLength = inPlace ? capacity : capacity + added;
  Expr present = inPlace ? capacity : Expr::max(capacity, d.keyLength);

  DType type = op.in(PastKey).dtype;
  Expr row = d.batch * heads.key * stored;
  for (unsigned past : {PastKey, PastValue})
    plan.reads.push_back({past, bytesOf(type, row * Expr::max(0, d.keyLength - added))});
  if (present == capacity)
    plan.writes = {{1, bytesOf(type, row * added)}, {2, bytesOf(type, row * added)}};
  return CacheShape{present, stored};
}

/// GroupQueryAttention and SparseAttention: caches [B, Nkv, C, D].
ExpectedPlan planLinearCache(const OpView &op, ContribAttentionForm form, const Heads &heads,
                             AttentionPlan plan) {
  Layout at = layoutOf(form);
  if (Error e = requireRank(op, Query, 3))
    return e;
  const Shape &q = *op.in(Query).shape;
  bool packed = !hasKey(op, 3);
  auto size = sizeOfHead(op, heads, packed);
  if (!size)
    return size.takeError();
  Expr added = packed ? q[1] : op.in(Key).dim(1);
  plan.dims = {q[0], heads.query, heads.key, q[1], added, *size, *size};
  AttentionDims &d = plan.dims;
  auto cache = addPast(op, form, heads, plan);
  if (!cache)
    return cache.takeError();

  plan.known = true;
  DType cacheType = op.has(PastKey) ? op.in(PastKey).dtype : plan.type;
  Shape present = {d.batch, heads.key, cache->present, cache->stored};
  Shape scores = {d.batch, heads.query, d.queryLength, d.keyLength};
  plan.outputs = {ValueInfo::tensor(plan.type, Shape{q[0], q[1], Expr(heads.query) * *size}),
                  ValueInfo::tensor(cacheType, present), ValueInfo::tensor(cacheType, present),
                  ValueInfo::tensor(plan.type, scores)};
  if (at.scoreBias >= 0)
    if (Error e = checkScoreBias(op, at.scoreBias, d, false))
      return e;
  applyWindow(op, plan);
  if (form == ContribAttentionForm::Sparse)
    if (Error e = applyLayout(op, plan))
      return e;
  addSteps(op, at, heads, d.batch * d.queryLength, plan);
  return plan;
}

/// PagedAttention: tokens of all sequences in a row, caches [blocks, block
/// size, Nkv, D], a table of the blocks of each sequence.
ExpectedPlan planPagedCache(const OpView &op, const Heads &heads, AttentionPlan plan) {
  constexpr unsigned kTable = 7;
  if (Error e = requireRank(op, Query, 2))
    return e;
  if (Error e = requireRank(op, PastKey, 4))
    return e;
  if (Error e = requireRank(op, kTable, 2))
    return e;
  bool packed = !hasKey(op, 2);
  auto size = sizeOfHead(op, heads, packed);
  if (!size)
    return size.takeError();
  const Expr &tokens = op.in(Query).dim(0);
  const Shape &cache = *op.in(PastKey).shape;
  Expr valueSize = op.intAttr("v_head_size", 0) > 0 ? Expr(op.intAttr("v_head_size", 0)) : *size;
  Expr longest = op.in(kTable).dim(1) * cache[1];
  plan.known = true;
  plan.dims = {1, heads.query, heads.key, tokens, longest, *size, valueSize};
  plan.bound = "how long each sequence is, is known at run time only";
  plan.outputs = {ValueInfo::tensor(plan.type, Shape{tokens, Expr(heads.query) * valueSize}),
                  ValueInfo::tensor(op.in(PastKey).dtype, op.in(PastKey).shape)};
  if (op.has(PastValue))
    plan.outputs.push_back(ValueInfo::tensor(op.in(PastValue).dtype, op.in(PastValue).shape));
  // Each sequence reads its blocks once; the new tokens are written in place.
  Expr row = cache[2] * cache[3];
  for (unsigned past : {PastKey, PastValue})
    if (op.has(past)) {
      DType type = op.in(past).dtype;
      plan.reads.push_back({past, bytesOf(type, op.in(kTable).elements() * cache[1] * row)});
      plan.writes.push_back({past == PastKey ? 1u : 2u, bytesOf(type, tokens * row)});
    }
  applyWindow(op, plan);
  addSteps(op, layoutOf(ContribAttentionForm::Paged), heads, tokens, plan);
  return plan;
}

} // namespace

ExpectedPlan energyopt::planCached(const OpView &op, ContribAttentionForm form) {
  if (Error e = requireInputs(op, 1))
    return e;
  auto heads = readHeads(op);
  if (!heads)
    return heads.takeError();
  AttentionPlan plan;
  plan.type = op.in(Query).dtype;
  DType cacheType = op.has(PastKey) ? op.in(PastKey).dtype : plan.type;
  plan.outputs = {ValueInfo::tensor(plan.type), ValueInfo::tensor(cacheType),
                  ValueInfo::tensor(cacheType), ValueInfo::tensor(plan.type)};
  if (form != ContribAttentionForm::Paged && op.has(PastKey) != op.has(PastValue))
    return op.error("past_key and past_value must be given together");
  if (form != ContribAttentionForm::GroupQuery && !op.has(PastKey))
    return op.error("the key cache (input 3) is missing");
  for (unsigned input : {Query, Key, PastKey, PastValue})
    if (op.has(input) && !op.ranked(input))
      return plan;
  if (form != ContribAttentionForm::Paged)
    return planLinearCache(op, form, *heads, std::move(plan));
  if (!op.has(7))
    return op.error("the block table (input 7) is missing");
  if (!op.ranked(7))
    return plan;
  return planPagedCache(op, *heads, std::move(plan));
}
