//===- ContribPosition.cpp - Positions in attention -----------------------===//

#include "Cost/Families/ContribPosition.h"
#include "Cost/Families/Attention.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

namespace {

//===----------------------------------------------------------------------===//
// Rotary embeddings
//===----------------------------------------------------------------------===//

enum RotaryInput : unsigned { Data, Positions, Cosines, Sines };

/// Size of a head and how much of it turns: [B, N, S, H], or [B, S, hidden]
/// with num_heads, or heads as wide as the cosine table serves.
struct RotaryDims {
  Expr batch, length, hidden, size, turned;
};

Expected<RotaryDims> rotaryDims(const OpView &op) {
  const Shape &data = *op.in(Data).shape;
  if (data.size() != 3 && data.size() != 4)
    return op.error("input 0 has rank " + Twine(data.size()) + ", expected 3 or 4");
  bool split = data.size() == 4;
  Expr half = op.in(Cosines).dim(1);
  int64_t part = op.intAttr("rotary_embedding_dim", 0), heads = op.intAttr("num_heads", 0);
  if (part < 0 || heads < 0)
    return op.error("rotary_embedding_dim and num_heads must not be negative");
  if (part && !heads && !split)
    return op.error("rotary_embedding_dim needs num_heads");
  RotaryDims dims{data[0], split ? data[2] : data[1], split ? data[1] * data[3] : data[2], 1, 1};
  dims.size = split ? data[3] : heads ? data[2].floorDiv(heads) : half * 2;
  dims.turned = part ? Expr(part) : dims.size;
  Expr pairs = dims.turned.floorDiv(2);
  if (!op.ctx->unify(pairs, half))
    return op.error("the cosine table has " + half.str() + " columns for " + pairs.str() +
                    " pairs");
  if (auto hidden = dims.hidden.constant(), size = dims.size.constant();
      hidden && size && (*size == 0 || *hidden % *size != 0))
    return op.error("a hidden size of " + Twine(*hidden) + " does not divide into heads of " +
                    Twine(*size));
  return dims;
}

/// Positions [1] (an offset) or [batch, sequence].
Error checkPositions(const OpView &op, const RotaryDims &dims) {
  if (!op.ranked(Positions))
    return Error::success();
  const Shape &ids = *op.in(Positions).shape;
  if (ids.size() == 0 || (ids.size() == 1 && ids[0].constant().value_or(1) == 1))
    return Error::success();
  if (ids.size() == 2 && op.ctx->unify(ids[0], dims.batch) && op.ctx->unify(ids[1], dims.length))
    return Error::success();
  return op.error("position_ids " + op.in(Positions).str() + " is neither [1] nor [" +
                  dims.batch.str() + "," + dims.length.str() + "]");
}

Error shapeGemma(OpView &op) {
  if (Error e = requireInputs(op, 5))
    return e;
  if (Error e = requireRank(op, 0, 3))
    return e;
  for (unsigned input = 1; input < 5; ++input)
    if (Error e = requireRank(op, input, 4))
      return e;
  if (Error e = requireSameType(op, {1, 2, 3, 4}))
    return e;
  setOutput(op, 0, op.in(1).dtype, op.in(1).shape);
  setOutput(op, 1, op.in(3).dtype, op.in(3).shape);
  return Error::success();
}

Error shapeRotary(OpView &op, const RuleParams &params) {
  auto form = static_cast<RotaryForm>(params.a);
  if (form == RotaryForm::Gemma)
    return shapeGemma(op);
  if (Error e = requireInputs(op, 4))
    return e;
  if (Error e = requireSameType(op, {Data, Cosines, Sines}))
    return e;
  for (unsigned table : {Cosines, Sines})
    if (Error e = requireRank(op, table, 2))
      return e;
  setOutput(op, 0, op.in(Data).dtype, op.in(Data).shape);
  if (!op.ranked(Data) || !op.ranked(Cosines))
    return Error::success();
  auto dims = rotaryDims(op);
  if (!dims)
    return dims.takeError();
  if (form == RotaryForm::Multi)
    return requireRank(op, Positions, 3);
  return checkPositions(op, *dims);
}

Work workRotary(const OpView &op, const RuleParams &params) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  if (static_cast<RotaryForm>(params.a) == RotaryForm::Gemma) {
    // sin and cos of each angle, converted; then 3 operations an element.
    addElementwise(work, op.in(0).dtype, op.in(0).elements(), 2, 2);
    addElementwise(work, op.in(1).dtype, op.in(1).elements() + op.in(3).elements(), 3);
    return work;
  }
  auto dims = rotaryDims(op);
  if (!dims)
    return unmodelledError(dims.takeError());
  Expr heads = dims->hidden.exactDiv(dims->size).value_or(dims->hidden.floorDiv(dims->size));
  addRotation(op, work, op.in(Data).dtype, dims->batch * dims->length * heads * dims->turned);
  for (unsigned table : {Cosines, Sines}) // one row a token, and none twice
    work.readBytes[table] =
        Expr::min(work.readBytes[table], bytesOf(op.in(table).dtype, dims->batch * dims->length *
                                                                         dims->turned.ceilDiv(2)));
  return work;
}

//===----------------------------------------------------------------------===//
// Position biases
//===----------------------------------------------------------------------===//

/// A length operand; what only the run knows is taken as a default sequence.
constexpr int64_t kNominalLength = 128;

Expr lengthOperand(OpView &op, unsigned input, llvm::StringRef hint) {
  if (auto value = op.intData(input); value && value->size() == 1)
    return (*value)[0];
  return runtimeDim(op, hint, kNominalLength);
}

Error shapeBias(OpView &op, const RuleParams &params) {
  if (params.a) {
    if (Error e = requireInputs(op, 6))
      return e;
    auto heads = positiveAttr(op, "num_heads");
    if (!heads)
      return heads.takeError();
    if (Error e = requireRank(op, 2, 4))
      return e;
    std::optional<Shape> shape;
    bool packed = op.has(6);
    unsigned batchOf = packed ? 6 : 0;
    if (op.ranked(batchOf) && op.in(batchOf).rank() >= 1 && op.ranked(2))
      shape = Shape{op.in(batchOf).dim(0), *heads, op.in(2).dim(2), op.in(2).dim(3)};
    setOutput(op, 0, op.in(0).dtype, shape);
    return Error::success();
  }
  if (Error e = requireInputs(op, 3))
    return e;
  if (Error e = requireRank(op, 0, 2))
    return e;
  std::optional<Shape> shape;
  if (op.ranked(0))
    shape = Shape{1, op.in(0).dim(1), lengthOperand(op, 1, "query_length"),
                  lengthOperand(op, 2, "key_length")};
  setOutput(op, 0, op.in(0).dtype, shape);
  return Error::success();
}

/// N3: T5's buckets take for each pair of positions a logarithm and 8
/// operations, once for all heads. Gated: per query and head a product with a
/// [size, D] matrix, two sigmoids and 3 operations; per bias one product.
Work workBias(const OpView &op, const RuleParams &params) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  const ValueInfo &out = op.outputs[0];
  if (!params.a) {
    addElementwise(work, DType::F32, out.dim(2) * out.dim(3), 8, 1);
    return work;
  }
  if (Error e = requireRank(op, 3, 2))
    return unmodelledError(std::move(e));
  DType type = op.in(0).dtype;
  Expr queries = out.dim(0) * out.dim(1) * out.dim(2);
  addMatMul(op, work, type, /*parameter=*/true, {1, queries, op.in(3).dim(1), op.in(3).dim(0)});
  addElementwise(work, type, op.in(0).elements(), 1);
  addElementwise(work, type, queries, 3);
  addElementwise(work, type, queries * op.in(3).dim(1), 2); // bias and sum of halves
  if (!addActivation(op, work, "Sigmoid", type, queries * 2))
    return unknownActivation("Sigmoid");
  addElementwise(work, type, out.elements(), 1);
  return work;
}

} // namespace

const Family energyopt::contribRotaryFamily = {"rotary", "M32: ops = 3*rotated elements",
                                               shapeRotary, workRotary};
const Family energyopt::positionBiasFamily = {
    "position-bias", "N3: 9 operations a pair of positions; gated: a product per query", shapeBias,
    workBias};
