//===- Attention.cpp - Scaled dot-product attention -----------------------===//

#include "Cost/Families/Attention.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Softmax.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

void energyopt::addAttentionProducts(const OpView &op, Work &work, DType dtype,
                                     const AttentionDims &dims) {
  Expr heads = dims.batch * dims.queryHeads;
  ContractionDims scores = {heads, dims.queryLength, dims.keyLength, dims.headSize};
  ContractionDims values = {heads, dims.queryLength, dims.valueSize, dims.keyLength};
  work.add(WorkClass::BatchMatMul, dtype, contractionMacs(scores), scores);
  work.add(WorkClass::BatchMatMul, dtype, contractionMacs(values), values);
  explainProduct(op, work, "macs = B*Hq*Sq*Sk*(D + Dv)",
                 {dims.batch, dims.queryHeads, dims.queryLength, dims.keyLength,
                  dims.headSize + dims.valueSize});
}

void energyopt::addAttention(const OpView &op, Work &work, DType dtype, const AttentionDims &dims) {
  addAttentionProducts(op, work, dtype, dims);
  addElementwise(work, dtype, dims.scaled(), 1);
  addSoftmax(work, dtype, dims.scores());
}

namespace {
/// Operands of ai.onnx Attention.
enum AttentionInput : unsigned { Query, Key, Value, Mask, PastKey, PastValue, KeyLengths };
enum AttentionOutput : unsigned { Result, PresentKey, PresentValue, Scores };
} // namespace

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Heads of a rank-3 operand [B, S, heads*size], from attribute `name`.
static Expected<Expr> headsAttr(const OpView &op, llvm::StringRef name, const Expr &hidden) {
  int64_t heads = op.intAttr(name, 0);
  if (heads < 1)
    return op.error("attribute '" + name + "' is " + Twine(heads) +
                    ", expected at least 1 for operands of rank 3");
  if (auto constant = hidden.constant(); constant && *constant % heads != 0)
    return op.error("attribute '" + name + "' is " + Twine(heads) +
                    ", which does not divide the hidden size " + Twine(*constant));
  return Expr(heads);
}

namespace {
/// An operand as [batch, heads, length, size].
struct HeadedShape {
  Expr batch, heads, length, size;
};
} // namespace

static Expected<HeadedShape> headed(const OpView &op, unsigned input, llvm::StringRef headsName) {
  const Shape &shape = *op.in(input).shape;
  if (shape.size() == 4)
    return HeadedShape{shape[0], shape[1], shape[2], shape[3]};
  if (shape.size() != 3)
    return op.error("input " + Twine(input) + " has rank " + Twine(shape.size()) +
                    ", expected 3 or 4");
  auto heads = headsAttr(op, headsName, shape[2]);
  if (!heads)
    return heads.takeError();
  return HeadedShape{shape[0], *heads, shape[1], shape[2].floorDiv(*heads)};
}

/// `a` and `b` must be one size; says which if they are not.
static Error unifyInto(const OpView &op, Expr &a, const Expr &b, llvm::StringRef what) {
  auto same = op.ctx->unify(a, b);
  if (!same)
    return op.error(what + " differ: " + a.str() + " and " + b.str());
  a = *same;
  return Error::success();
}

/// Length of the past keys; 0 without a past.
static Expected<Expr> pastLength(const OpView &op, const HeadedShape &key) {
  if (!op.has(PastKey))
    return Expr(0);
  if (Error error = requireRank(op, PastKey, 4))
    return std::move(error);
  const Shape &past = *op.in(PastKey).shape;
  Expr batch = key.batch, heads = key.heads, size = key.size;
  if (Error error = unifyInto(op, batch, past[0], "batch sizes of key and past"))
    return std::move(error);
  if (Error error = unifyInto(op, heads, past[1], "heads of key and past"))
    return std::move(error);
  if (Error error = unifyInto(op, size, past[3], "head sizes of key and past"))
    return std::move(error);
  return past[2];
}

static bool knowsRanks(const OpView &op) {
  return op.ranked(Query) && op.ranked(Key) && op.ranked(Value) &&
         (!op.has(PastKey) || op.ranked(PastKey));
}

/// Checks and collects the sizes; needs every rank.
static Expected<AttentionDims> attentionDims(const OpView &op) {
  auto query = headed(op, Query, "q_num_heads");
  if (!query)
    return query.takeError();
  auto key = headed(op, Key, "kv_num_heads");
  if (!key)
    return key.takeError();
  auto value = headed(op, Value, "kv_num_heads");
  if (!value)
    return value.takeError();
  if (Error error = unifyInto(op, query->batch, key->batch, "batch sizes of query and key"))
    return std::move(error);
  if (Error error = unifyInto(op, query->size, key->size, "head sizes of query and key"))
    return std::move(error);
  if (Error error = unifyInto(op, key->heads, value->heads, "heads of key and value"))
    return std::move(error);
  if (Error error = unifyInto(op, key->length, value->length, "lengths of key and value"))
    return std::move(error);
  auto queryHeads = query->heads.constant(), keyHeads = key->heads.constant();
  if (queryHeads && keyHeads && (*keyHeads == 0 || *queryHeads % *keyHeads != 0))
    return op.error(Twine(*queryHeads) + " query heads are not a multiple of " + Twine(*keyHeads) +
                    " key heads");
  auto past = pastLength(op, *key);
  if (!past)
    return past.takeError();
  return AttentionDims{query->batch,        query->heads, key->heads, query->length,
                       key->length + *past, query->size,  value->size};
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

/// The mask broadcasts to [B, Hq, Sq, Sk]; its last dim may be shorter.
static Error checkMask(const OpView &op, const AttentionDims &dims) {
  if (!op.ranked(Mask))
    return Error::success();
  const Shape &mask = *op.in(Mask).shape;
  if (mask.size() < 2 || mask.size() > 4)
    return op.error("attn_mask has rank " + Twine(mask.size()) + ", expected 2 to 4");
  Shape target = {dims.batch, dims.queryHeads, dims.queryLength, mask.back()};
  auto length = mask.back().constant(), keys = dims.keyLength.constant();
  if (length && keys && *length > *keys)
    return op.error("attn_mask has " + Twine(*length) + " columns for " + Twine(*keys) + " keys");
  return requireBroadcastTo(op, Mask, target);
}

static Error attentionShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  if (op.has(PastKey) != op.has(PastValue))
    return op.error("past_key and past_value must be given together");
  setOutput(op, Result, op.in(Query).dtype);
  setOutput(op, PresentKey, op.in(Key).dtype);
  setOutput(op, PresentValue, op.in(Value).dtype);
  setOutput(op, Scores, op.in(Query).dtype);
  if (!knowsRanks(op))
    return Error::success();
  auto dims = attentionDims(op);
  if (!dims)
    return dims.takeError();
  if (Error error = checkMask(op, *dims))
    return error;
  const AttentionDims &d = *dims;
  Shape result = op.in(Query).rank() == 4
                     ? Shape{d.batch, d.queryHeads, d.queryLength, d.valueSize}
                     : Shape{d.batch, d.queryLength, d.queryHeads * d.valueSize};
  setOutput(op, Result, op.in(Query).dtype, result);
  setOutput(op, PresentKey, op.in(Key).dtype, Shape{d.batch, d.keyHeads, d.keyLength, d.headSize});
  setOutput(op, PresentValue, op.in(Value).dtype,
            Shape{d.batch, d.keyHeads, d.keyLength, d.valueSize});
  setOutput(op, Scores, op.in(Query).dtype,
            Shape{d.batch, d.queryHeads, d.queryLength, d.keyLength});
  return Error::success();
}

/// Builds the additive mask: selects for a boolean one, the causal triangle,
/// the padding of a static cache. Returns its shape.
static Shape addMaskWork(const OpView &op, Work &work, const AttentionDims &dims) {
  DType type = op.in(Query).dtype;
  Shape bias = {dims.queryLength, dims.keyLength};
  if (op.ranked(Mask)) {
    bias = *op.in(Mask).shape;
    if (op.in(Mask).dtype == DType::Bool)
      addElementwise(work, type, numElements(bias), 1);
    bias.back() = dims.keyLength;
  }
  bias.insert(bias.begin(), 4 - bias.size(), Expr(1));
  bool padded = op.has(KeyLengths);
  auto combine = [&](const Expr &batch, const Expr &rows) {
    // One select per element of the part, one addition per element of the sum.
    Expr part = batch * rows * dims.keyLength;
    work.add(WorkClass::Vector, DType::I64, part);
    bias[0] = bias[0].is(1) ? batch : bias[0];
    bias[2] = bias[2].is(1) ? rows : bias[2];
    addElementwise(work, type, part + numElements(bias), 1);
  };
  if (op.intAttr("is_causal", 0))
    combine(padded ? dims.batch : Expr(1), dims.queryLength);
  if (padded)
    combine(dims.batch, 1);
  return bias;
}

/// Scales Q and the repeated K by the root of the scale, which itself takes 4
/// operations.
static void addScaling(Work &work, DType type, const AttentionDims &dims) {
  Expr lengths = dims.queryLength + dims.keyLength;
  addElementwise(work, type, dims.batch * dims.queryHeads * lengths * dims.headSize, 1);
  addElementwise(work, DType::F32, 1, 4);
  if (type != DType::F32)
    addElementwise(work, DType::F32, 1, 1);
}

/// M31: M30, scaling of Q and of the repeated K, softcap, the mask's addition,
/// M13, and the test for rows that are masked whole. Source: function body of
/// Attention in ONNX Operators.md.
static Work attentionWork(const OpView &op, const RuleParams &) {
  if (!knowsRanks(op))
    return unknownShape(op);
  auto dims = attentionDims(op);
  if (!dims)
    return unmodelledError(dims.takeError());
  Work work = wholeTensorWork(op);
  DType type = op.in(Query).dtype;
  Expr scores = dims->scores();
  addAttentionProducts(op, work, type, *dims);
  addScaling(work, type, *dims);
  if (op.floatAttr("softcap", 0) != 0)
    addElementwise(work, type, scores, 2, 1);
  Shape mask = addMaskWork(op, work, *dims);
  // Maximum of each row of the mask, and its test.
  Expr rows = numElements(llvm::ArrayRef<Expr>(mask).drop_back());
  addElementwise(work, type, rows * mask.back() + rows, 1);
  // Made in float32 like its two constants, then converted.
  if (type != DType::F32)
    addElementwise(work, DType::F32, rows * mask.back() + 2, 1);
  // Add the mask; select zero in rows without a key.
  addElementwise(work, type, scores, 2);
  DType precision = static_cast<DType>(op.intAttr("softmax_precision", static_cast<int64_t>(type)));
  addSoftmax(work, precision, scores);
  if (precision != type)
    work.add(WorkClass::Vector, precision, Expr(2) * scores);
  return work;
}

const Family energyopt::attentionFamily = {
    "attention", "M31: macs = B*Hq*Sq*Sk*(D + Dv), and masks and softmax per score", attentionShape,
    attentionWork};

//===----------------------------------------------------------------------===//
// FlexAttention
//===----------------------------------------------------------------------===//

static Error flexAttentionShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  for (unsigned i : {Query, Key, Value})
    if (Error error = requireRank(op, i, 4))
      return error;
  setOutput(op, Result, op.in(Query).dtype);
  if (!knowsRanks(op))
    return Error::success();
  auto dims = attentionDims(op);
  if (!dims)
    return dims.takeError();
  setOutput(op, Result, op.in(Query).dtype,
            Shape{dims->batch, dims->queryHeads, dims->queryLength, dims->valueSize});
  return Error::success();
}

/// M31 without masks; the modifier subgraphs are rows of their own.
static Work flexAttentionWork(const OpView &op, const RuleParams &) {
  if (!knowsRanks(op))
    return unknownShape(op);
  auto dims = attentionDims(op);
  if (!dims)
    return unmodelledError(dims.takeError());
  Work work = wholeTensorWork(op);
  DType type = op.in(Query).dtype;
  DType precision = static_cast<DType>(op.intAttr(
      "softmax_precision", static_cast<int64_t>(type == DType::F64 ? DType::F64 : DType::F32)));
  addAttentionProducts(op, work, type, *dims);
  addScaling(work, type, *dims);
  addSoftmax(work, precision, dims->scores());
  if (precision != type)
    work.add(WorkClass::Vector, precision, Expr(2) * dims->scores());
  return work;
}

const Family energyopt::flexAttentionFamily = {"flexattention",
                                               "M31 without masks: macs = B*Hq*Sq*Sk*(D + Dv)",
                                               flexAttentionShape, flexAttentionWork};
