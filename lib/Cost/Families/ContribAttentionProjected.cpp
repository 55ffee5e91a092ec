//===- ContribAttentionProjected.cpp - Attention with its projection ------===//
//
// Attention, QAttention, QOrderedAttention, PackedAttention and
// DecoderMaskedSelfAttention project Q, K and V themselves, from one merged
// weight or three; LongformerAttention attends locally.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/ContribAttention.h"
#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Quantize.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

namespace {

/// Where the ops keep their operands; -1: it has none.
struct Layout {
  int weights, bias, mask, past, scoreBias, pastLength;
};

Layout layoutOf(ContribAttentionForm form) {
  switch (form) {
  case ContribAttentionForm::QAttention:
    return {1, 2, 5, 8, -1, -1};
  case ContribAttentionForm::Ordered:
    return {5, 11, 17, 18, 19, -1};
  case ContribAttentionForm::Packed:
    return {1, 2, -1, -1, 5, -1};
  default: // Attention, DecoderMaskedSelfAttention
    return {1, 2, 3, 4, 5, 6};
  }
}

/// Hidden sizes of Q (and K) and of V.
struct HiddenSizes {
  Expr query, value;
};

Expected<HiddenSizes> hiddenSizes(const OpView &op, const Expr &columns) {
  auto sizes = op.intsAttr("qkv_hidden_sizes");
  if (sizes && !sizes->empty()) {
    if (sizes->size() != 3)
      return op.error("qkv_hidden_sizes has " + Twine(sizes->size()) + " entries, expected 3");
    for (int64_t size : *sizes)
      if (size < 1)
        return op.error("qkv_hidden_sizes holds " + Twine(size) + ", expected positive sizes");
    if ((*sizes)[0] != (*sizes)[1])
      return op.error("qkv_hidden_sizes gives Q and K different sizes: " + Twine((*sizes)[0]) +
                      " and " + Twine((*sizes)[1]));
    Expr sum = Expr((*sizes)[0]) + (*sizes)[1] + (*sizes)[2];
    if (columns.isConstant() && sum != columns)
      return op.error("qkv_hidden_sizes sum to " + sum.str() + ", but the weight has " +
                      columns.str() + " columns");
    return HiddenSizes{(*sizes)[0], (*sizes)[2]};
  }
  if (auto count = columns.constant(); count && *count % 3 != 0)
    return op.error("the merged weight has " + Twine(*count) +
                    " columns, which do not divide into Q, K and V");
  Expr hidden = columns.exactDiv(3).value_or(columns.floorDiv(3));
  return HiddenSizes{hidden, hidden};
}

/// Columns of the merged weight, or of the three of QOrderedAttention.
Expected<Expr> projectionColumns(const OpView &op, ContribAttentionForm form, int weights,
                                 const Expr &inputs) {
  Expr columns = 0;
  int count = form == ContribAttentionForm::Ordered ? 3 : 1;
  for (int i = weights; i < weights + count; ++i) {
    if (Error e = requireRank(op, i, 2))
      return e;
    Expr rows = op.in(i).dim(0);
    if (Error e = unifySizes(op, rows, inputs, "rows of the weight and columns of the input"))
      return e;
    columns += op.in(i).dim(1);
  }
  return columns;
}

DType resultType(const OpView &op, ContribAttentionForm form) {
  return form == ContribAttentionForm::QAttention ? op.in(2).dtype : op.in(0).dtype;
}

Error checkOperands(const OpView &op, ContribAttentionForm form, const Layout &at) {
  unsigned needed = form == ContribAttentionForm::QAttention ? 5
                    : form == ContribAttentionForm::Packed   ? 5
                                                             : at.weights + 1;
  if (Error e = requireInputs(op, needed))
    return e;
  if (form == ContribAttentionForm::Attention || form == ContribAttentionForm::Packed ||
      form == ContribAttentionForm::MaskedSelf) {
    if (Error e = requireFloat(op, 0))
      return e;
    if (Error e = requireSameType(op, {0, at.weights, at.bias}))
      return e;
  }
  int64_t rotary = op.intAttr("rotary_embedding_dim", 0);
  if (rotary != 0 && rotary != 32 && rotary != 64 && rotary != 128)
    return op.error("rotary_embedding_dim is " + Twine(rotary) + ", expected 32, 64 or 128");
  return requireRank(op, 0, form == ContribAttentionForm::Packed ? 2 : 3);
}

/// Batch and sequence length: of the input, or of the unpacked tokens.
Expected<std::pair<Expr, Expr>> batchAndLength(const OpView &op, ContribAttentionForm form) {
  if (form != ContribAttentionForm::Packed)
    return std::pair(op.in(0).dim(0), op.in(0).dim(1));
  if (Error e = requireRank(op, 3, 2))
    return e;
  return std::pair(op.in(3).dim(0), op.in(3).dim(1));
}

/// Adds the past to the keys, and the present to the outputs.
Error planPast(const OpView &op, const Layout &at, AttentionPlan &plan) {
  AttentionDims &dims = plan.dims;
  Expr present = dims.keyLength;
  DType type = resultType(op, ContribAttentionForm::Attention);
  if (at.past >= 0 && op.has(at.past)) {
    if (Error e = requireRank(op, at.past, 5))
      return e;
    const Shape &past = *op.in(at.past).shape;
    Expr batch = dims.batch, heads = dims.queryHeads, size = dims.headSize;
    if (past[0].constant().value_or(2) != 2)
      return op.error("past has " + past[0].str() + " parts, expected 2 (keys and values)");
    if (Error e = unifySizes(op, batch, past[1], "batch sizes of input and past"))
      return e;
    if (Error e = unifySizes(op, heads, past[2], "heads of op and past"))
      return e;
    if (Error e = unifySizes(op, size, past[4], "head sizes of op and past"))
      return e;
    type = op.in(at.past).dtype;
    Expr added = dims.keyLength;
    if (op.intAttr("past_present_share_buffer", 0)) {
      Expr filled = pastInBuffer(op, at.pastLength, past[3], added, plan);
      dims.keyLength = filled + added;
      present = past[3];
      Expr row = dims.batch * dims.queryHeads * dims.headSize * 2;
      plan.reads.push_back({at.past, bytesOf(type, row * filled)});
      plan.writes.push_back({1, bytesOf(type, row * added)});
    } else {
      dims.keyLength = past[3] + added;
      present = dims.keyLength;
    }
  }
  plan.outputs.push_back(
      ValueInfo::tensor(type, Shape{2, dims.batch, dims.queryHeads, present, dims.headSize}));
  return Error::success();
}

} // namespace

/// The projections and sizes, before any past. Needs the ranks of input, weights
/// and (packed) token offsets.
static Error planSizes(const OpView &op, ContribAttentionForm form, const Layout &at, int64_t heads,
                       AttentionPlan &plan) {
  bool packed = form == ContribAttentionForm::Packed;
  const Shape &input = *op.in(0).shape;
  auto columns = projectionColumns(op, form, at.weights, input.back());
  if (!columns)
    return columns.takeError();
  if (op.has(at.bias) && form != ContribAttentionForm::Ordered)
    if (Error e = requireVector(op, at.bias, *columns))
      return e;
  auto hidden = hiddenSizes(op, *columns);
  if (!hidden)
    return hidden.takeError();
  auto size = headSize(op, hidden->query, heads), valueSize = headSize(op, hidden->value, heads);
  if (!size || !valueSize)
    return llvm::joinErrors(size.takeError(), valueSize.takeError());
  auto sequence = batchAndLength(op, form);
  if (!sequence)
    return sequence.takeError();

  auto &[batch, length] = *sequence;
  plan.dims = {batch, heads, heads, length, length, *size, *valueSize};
  Expr rows = packed ? input[0] : batch * length;
  plan.projections.push_back({1, rows, *columns, input.back()});
  Shape result(input.begin(), input.end());
  result.back() = hidden->value;
  plan.outputs = {ValueInfo::tensor(plan.type, std::move(result))};
  if (op.has(at.bias))
    plan.extraOps += rows * *columns;
  if (form == ContribAttentionForm::QAttention) // int32 sums to float
    plan.extraOps += rows * *columns * dequantizeOps(false);
  if (op.intAttr("do_rotary", 0))
    plan.rotated = rows * hidden->query * 2;
  if (packed) {
    // Each token attends its own sequence, no longer than the longest.
    plan.dims.batch = 1;
    plan.dims.queryLength = rows;
    plan.bound = "sequences may be shorter than the longest";
  }
  plan.known = true;
  return Error::success();
}

ExpectedPlan energyopt::planProjected(const OpView &op, ContribAttentionForm form) {
  Layout at = layoutOf(form);
  if (Error e = checkOperands(op, form, at))
    return e;
  auto heads = positiveAttr(op, "num_heads");
  if (!heads)
    return heads.takeError();
  AttentionPlan plan;
  plan.type = resultType(op, form);
  plan.projectionType = op.in(0).dtype;
  plan.outputs = {ValueInfo::tensor(plan.type), ValueInfo::tensor(plan.type)};
  bool packed = form == ContribAttentionForm::Packed;
  bool pastKnown = at.past < 0 || !op.has(at.past) || op.ranked(at.past);
  if (!op.ranked(0) || !op.ranked(at.weights) || !pastKnown || (packed && !op.ranked(3)))
    return plan;
  if (Error e = planSizes(op, form, at, *heads, plan))
    return e;
  Expr length = plan.dims.keyLength;
  if (!packed && form != ContribAttentionForm::Ordered)
    if (Error e = planPast(op, at, plan))
      return e;
  if (at.mask >= 0)
    if (Error e = checkMask(op, at.mask, plan.dims, length, /*maxRank=*/4))
      return e;
  if (at.scoreBias >= 0 && !packed)
    if (Error e = checkScoreBias(op, at.scoreBias, plan.dims, !op.has(at.past)))
      return e;
  plan.extraOps += plan.dims.scores() * scoreAdditions(op, {static_cast<unsigned>(at.mask),
                                                            static_cast<unsigned>(at.scoreBias)});
  return plan;
}

ExpectedPlan energyopt::planLongformer(const OpView &op, ContribAttentionForm form) {
  bool ordered = form == ContribAttentionForm::LongformerOrdered;
  unsigned weight = ordered ? 2 : 1, globalWeight = ordered ? 8 : 4;
  if (Error e = requireInputs(op, ordered ? 14 : 7))
    return e;
  auto heads = positiveAttr(op, "num_heads");
  if (!heads)
    return heads.takeError();
  auto window = positiveAttr(op, "window");
  if (!window)
    return window.takeError();
  if (Error e = requireRank(op, 0, 3))
    return e;
  for (unsigned input : {weight, globalWeight})
    if (Error e = requireRank(op, input, 2))
      return e;
  AttentionPlan plan;
  plan.type = plan.projectionType = op.in(0).dtype;
  plan.outputs = {ValueInfo::tensor(plan.type, op.in(0).shape)};
  if (!op.ranked(0) || !op.ranked(weight))
    return plan;
  const Shape &input = *op.in(0).shape;
  auto size = headSize(op, input[2], *heads);
  if (!size)
    return size.takeError();
  const Expr &columns = op.in(weight).dim(1);
  Expr rows = input[0] * input[1];
  plan.known = true;
  // Local and global projections are both made for every token.
  plan.projections = {{1, rows, columns, input[2]}, {1, rows, columns, input[2]}};
  plan.extraOps = rows * columns * 2;
  // Per query 2W + 1 neighbours and at most W global tokens; W global queries
  // see all. Source: LongformerAttention in ContribOperators.md, whose kernels
  // allow no more global tokens than the window.
  Expr keys = Expr::min(op.ctx->upperBound(input[1]), Expr(*window) * 4 + 1);
  plan.dims = {input[0], *heads, *heads, input[1], keys, *size, *size};
  plan.extraOps += plan.dims.scores();
  plan.bound = "how many tokens attend globally depends on the data";
  return plan;
}
