//===- ContribAttention.cpp - Attention ops of com.microsoft --------------===//
//
// From a plan to outputs and work, and the checks that all readers share.
//
//===----------------------------------------------------------------------===//

#include "Cost/Families/ContribAttention.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/RunTime.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Shared checks
//===----------------------------------------------------------------------===//

Error energyopt::unifySizes(const OpView &op, Expr &a, const Expr &b, const Twine &what) {
  auto same = op.ctx->unify(a, b);
  if (!same)
    return op.error(what + " differ: " + a.str() + " and " + b.str());
  a = *same;
  return Error::success();
}

Expected<Expr> energyopt::headSize(const OpView &op, const Expr &hidden, int64_t heads) {
  if (auto size = hidden.constant(); size && *size % heads != 0)
    return op.error("a hidden size of " + Twine(*size) + " does not divide into " + Twine(heads) +
                    " heads");
  return hidden.exactDiv(heads).value_or(hidden.floorDiv(heads));
}

/// True if the dim is one of `sizes`. One that is open is assumed to be the
/// first that it can be.
static bool isOneOf(const OpView &op, const Expr &dim, std::initializer_list<Expr> sizes) {
  return llvm::is_contained(sizes, dim) || llvm::any_of(sizes, [&](const Expr &size) {
           return op.ctx->unify(size, dim).has_value();
         });
}

Error energyopt::checkMask(const OpView &op, unsigned input, const AttentionDims &dims,
                           const Expr &length, size_t maxRank) {
  if (!op.has(input))
    return Error::success();
  auto isI32 = [](DType type) { return type == DType::I32; };
  if (Error e = requireType(op, input, isI32, "int32"))
    return e;
  if (!op.ranked(input))
    return Error::success();
  const Shape &mask = *op.in(input).shape;
  if (mask.empty() || mask.size() > maxRank)
    return op.error("mask (input " + Twine(input) + ") has rank " + Twine(mask.size()) +
                    ", expected 1 to " + Twine(maxRank));
  auto keys = [&](const Expr &dim) { return isOneOf(op, dim, {dims.keyLength, length}); };
  bool fits = false;
  switch (mask.size()) {
  case 1:
    fits = isOneOf(op, mask[0], {dims.batch, dims.batch * 2, dims.batch * 3 + 2});
    break;
  case 2:
    fits = isOneOf(op, mask[0], {dims.batch}) && keys(mask[1]);
    break;
  case 3:
    fits = isOneOf(op, mask[0], {dims.batch}) && isOneOf(op, mask[1], {dims.queryLength}) &&
           keys(mask[2]);
    break;
  default: // [batch, 1, max, max]
    fits = isOneOf(op, mask[0], {dims.batch}) && isOneOf(op, mask[1], {1}) &&
           isOneOf(op, mask[2], {mask[3]});
    break;
  }
  if (fits)
    return Error::success();
  return op.error("mask (input " + Twine(input) + ") " + op.in(input).str() +
                  " does not fit a batch of " + dims.batch.str() + " with " +
                  dims.queryLength.str() + " queries and " + dims.keyLength.str() + " keys");
}

Error energyopt::checkScoreBias(const OpView &op, unsigned input, const AttentionDims &dims,
                                bool exact) {
  if (!op.has(input) || !op.ranked(input))
    return Error::success();
  if (Error e = requireRank(op, input, 4))
    return e;
  const Shape &bias = *op.in(input).shape;
  bool fits = (bias[0].is(1) || isOneOf(op, bias[0], {dims.batch})) &&
              (bias[1].is(1) || isOneOf(op, bias[1], {dims.queryHeads})) &&
              isOneOf(op, bias[2], {dims.queryLength}) &&
              (!exact || isOneOf(op, bias[3], {dims.keyLength}));
  if (fits)
    return Error::success();
  return op.error("attention bias (input " + Twine(input) + ") " + op.in(input).str() +
                  " does not fit scores of [" + dims.batch.str() + "," + dims.queryHeads.str() +
                  "," + dims.queryLength.str() + "," + dims.keyLength.str() + "]");
}

int64_t energyopt::scoreAdditions(const OpView &op, std::initializer_list<unsigned> inputs) {
  int64_t additions = op.intAttr("unidirectional", 0) != 0;
  for (unsigned input : inputs)
    additions += op.has(input);
  return additions;
}

Expr energyopt::pastInBuffer(const OpView &op, unsigned lengthInput, const Expr &capacity,
                             const Expr &added, AttentionPlan &plan) {
  if (auto length = op.intData(lengthInput); length && length->size() == 1)
    return (*length)[0];
  plan.bound = "how much of the cache is filled is known at run time only";
  return Expr::max(0, op.ctx->upperBound(capacity) - added);
}

//===----------------------------------------------------------------------===//
// From plan to outputs and work
//===----------------------------------------------------------------------===//

static ExpectedPlan planOf(const OpView &op, const RuleParams &params) {
  auto form = static_cast<ContribAttentionForm>(params.a);
  switch (form) {
  case ContribAttentionForm::Attention:
  case ContribAttentionForm::QAttention:
  case ContribAttentionForm::Ordered:
  case ContribAttentionForm::Packed:
  case ContribAttentionForm::MaskedSelf:
    return planProjected(op, form);
  case ContribAttentionForm::Longformer:
  case ContribAttentionForm::LongformerOrdered:
    return planLongformer(op, form);
  case ContribAttentionForm::MultiHead:
  case ContribAttentionForm::PackedMultiHead:
    return planMultiHead(op, form);
  case ContribAttentionForm::Decoder:
  case ContribAttentionForm::MaskedMultiHead:
    return planDecoder(op, form);
  case ContribAttentionForm::GroupQuery:
  case ContribAttentionForm::Sparse:
  case ContribAttentionForm::Paged:
    return planCached(op, form);
  }
  return op.error("unknown attention");
}

static Error shapeAttention(OpView &op, const RuleParams &params) {
  auto plan = planOf(op, params);
  if (!plan)
    return plan.takeError();
  for (unsigned i = 0; i < plan->outputs.size(); ++i)
    setOutput(op, i, plan->outputs[i]);
  return Error::success();
}

/// A1: M30 with scaling and softmax, behind macs = rows*in*out of the QKV
/// projection and M32 of what is rotated; an operation per score for each mask
/// and bias.
static Work workAttention(const OpView &op, const RuleParams &params) {
  auto plan = planOf(op, params);
  if (!plan)
    return unmodelledError(plan.takeError());
  if (!plan->known)
    return unknownShape(op);
  Work work = tensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  for (const ContractionDims &projection : plan->projections)
    addMatMul(op, work, plan->projectionType, /*parameter=*/true, projection);
  if (!plan->rotated.is(0))
    addRotation(op, work, plan->type, plan->rotated);
  addAttention(op, work, plan->type, plan->dims);
  if (!plan->extraOps.is(0))
    work.add(WorkClass::Vector, plan->type, plan->extraOps);
  for (const auto &[input, bytes] : plan->reads)
    if (input < work.readBytes.size())
      work.readBytes[input] = Expr::min(work.readBytes[input], bytes);
  for (const auto &[output, bytes] : plan->writes)
    if (output < work.writeBytes.size())
      work.writeBytes[output] = Expr::min(work.writeBytes[output], bytes);
  if (!plan->bound.empty())
    markBounded(work, plan->bound);
  return work;
}

const Family energyopt::contribAttentionFamily = {
    "attention", "A1: macs = B*Hq*Sq*Sk*(D + Dv) + rows*in*out; masks, rotation, softmax",
    shapeAttention, workAttention};
