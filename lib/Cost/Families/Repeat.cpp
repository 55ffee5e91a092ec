//===- Repeat.cpp - Expand and Tile ---------------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Movement.h"
#include "Cost/Families/RunTime.h"
#include "Cost/PartialEval.h"

using namespace energyopt;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Twine;

/// A requested size that only the run knows: nothing bounds it, the input's own
/// size is what is taken.
static Expr openDim(OpView &op, const Expr &own) { return runtimeDim(op, "size", own); }

static Error expandShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  constexpr int64_t kMaxRank = 64;
  auto length = lengthOf(op, 1);
  if (!op.ranked(0) || !length || *length > kMaxRank || !wants(op, 0))
    return Error::success();
  const Shape &in = *op.in(0).shape;
  auto contents = op.data(1);
  if (contents && static_cast<int64_t>(contents->size()) != *length)
    contents = nullptr;
  Shape wanted;
  for (int64_t i = 0; i < *length; ++i) {
    auto entry = contents ? (*contents)[i].asInt() : std::nullopt;
    int64_t axis = i + static_cast<int64_t>(in.size()) - *length;
    Expr own = axis >= 0 ? in[axis] : Expr(1);
    if (entry && entry->constant().value_or(0) < 0)
      return op.error("the shape has a negative entry, " + entry->str());
    // What is larger than 1 already cannot grow.
    bool fixed = own.constant().value_or(1) > 1;
    wanted.push_back(entry ? *entry : fixed ? own : openDim(op, own));
  }
  auto shape = broadcastShapes(op, {in, wanted});
  if (!shape)
    return shape.takeError();
  op.outputs[0].shape = *shape;
  if (auto sizes = smallShape(op.outputs[0]))
    if (auto data = broadcastData(op, 0, *sizes))
      setData(op, 0, *data);
  return Error::success();
}

static Work expandWork(const OpView &op, const RuleParams &) { return freeIfSameShape(op); }

const Family energyopt::expandFamily = {
    "movement", "D1: bytes = input + output; free if nothing grows", expandShape, expandWork};

static void tileData(OpView &op, ArrayRef<int64_t> in, ArrayRef<int64_t> out) {
  auto strides = rowMajorStrides(in);
  std::vector<int64_t> positions;
  auto outStrides = rowMajorStrides(out);
  for (int64_t index : walkIndices(out, outStrides)) {
    int64_t position = 0;
    for (size_t i = 0; i < in.size(); ++i)
      position += index / outStrides[i] % out[i] % in[i] * strides[i];
    positions.push_back(position);
  }
  takeElements(op, 0, positions);
}

static Error tileShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0) || !wants(op, 0))
    return Error::success();
  const Shape &in = *op.in(0).shape;
  auto length = lengthOf(op, 1);
  if (length && *length != static_cast<int64_t>(in.size()))
    return op.error("'repeats' has " + Twine(*length) + " entries, input 0 has rank " +
                    Twine(in.size()));
  auto contents = op.data(1);
  Shape out;
  for (size_t i = 0; i < in.size(); ++i) {
    auto repeats = contents ? (*contents)[i].asInt() : std::nullopt;
    if (repeats && repeats->constant().value_or(0) < 0)
      return op.error("'repeats' has a negative entry, " + repeats->str());
    out.push_back(repeats ? in[i] * *repeats : openDim(op, in[i]));
  }
  op.outputs[0].shape = out;
  auto small = smallShape(op.outputs[0]), from = smallShape(op.in(0));
  if (small && from && op.data(0))
    tileData(op, *from, *small);
  return Error::success();
}

const Family energyopt::tileFamily = {
    "movement", "D1: bytes = input + output; free if nothing grows", tileShape, expandWork};
