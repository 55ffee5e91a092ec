//===- ContribRecurrent.cpp - Stateful layers of com.microsoft ------------===//

#include "Cost/Families/ContribRecurrent.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/ContribMatMul.h"
#include "Cost/Families/Convolution.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Quantize.h"
#include "Cost/Families/RunTime.h"
#include "Cost/Families/Softmax.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

namespace {

enum LstmInput : unsigned { X, W, R, B, Lengths, InitialH, InitialC, Peephole };
constexpr int kLstmInputs[] = {X, W, R, B, Lengths, InitialH, InitialC, Peephole};

//===----------------------------------------------------------------------===//
// DynamicQuantizeLSTM
//===----------------------------------------------------------------------===//

/// Weights [directions, inputs, 4*hidden] of int8 as the plain op has them.
void presentWeights(const OpView &op, InnerOp &inner) {
  for (unsigned weight : {W, R}) {
    if (!op.has(weight))
      continue;
    ValueInfo info = op.in(weight);
    info.dtype = op.in(X).dtype;
    if (info.hasRank() && info.rank() == 3)
      std::swap((*info.shape)[1], (*info.shape)[2]);
    inner.replace(weight, std::move(info));
  }
}

Error shapeQuantizedLstm(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 3))
    return e;
  for (unsigned weight : {W, R})
    if (Error e = requireQuantized(op, weight))
      return e;
  InnerOp inner(op, kLstmInputs);
  presentWeights(op, inner);
  if (Error e = inferAs(inner, "LSTM"))
    return e;
  for (unsigned i = 0; i < op.outputs.size(); ++i)
    setOutput(op, i, inner.view.outputs[i]);
  return Error::success();
}

/// Q5: M34 in the weights' type; inputs and states are quantized on the way
/// (kDynamicQuantizeOps an element), sums converted and scaled.
Work workQuantizedLstm(const OpView &op, const RuleParams &) {
  InnerOp inner(op, kLstmInputs);
  presentWeights(op, inner);
  Work work = withTrafficOf(op, workAs(inner, "LSTM"));
  if (work.status == WorkStatus::Unmodelled)
    return work;
  DType type = op.in(W).dtype;
  Expr sums = 0;
  for (WorkItem &item : work.items)
    if (isContraction(item.cls)) {
      item.dtype = type;
      sums += item.dims.groups * item.dims.m * item.dims.n;
    }
  const Shape &x = *op.in(X).shape;
  Expr states = x[0] * x[1] * op.in(R).dim(0) * op.in(R).dim(1);
  addElementwise(work, DType::F32, op.in(X).elements() + states, kDynamicQuantizeOps);
  addElementwise(work, DType::F32, sums, dequantizeOps(/*zeroPoint=*/false));
  return work;
}

//===----------------------------------------------------------------------===//
// AttnLSTM
//===----------------------------------------------------------------------===//

enum AttnInput : unsigned {
  QueryWeight = 8,
  MemoryWeight,
  AttnVector,
  Memory,
  MemoryLengths,
  AttnWeight
};

/// The cell's input is the step's, joined by the attention state: as wide as
/// its weight.
void presentJoined(const OpView &op, InnerOp &inner) {
  if (!op.ranked(X) || !op.ranked(W) || op.in(X).rank() != 3 || op.in(W).rank() != 3)
    return;
  ValueInfo info = op.in(X);
  info.shape->back() = op.in(W).dim(2);
  inner.replace(X, std::move(info));
}

Error shapeAttnLstm(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 3))
    return e;
  for (auto [input, rank] : {std::pair(QueryWeight, 3), std::pair(MemoryWeight, 3),
                             std::pair(Memory, 3), std::pair(AttnWeight, 3)})
    if (Error e = requireRank(op, input, rank))
      return e;
  InnerOp inner(op, kLstmInputs);
  presentJoined(op, inner);
  if (Error e = inferAs(inner, "LSTM"))
    return e;
  for (unsigned i = 0; i < op.outputs.size(); ++i)
    setOutput(op, i, inner.view.outputs[i]);
  return Error::success();
}

/// A3: Bahdanau attention in every step of M34's cell: the memory is projected
/// once; then per step the query is, each memory entry scored (add, tanh,
/// product with v), softmax, and the entries are summed by weight; with an
/// attention layer, one more product.
Work workAttnLstm(const OpView &op, const RuleParams &) {
  InnerOp inner(op, kLstmInputs);
  presentJoined(op, inner);
  Work work = withTrafficOf(op, workAs(inner, "LSTM"));
  if (work.status == WorkStatus::Unmodelled || !op.ranked(Memory) || !op.ranked(QueryWeight) ||
      !op.ranked(MemoryWeight))
    return work.status == WorkStatus::Unmodelled || !op.has(Memory) ? work : unknownShape(op);
  DType type = op.in(X).dtype;
  const Shape &x = *op.in(X).shape, &memory = *op.in(Memory).shape;
  const Shape &query = *op.in(QueryWeight).shape;
  Expr directions = query[0], hidden = query[1], width = query[2];
  Expr steps = directions * x[0], rows = steps * x[1];
  addMatMul(op, work, type, true, {directions, memory[0] * memory[1], width, memory[2]});
  addMatMul(op, work, type, true, {steps, x[1], width, hidden});
  Expr entries = rows * memory[1];
  addElementwise(work, type, entries * width, 3, 1);
  addSoftmax(work, type, entries);
  addMatMul(op, work, type, false, {rows, 1, memory[2], memory[1]});
  if (op.ranked(AttnWeight))
    addMatMul(op, work, type, true,
              {steps, x[1], op.in(AttnWeight).dim(2), op.in(AttnWeight).dim(1)});
  return work;
}

//===----------------------------------------------------------------------===//
// GatedDeltaNet
//===----------------------------------------------------------------------===//

enum DeltaInput : unsigned { Query, Key, Value, SeqLens, Decay, Beta, InitialState };

/// Token-major operands [tokens..., heads, size]: as LinearAttention has them,
/// with each query and key head repeated for the value heads that share it.
struct DeltaDims {
  Expr tokens, heads, keySize, valueSize;
};

llvm::Expected<DeltaDims> deltaDims(const OpView &op) {
  for (unsigned input : {Query, Key, Value})
    if (op.in(input).rank() != 3 && op.in(input).rank() != 4)
      return op.error("input " + Twine(input) + " has rank " + Twine(op.in(input).rank()) +
                      ", expected [tokens, heads, size] or [batch, sequence, heads, size]");
  const Shape &q = *op.in(Query).shape, &v = *op.in(Value).shape;
  Expr heads = v[v.size() - 2];
  Shape tokens(v.begin(), v.end() - 2);
  auto own = q[q.size() - 2].constant(), all = heads.constant();
  if (own && all && (*own == 0 || *all % *own != 0))
    return op.error(Twine(*all) + " value heads are not a multiple of " + Twine(*own) +
                    " query heads");
  return DeltaDims{numElements(tokens), heads, q.back(), v.back()};
}

bool presentDelta(const OpView &op, const DeltaDims &dims, InnerOp &inner) {
  auto heads = dims.heads.constant();
  if (!heads)
    return false;
  DType type = op.in(Query).dtype;
  auto rows = [&](const Expr &width) {
    return ValueInfo::tensor(type, Shape{1, dims.tokens, dims.heads * width});
  };
  inner.replace(0, rows(dims.keySize));
  inner.replace(1, rows(dims.keySize));
  inner.replace(2, rows(dims.valueSize));
  for (auto [shown, own] : {std::pair(4u, Decay), std::pair(5u, Beta)})
    if (op.ranked(own))
      inner.replace(shown,
                    rows(op.in(own).elements().exactDiv(dims.tokens * dims.heads).value_or(1)));
  inner.setAttr("q_num_heads", *heads);
  inner.setAttr("kv_num_heads", *heads);
  return true;
}

constexpr int kDeltaInputs[] = {Query, Key, Value, -1, Decay, Beta};

Error shapeDelta(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 3))
    return e;
  setOutput(op, 0, op.in(Value).dtype);
  setOutput(op, 1, DType::F32);
  if (op.has(InitialState))
    setOutput(op, 1, likeInput(op, InitialState));
  if (!op.ranked(Query) || !op.ranked(Key) || !op.ranked(Value))
    return Error::success();
  auto dims = deltaDims(op);
  if (!dims)
    return dims.takeError();
  setOutput(op, 0, op.in(Value).dtype, op.in(Value).shape);
  int64_t capacity = op.intAttr("state_update_capacity", 0);
  if (op.ranked(InitialState) && op.in(InitialState).rank() == 4) {
    const Shape &key = *op.in(Key).shape;
    Expr factors = dims->heads * (dims->valueSize + 1) + key[key.size() - 2] * dims->keySize;
    setOutput(op, 2, DType::F32, Shape{op.in(InitialState).dim(0), factors * capacity});
  }
  return Error::success();
}

Work workDelta(const OpView &op, const RuleParams &) {
  if (!op.ranked(Query) || !op.ranked(Key) || !op.ranked(Value))
    return unknownShape(op);
  auto dims = deltaDims(op);
  if (!dims)
    return unmodelledError(dims.takeError());
  InnerOp inner(op, kDeltaInputs);
  if (!presentDelta(op, *dims, inner))
    return Work::unmodelled("the number of value heads is symbolic");
  if (Error e = inferAs(inner, "LinearAttention"))
    return unmodelledError(std::move(e));
  return withTrafficOf(op, workAs(inner, "LinearAttention"));
}

//===----------------------------------------------------------------------===//
// Causal convolutions
//===----------------------------------------------------------------------===//

/// Channels and state length of a depthwise kernel [channels, 1, k...].
llvm::Expected<std::pair<Expr, Expr>> stateSize(const OpView &op) {
  if (Error e = requireRankAtLeast(op, 1, 3))
    return e;
  int64_t dilation = op.intAttr("dilation", 1);
  if (dilation < 1)
    return op.error("attribute dilation is " + Twine(dilation) + ", expected at least 1");
  const Shape &kernel = *op.in(1).shape;
  return std::pair(kernel[0], (kernel.back() - 1) * dilation);
}

/// Where the operands stand: [N, C, spatial...], channels last, or packed.
Error shapeStatefulConv(OpView &op, const RuleParams &params) {
  bool packed = params.a;
  if (Error e = requireInputs(op, packed ? 3 : 2))
    return e;
  if (Error e = requireRankAtLeast(op, 0, packed ? 2 : 3))
    return e;
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  std::optional<Shape> state;
  unsigned past = packed ? 4 : 3;
  if (op.ranked(past)) {
    state = op.in(past).shape;
  } else if (op.ranked(0) && op.ranked(1) && !packed) {
    auto size = stateSize(op);
    if (!size)
      return size.takeError();
    state = op.in(0).shape;
    (*state)[op.intAttr("channels_last", 0) ? 1 : state->size() - 1] = size->second;
    if (int64_t window = op.intAttr("state_window", 0); window > 0)
      state->insert(state->begin(), Expr(window));
  }
  setOutput(op, 1, op.in(0).dtype, state);
  if (packed && state && op.ranked(0) && !state->empty())
    setOutput(op, 2, op.in(0).dtype,
              Shape{(*state)[0], op.intAttr("state_update_capacity", 0), op.in(0).shape->back()});
  return Error::success();
}

/// M5 of a depthwise convolution: macs = elements * kernel.
Work workStatefulConv(const OpView &op, const RuleParams &params) {
  Work work = tensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  auto size = stateSize(op);
  if (!size)
    return unmodelledError(size.takeError());
  const Shape &kernel = *op.in(1).shape;
  DType type = op.in(0).dtype;
  Expr elements = op.in(0).elements();
  ConvSizes sizes;
  sizes.inChannels = sizes.outChannels = kernel[0];
  auto channels = kernel[0].constant();
  if (!channels)
    return Work::unmodelled("the number of channels is symbolic");
  sizes.groups = *channels;
  sizes.kernel.assign(kernel.begin() + 2, kernel.end());
  sizes.positions = {elements.exactDiv(kernel[0]).value_or(elements.floorDiv(kernel[0]))};
  addConv(op, work, type, sizes);
  if (op.has(params.a ? 3 : 2))
    addElementwise(work, type, elements, 1);
  std::string activation = op.stringAttr("activation", "none");
  if (!addActivation(op, work, activation, type, elements))
    return unknownActivation(activation);
  return work;
}

} // namespace

const Family energyopt::quantizedLstmFamily = {"recurrent",
                                               "Q5: M34 in int8; quantizes inputs and states",
                                               shapeQuantizedLstm, workQuantizedLstm};
const Family energyopt::attentionLstmFamily = {
    "recurrent", "A3: M34 + per step a query, entries*width scores, a context", shapeAttnLstm,
    workAttnLstm};
const Family energyopt::deltaNetFamily = {
    "linearattention", "M33 with one query head per value head", shapeDelta, workDelta};
const Family energyopt::statefulConvFamily = {"convolution", "M5: macs = elements*kernel",
                                              shapeStatefulConv, workStatefulConv};
