//===- ContribNorm.cpp - Fused normalizations of com.microsoft ------------===//

#include "Cost/Families/ContribNorm.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Normalize.h"
#include "Cost/Families/Quantize.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {

/// Rows of a tensor that is normalized along its last dim.
Expr rowsOf(const ValueInfo &info) {
  Shape rows(info.shape->begin(), std::prev(info.shape->end()));
  return numElements(rows);
}

/// The vectors of a normalization have as many elements as its rows.
Error requireVectors(const OpView &op, std::initializer_list<unsigned> inputs) {
  if (!op.ranked(0) || op.in(0).rank() < 1)
    return Error::success();
  for (unsigned input : inputs)
    if (op.has(input))
      if (Error e = requireVector(op, input, op.in(0).shape->back()))
        return e;
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Skip + normalization
//===----------------------------------------------------------------------===//

Error checkSkip(const OpView &op, bool rms) {
  if (Error e = requireInputs(op, 3))
    return e;
  if (Error e = requireAtMostInputs(op, rms ? 4 : 5))
    return e;
  if (Error e = requireSameType(op, {0, 1}))
    return e;
  if (op.ranked(0) && op.in(0).rank() != 3 && op.in(0).rank() != 2)
    return op.error("input 0 has rank " + Twine(op.in(0).rank()) +
                    ", expected [batch, sequence, hidden] or [tokens, hidden]");
  if (op.ranked(0) && op.ranked(1))
    if (Error e = requireBroadcastTo(op, 1, *op.in(0).shape))
      return e;
  return requireVectors(op, {2, 3, 4});
}

Error shapeSkipNorm(OpView &op, const RuleParams &params) {
  auto form = static_cast<SkipNormForm>(params.a);
  if (form == SkipNormForm::Simplified) {
    if (Error e = requireInputs(op, 2))
      return e;
  } else if (Error e = checkSkip(op, form == SkipNormForm::Rms)) {
    return e;
  }
  if (Error e = requireFloat(op, 0))
    return e;
  if (Error e = requireRankAtLeast(op, 0, 1))
    return e;
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  std::optional<Shape> statistics = op.in(0).shape;
  if (statistics)
    statistics->back() = 1;
  if (form == SkipNormForm::Simplified) {
    setOutput(op, 1, DType::F32, statistics);
    return Error::success();
  }
  setOutput(op, 1, DType::F32, statistics);
  setOutput(op, 2, DType::F32, statistics);
  setOutput(op, 3, op.in(0).dtype, op.in(0).shape);
  return Error::success();
}

Work workSkipNorm(const OpView &op, const RuleParams &params) {
  auto form = static_cast<SkipNormForm>(params.a);
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  DType type = op.in(0).dtype;
  Expr elements = op.in(0).elements();
  unsigned bias = form == SkipNormForm::Rms ? 3 : 4;
  if (form != SkipNormForm::Simplified)
    addElementwise(work, type, elements, 1 + op.has(bias));
  NormSteps steps;
  steps.rms = form != SkipNormForm::Layer;
  steps.bias = form == SkipNormForm::Layer && op.has(3);
  steps.inverse = wants(op, form == SkipNormForm::Simplified ? 1 : 2);
  addNormalization(op, work, type, elements, rowsOf(op.in(0)), steps);
  return work;
}

//===----------------------------------------------------------------------===//
// Embedding + normalization
//===----------------------------------------------------------------------===//

/// Inputs: ids, segments?, word, position and segment? tables, gamma, beta,
/// mask?, and position ids (or from 8 on, scales and zero points).
Error shapeEmbedNorm(OpView &op, const RuleParams &params) {
  if (!op.has(0) || !op.has(2) || !op.has(3))
    return op.error("needs input_ids, word_embedding and position_embedding");
  if (op.has(1) != op.has(4))
    return op.error("segment_ids and segment_embedding must be given together");
  for (unsigned input : {0, 2, 3})
    if (Error e = requireRank(op, input, 2))
      return e;
  DType type = params.a ? DType::F32 : op.in(2).dtype;
  std::optional<Shape> shape, batch;
  if (op.ranked(0)) {
    batch = Shape{op.in(0).dim(0)};
    if (op.ranked(2)) {
      const Expr &hidden = op.in(2).dim(1);
      for (unsigned table : {3, 4})
        if (op.ranked(table) && op.in(table).rank() == 2 &&
            !op.ctx->unify(hidden, op.in(table).dim(1)))
          return op.error("input " + Twine(table) + " embeds in " + op.in(table).dim(1).str() +
                          " values, the words in " + hidden.str());
      for (unsigned vector : {5, 6})
        if (Error e = requireVector(op, vector, hidden))
          return e;
      shape = Shape{op.in(0).dim(0), op.in(0).dim(1), hidden};
    }
  }
  setOutput(op, 0, type, shape);
  setOutput(op, 1, DType::I32, batch);
  setOutput(op, 2, type, shape);
  return Error::success();
}

/// Each table is read by rows, one per token, and never more than whole.
Work workEmbedNorm(const OpView &op, const RuleParams &params) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  const ValueInfo &out = op.outputs[0];
  Expr elements = out.elements(), tokens = rowsOf(out);
  for (unsigned table : {2, 3, 4})
    if (op.has(table))
      work.readBytes[table] =
          Expr::min(work.readBytes[table], bytesOf(op.in(table).dtype, elements));
  int64_t tables = 2 + op.has(4);
  addElementwise(work, out.dtype, elements,
                 tables - 1 + (params.a ? tables * dequantizeOps(true) : 0));
  addNormalization(op, work, out.dtype, elements, tokens, {});
  if (op.has(7)) // counts the mask
    addElementwise(work, DType::I32, tokens, 1);
  return work;
}

//===----------------------------------------------------------------------===//
// GroupNorm
//===----------------------------------------------------------------------===//

Error shapeContribGroupNorm(OpView &op, const RuleParams &params) {
  if (Error e = requireInputs(op, params.a ? 4 : 3))
    return e;
  if (Error e = requireRankAtLeast(op, 0, 3))
    return e;
  auto groups = positiveAttr(op, "groups");
  if (!groups)
    return groups.takeError();
  if (!op.hasAttr("activation"))
    return op.error("attribute activation is required");
  int64_t activation = op.intAttr("activation", 0);
  if (activation != 0 && activation != 1)
    return op.error("attribute activation is " + Twine(activation) + ", expected 0 or 1 (SiLU)");
  if (op.ranked(0)) {
    const Expr &channels =
        op.intAttr("channels_last", 1) ? op.in(0).shape->back() : op.in(0).dim(1);
    if (channels.constant() && *channels.constant() % *groups != 0)
      return op.error(channels.str() + " channels do not divide into " + Twine(*groups) +
                      " groups");
    for (unsigned vector : {1, 2})
      if (Error e = requireVector(op, vector, channels))
        return e;
  }
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  setOutput(op, 1, op.in(0).dtype, op.in(0).shape);
  return Error::success();
}

Work workContribGroupNorm(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  DType type = op.in(0).dtype;
  Expr elements = op.in(0).elements();
  if (params.a)
    addElementwise(work, type, elements, 1 + op.has(4));
  addNormalization(op, work, type, elements, op.in(0).dim(0) * op.intAttr("groups", 1), {});
  if (op.intAttr("activation", 0) == 1 && !addActivation(op, work, "Swish", type, elements))
    return unknownActivation("Swish");
  return work;
}

//===----------------------------------------------------------------------===//
// Gated and quantized ones
//===----------------------------------------------------------------------===//

Error shapeGatedNorm(OpView &op, const RuleParams &params) {
  auto form = static_cast<GatedNormForm>(params.a);
  if (Error e = requireInputs(op, 3))
    return e;
  if (Error e = requireRankAtLeast(op, 0, 1))
    return e;
  if (form == GatedNormForm::Rms && op.ranked(0) && op.ranked(1)) {
    Expr group = op.in(1).elements();
    if (!op.in(0).shape->back().mod(group).is(0) && group.isConstant() &&
        op.in(0).shape->back().isConstant())
      return op.error("rows of " + op.in(0).shape->back().str() + " do not divide into groups of " +
                      group.str());
  }
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  if (form == GatedNormForm::Engram)
    setOutput(op, 1, op.in(0).dtype, op.in(0).shape);
  return Error::success();
}

/// N1: per row of EngramGate a dot product of hidden size and 10 operations
/// with a sigmoid on it; per element the product with the value.
void addEngram(const OpView &op, Work &work, const Expr &elements, const Expr &rows) {
  DType type = op.in(0).dtype;
  NormSteps rms;
  rms.rms = true, rms.bias = false;
  for (int norm = 0; norm < 2 + wants(op, 1); ++norm)
    addNormalization(op, work, type, elements, rows, rms);
  addMatMul(op, work, type, false, {rows, 1, 1, op.in(0).shape->back()});
  addElementwise(work, type, rows, 9, 1); // scale, |x|, max, root, sign, *, sigmoid
  addElementwise(work, type, elements, 1);
}

Work workGatedNorm(const OpView &op, const RuleParams &params) {
  auto form = static_cast<GatedNormForm>(params.a);
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Expr elements = op.in(0).elements(), rows = rowsOf(op.in(0));
  if (form == GatedNormForm::Engram) {
    addEngram(op, work, elements, rows);
    return work;
  }
  NormSteps steps;
  if (form == GatedNormForm::Quantized) {
    steps.bias = op.has(3);
    addElementwise(work, DType::F32, elements, dequantizeOps(false) + quantizeOps(false));
    addNormalization(op, work, DType::F32, elements, rows, steps);
    return work;
  }
  steps.rms = true, steps.bias = false;
  if (op.ranked(1))
    rows = elements.exactDiv(op.in(1).elements()).value_or(rows);
  addNormalization(op, work, DType::F32, elements, rows, steps);
  if (!addActivation(op, work, "Swish", DType::F32, elements))
    return unknownActivation("Swish");
  addElementwise(work, DType::F32, elements, 1);
  return work;
}

} // namespace

const Family energyopt::skipNormFamily = {
    "layernorm", "M20, M21 + elements for each of skip and bias", shapeSkipNorm, workSkipNorm};
const Family energyopt::embedNormFamily = {
    "embed-layernorm", "M20 + (tables - 1)*elements; reads one row a token of each table",
    shapeEmbedNorm, workEmbedNorm};
const Family energyopt::contribGroupNormFamily = {"groupnorm",
                                                  "M20 with rows = N*groups, + skip, bias, SiLU",
                                                  shapeContribGroupNorm, workContribGroupNorm};
const Family energyopt::gatedNormFamily = {"layernorm", "N1: M20, M21 and a gate", shapeGatedNorm,
                                           workGatedNorm};
