//===- LinearAttention.cpp - Attention as a recurrence --------------------===//
//
// LinearAttention keeps a state matrix per head and updates it token by token;
// its cost is linear in the sequence length.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/Attention.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Elementwise.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

namespace {
enum Input : unsigned { Query, Key, Value, PastState, Decay, Beta };

struct LinearDims {
  Expr batch, length, queryHeads, keyHeads, keySize, valueSize;
  Shape state() const { return {batch, keyHeads, keySize, valueSize}; }
};
} // namespace

static Expected<Expr> split(const OpView &op, unsigned input, const Expr &heads) {
  const Expr &hidden = op.in(input).dim(2);
  auto size = hidden.constant(), count = heads.constant();
  if (size && count && *size % *count != 0)
    return op.error("the " + Twine(*size) + " columns of input " + Twine(input) +
                    " do not divide into " + Twine(*count) + " heads");
  return hidden.floorDiv(heads);
}

/// Needs the ranks of query, key and value, which are [B, T, heads*size].
static Expected<LinearDims> linearDims(const OpView &op) {
  for (unsigned i : {Query, Key, Value})
    if (Error error = requireRank(op, i, 3))
      return std::move(error);
  int64_t queryHeads = op.intAttr("q_num_heads", 0), keyHeads = op.intAttr("kv_num_heads", 0);
  if (queryHeads < 1 || keyHeads < 1 || queryHeads % keyHeads != 0)
    return op.error("attributes 'q_num_heads' = " + Twine(queryHeads) + " and 'kv_num_heads' = " +
                    Twine(keyHeads) + ": the former must be a multiple of the latter, at least 1");
  LinearDims dims{op.in(Query).dim(0), op.in(Query).dim(1), queryHeads, keyHeads, 0, 0};
  auto querySize = split(op, Query, dims.queryHeads);
  if (!querySize)
    return querySize.takeError();
  auto keySize = split(op, Key, dims.keyHeads);
  if (!keySize)
    return keySize.takeError();
  auto valueSize = split(op, Value, dims.keyHeads);
  if (!valueSize)
    return valueSize.takeError();
  auto size = op.ctx->unify(*querySize, *keySize);
  if (!size)
    return op.error("head sizes of query and key differ: " + querySize->str() + " and " +
                    keySize->str());
  dims.keySize = *size;
  dims.valueSize = *valueSize;
  return dims;
}

static bool knowsRanks(const OpView &op) {
  return op.ranked(Query) && op.ranked(Key) && op.ranked(Value);
}

namespace {
struct UpdateRule {
  bool gated, delta;
};
} // namespace

static UpdateRule updateRule(const OpView &op) {
  std::string rule = op.stringAttr("update_rule", "gated_delta");
  return {rule == "gated" || rule == "gated_delta", rule == "delta" || rule == "gated_delta"};
}

static Error linearAttentionShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  if (Error error = requireOneOf(op, "update_rule", op.stringAttr("update_rule", "gated_delta"),
                                 {"linear", "gated", "delta", "gated_delta"}))
    return error;
  UpdateRule rule = updateRule(op);
  if (rule.gated != op.has(Decay) || rule.delta != op.has(Beta))
    return op.error("attribute 'update_rule' asks for other operands than decay and beta given");
  setOutput(op, 0, op.in(Query).dtype);
  setOutput(op, 1, op.in(Query).dtype);
  if (!knowsRanks(op))
    return Error::success();
  auto dims = linearDims(op);
  if (!dims)
    return dims.takeError();
  if (Error error = requireBroadcastTo(op, PastState, dims->state()))
    return error;
  setOutput(op, 0, op.in(Query).dtype,
            Shape{dims->batch, dims->length, dims->queryHeads * dims->valueSize});
  setOutput(op, 1, op.in(Query).dtype, dims->state());
  return Error::success();
}

/// The default scale, 1/sqrt(Dk), takes 3 operations; narrower operands,
/// results and the state are converted.
static void addScaleAndConversions(const OpView &op, Work &work, DType type,
                                   const LinearDims &dims) {
  if (op.floatAttr("scale", 0) == 0)
    addElementwise(work, type, 1, 3);
  if (op.in(Query).dtype == type)
    return;
  Expr converted = numElements(dims.state()) * (op.has(PastState) ? 2 : 1) +
                   dims.batch * dims.length * dims.queryHeads * dims.valueSize;
  for (unsigned i : {Query, Key, Value, Decay, Beta})
    if (op.ranked(i))
      converted += op.in(i).elements();
  addElementwise(work, type, converted, 1);
}

/// M33: per token and key head, S += k v^T and, per query head, o = scale*q S:
/// macs = B*T*(Hkv + Hq)*Dk*Dv. A delta rule first reads S^T k (as many again
/// as the update) and corrects v; a gate scales S by exp(decay). Source:
/// function body of LinearAttention in ONNX Operators.md.
static Work linearAttentionWork(const OpView &op, const RuleParams &) {
  if (!knowsRanks(op))
    return unknownShape(op);
  auto dims = linearDims(op);
  if (!dims)
    return unmodelledError(dims.takeError());
  Work work = wholeTensorWork(op);
  // States are kept in float32 at least.
  DType type = op.in(Query).dtype == DType::F64 ? DType::F64 : DType::F32;
  Expr tokens = dims->batch * dims->length;
  Expr states = tokens * dims->keyHeads, reads = tokens * dims->queryHeads;
  Expr cells = states * dims->keySize * dims->valueSize;
  UpdateRule rule = updateRule(op);
  if (rule.gated) {
    if (op.ranked(Decay))
      addElementwise(work, type, op.in(Decay).elements(), 0, 1);
    addElementwise(work, type, cells, 1);
  }
  if (rule.delta) {
    addMatMul(op, work, type, false, {states, dims->valueSize, 1, dims->keySize});
    addElementwise(work, type, states * dims->valueSize, 2);
  }
  addMatMul(op, work, type, false, {states, dims->keySize, dims->valueSize, 1});
  addElementwise(work, type, cells, 1);
  addMatMul(op, work, type, false, {reads, 1, dims->valueSize, dims->keySize});
  addElementwise(work, type, reads * dims->valueSize, 1);
  addScaleAndConversions(op, work, type, *dims);
  return work;
}

const Family energyopt::linearAttentionFamily = {
    "linearattention", "M33: macs = B*T*(Hkv + Hq)*Dk*Dv, + Hkv for a delta rule",
    linearAttentionShape, linearAttentionWork};
