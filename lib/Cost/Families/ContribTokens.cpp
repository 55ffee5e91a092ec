//===- ContribTokens.cpp - Padding, n-grams, embeddings -------------------===//

#include "Cost/Families/ContribTokens.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Convolution.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Quantize.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {

//===----------------------------------------------------------------------===//
// Padding
//===----------------------------------------------------------------------===//

Error shapePadding(OpView &op, const RuleParams &params) {
  if (Error e = requireInputs(op, 2))
    return e;
  if (Error e = requireRank(op, 0, params.a ? 3 : 2))
    return e;
  std::optional<Shape> tokens, offsets, lengths;
  if (params.a) {
    if (op.ranked(0)) {
      const Shape &in = *op.in(0).shape;
      Expr bound = op.ctx->upperBound(in[0] * in[1]);
      tokens = Shape{op.ctx->dataDependentDim("tokens", bound), in[2]};
      offsets = Shape{in[0], in[1]};
      lengths = Shape{in[0] + 1};
    }
    setOutput(op, 0, op.in(0).dtype, tokens);
    setOutput(op, 1, DType::I32, offsets);
    setOutput(op, 2, DType::I32, lengths);
    setOutput(op, 3, DType::I32, Shape{1});
    return Error::success();
  }
  if (Error e = requireRank(op, 1, 2))
    return e;
  if (op.ranked(0) && op.ranked(1))
    tokens = Shape{op.in(1).dim(0), op.in(1).dim(1), op.in(0).dim(1)};
  setOutput(op, 0, op.in(0).dtype, tokens);
  return Error::success();
}

/// Moves the tokens; the sums over a batch's lengths are counted.
Work workPadding(const OpView &op, const RuleParams &params) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled || !params.a)
    return work;
  Expr bytes = op.ctx->upperBound(*op.outputs[0].bytes());
  work.readBytes[0] = Expr::min(work.readBytes[0], bytes);
  addElementwise(work, DType::I32, op.in(0).dim(0) * op.in(0).dim(1), 1);
  return work;
}

//===----------------------------------------------------------------------===//
// N-grams
//===----------------------------------------------------------------------===//

/// Hash heads for n-grams of 2 to max_ngram_size tokens, checked.
llvm::Expected<std::pair<int64_t, int64_t>> ngramSizes(const OpView &op) {
  auto most = positiveAttr(op, "max_ngram_size");
  if (!most)
    return most.takeError();
  auto heads = positiveAttr(op, "n_head_per_ngram");
  if (!heads)
    return heads.takeError();
  if (*most < 2)
    return op.error("max_ngram_size is " + Twine(*most) + ", expected at least 2");
  return std::pair(*most, *heads);
}

Error shapeHash(OpView &op, const RuleParams &params) {
  if (Error e = requireInputs(op, params.a ? 4 : 3))
    return e;
  if (Error e = requireRank(op, 0, params.a ? 1 : 2))
    return e;
  auto sizes = ngramSizes(op);
  if (!sizes)
    return sizes.takeError();
  auto [most, heads] = *sizes;
  Expr history = most - 1;
  std::optional<Shape> hashes = op.in(0).shape, past;
  if (hashes)
    hashes->push_back(history * heads);
  if (params.a && op.ranked(3) && op.in(3).rank() == 1)
    past = Shape{op.in(3).dim(0) - 1, history};
  else if (!params.a && op.ranked(0))
    past = Shape{op.in(0).dim(0), history};
  setOutput(op, 0, op.in(0).dtype, hashes);
  setOutput(op, 1, op.in(0).dtype, past);
  setOutput(op, 2, DType::I32, past);
  return Error::success();
}

/// X1: per token one product and one xor for each longer n-gram, and per head a
/// modulo and an offset.
Work workHash(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  auto sizes = ngramSizes(op);
  if (!sizes)
    return unmodelledError(sizes.takeError());
  if (work.status == WorkStatus::Unmodelled)
    return work;
  auto [most, heads] = *sizes;
  addElementwise(work, op.in(0).dtype, op.in(0).elements() * most, 2);
  addElementwise(work, op.in(0).dtype, op.outputs[0].elements(), 1 + op.has(4));
  return work;
}

Error shapeRepeat(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 2))
    return e;
  for (unsigned input : {0, 1})
    if (Error e = requireRank(op, input, 2))
      return e;
  if (auto size = positiveAttr(op, "ngram_size"); !size)
    return size.takeError();
  setOutput(op, 0, op.in(1).dtype, op.in(1).shape);
  return Error::success();
}

/// X2: each position is compared with the last n - 1 tokens.
Work workRepeat(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  addElementwise(work, op.in(0).dtype, op.in(0).elements() * op.intAttr("ngram_size", 1), 1);
  markBounded(work, "a comparison ends at the first difference");
  return work;
}

Error shapeBifurcation(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 3))
    return e;
  ValueInfo tokens = ValueInfo::tensor(DType::I64);
  bool predicted = op.has(3);
  if (op.ranked(1) && (!predicted || op.ranked(3))) {
    Expr length = op.in(1).elements();
    if (predicted)
      length = op.ctx->dataDependentDim("tokens", op.ctx->upperBound(length + op.in(3).elements()));
    tokens.shape = Shape{length};
  }
  setOutput(op, 0, std::move(tokens));
  setOutput(op, 1, op.in(2).dtype, op.in(2).shape);
  return Error::success();
}

/// X3: finds the first difference, then each n-gram of the end of the output in
/// the source: at most source tokens * n-gram sizes * n compares.
Work workBifurcation(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  int64_t least = op.intAttr("min_ngram_size", 1), most = op.intAttr("max_ngram_size", 3);
  Expr sizes = Expr::max(1, Expr(most) - Expr(least) + 1);
  Expr compares = op.in(0).elements() * sizes * std::max<int64_t>(1, most);
  if (op.has(3))
    compares += op.in(3).elements();
  work.add(WorkClass::Vector, DType::I64, compares);
  markBounded(work, "a search ends at the first match");
  return work;
}

//===----------------------------------------------------------------------===//
// Embeddings
//===----------------------------------------------------------------------===//

/// Sequence [..., word length], kernel [filters, 1, window, char size], bias,
/// character table [chars, char size].
Error shapeWordConv(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 4))
    return e;
  if (Error e = requireRankAtLeast(op, 0, 1))
    return e;
  if (Error e = requireRank(op, 1, 4))
    return e;
  if (Error e = requireRank(op, 3, 2))
    return e;
  std::optional<Shape> shape;
  if (op.ranked(0) && op.ranked(1)) {
    shape = op.in(0).shape;
    shape->back() = op.in(1).dim(0);
    if (Error e = requireVector(op, 2, op.in(1).dim(0)))
      return e;
  }
  setOutput(op, 0, op.in(1).dtype, shape);
  return Error::success();
}

/// X4: M5 over the word's windows, then a maximum over them and a tanh.
Work workWordConv(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  const Shape &kernel = *op.in(1).shape;
  const ValueInfo &out = op.outputs[0];
  Expr words = out.elements().exactDiv(kernel[0]).value_or(1);
  Expr positions = Expr::max(0, op.in(0).shape->back() - kernel[2] + 1);
  ConvSizes sizes;
  sizes.batch = words;
  sizes.inChannels = kernel[1];
  sizes.outChannels = kernel[0];
  sizes.kernel = {kernel[2], kernel[3]};
  sizes.positions = {positions, 1};
  addConv(op, work, out.dtype, sizes);
  addElementwise(work, out.dtype, out.elements() * positions, 2); // bias, maximum
  addElementwise(work, out.dtype, out.elements(), 0, 1);
  // One row of the table for each character.
  work.readBytes[3] =
      Expr::min(work.readBytes[3], bytesOf(op.in(3).dtype, op.in(0).elements() * op.in(3).dim(1)));
  return work;
}

/// Values that an element of the table holds: below 8 bits, bytes are packed
/// along the last dim.
Expr valuesPerElement(const OpView &op) {
  int64_t bits = op.intAttr("bits", 4);
  bool packed = op.in(0).dtype == DType::U8 && bits > 0 && bits < 8;
  return packed ? 8 / bits : 1;
}

Error shapeQuantizedGather(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 3))
    return e;
  int64_t bits = op.intAttr("bits", 4);
  if (bits != 2 && bits != 4 && bits != 8)
    return op.error("attribute bits is " + Twine(bits) + ", expected 2, 4 or 8");
  std::optional<Shape> shape;
  if (op.ranked(0) && op.ranked(1)) {
    if (Error e = requireRankAtLeast(op, 0, 1))
      return e;
    Shape table = *op.in(0).shape;
    table.back() *= valuesPerElement(op);
    auto axis = normalizeAxis(op, op.intAttr("gather_axis", 0), table.size());
    if (!axis)
      return axis.takeError();
    shape = Shape(table.begin(), table.begin() + *axis);
    shape->append(op.in(1).shape->begin(), op.in(1).shape->end());
    shape->append(table.begin() + *axis + 1, table.end());
  }
  setOutput(op, 0, op.in(2).dtype, shape);
  return Error::success();
}

/// X5: reads the rows it takes, their scales and zero points; M41 per value.
Work workQuantizedGather(const OpView &op, const RuleParams &) {
  Work work = resultWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Expr taken = op.outputs[0].elements();
  Expr stored = taken.ceilDiv(valuesPerElement(op));
  work.readBytes[0] = Expr::min(work.readBytes[0], bytesOf(op.in(0).dtype, stored));
  Expr blocks = taken.ceilDiv(std::max<int64_t>(1, op.intAttr("block_size", 128)));
  for (unsigned side : {2, 3})
    if (op.has(side))
      work.readBytes[side] = Expr::min(work.readBytes[side], bytesOf(op.in(side).dtype, blocks));
  addElementwise(work, op.outputs[0].dtype, taken, dequantizeOps(op.has(3)));
  return work;
}

} // namespace

const Family energyopt::paddingFamily = {"padding", "X0: moves tokens; one addition each",
                                         shapePadding, workPadding};
const Family energyopt::ngramHashFamily = {
    "hash", "X1: int_ops = 2*tokens*n + heads' modulo and offset", shapeHash, workHash};
const Family energyopt::ngramRepeatFamily = {"n-gram", "X2: compares <= tokens*n", shapeRepeat,
                                             workRepeat};
const Family energyopt::bifurcationFamily = {"n-gram", "X3: compares <= source*sizes*n + predicted",
                                             shapeBifurcation, workBifurcation};
const Family energyopt::wordConvFamily = {"convolution",
                                          "X4: M5 over the windows of each word, maximum, tanh",
                                          shapeWordConv, workWordConv};
const Family energyopt::quantizedGatherFamily = {"gather", "X5: bytes = rows taken; M41 per value",
                                                 shapeQuantizedGather, workQuantizedGather};
