//===- RotaryEmbedding.cpp - Rotations of queries and keys ----------------===//

#include "Cost/Families/Attention.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

void energyopt::addRotation(const OpView &op, Work &work, DType dtype, const Expr &elements) {
  work.add(WorkClass::Vector, dtype, Expr(3) * elements);
  explainProduct(op, work, "ops = 3*rotated", {3, elements});
}

namespace {
enum RotaryInput : unsigned { Data, Cosines, Sines, Positions };

struct RotaryDims {
  Expr batch, length, rotated; // rotated: elements that change
  Expr angles;                 // cosines (as many sines) that are read
};
} // namespace

/// Sizes of [B, H, S, D] or [B, S, H*D] data; needs its rank.
static Expected<RotaryDims> rotaryDims(const OpView &op) {
  const Shape &shape = *op.in(Data).shape;
  if (shape.size() != 3 && shape.size() != 4)
    return op.error("input 0 has rank " + Twine(shape.size()) + ", expected 3 or 4");
  bool packed = shape.size() == 3;
  int64_t heads = op.intAttr("num_heads", 0);
  if (packed && heads < 1)
    return op.error("attribute 'num_heads' must be at least 1 for data of rank 3");
  if (auto hidden = shape.back().constant(); packed && hidden && *hidden % heads != 0)
    return op.error("attribute 'num_heads' is " + Twine(heads) +
                    ", which does not divide the hidden size " + Twine(*hidden));
  Expr size = packed ? shape[2].floorDiv(heads) : shape[3];
  int64_t part = op.intAttr("rotary_embedding_dim", 0);
  if (auto all = size.constant(); part < 0 || (all && part > *all))
    return op.error("attribute 'rotary_embedding_dim' is " + Twine(part) +
                    ", expected 0 to the head size " + size.str());
  Expr rotary = part ? Expr(part) : size;
  RotaryDims dims;
  dims.batch = shape[0];
  dims.length = packed ? shape[1] : shape[2];
  dims.rotated = dims.batch * dims.length * (packed ? Expr(heads) : shape[1]) * rotary;
  dims.angles = dims.batch * dims.length * rotary.floorDiv(2);
  return dims;
}

static Error rotaryShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 3))
    return error;
  if (Error error = requireSameType(op, {Data, Cosines, Sines}))
    return error;
  setOutput(op, 0, op.in(Data).dtype, op.in(Data).shape);
  if (!op.ranked(Data))
    return Error::success();
  return rotaryDims(op).takeError();
}

/// M32: each pair (x1, x2) becomes (c*x1 - s*x2, s*x1 + c*x2): 3 operations per
/// rotated element; with position_ids it reads the rows of the tables that
/// they name.
static Work rotaryWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(Data))
    return unknownShape(op);
  auto dims = rotaryDims(op);
  if (!dims)
    return unmodelledError(dims.takeError());
  Work work = wholeTensorWork(op);
  addRotation(op, work, op.in(Data).dtype, dims->rotated);
  if (op.has(Positions) && work.readBytes.size() > Sines)
    for (unsigned table : {Cosines, Sines})
      work.readBytes[table] = bytesOf(op.in(table).dtype, dims->angles);
  return work;
}

const Family energyopt::rotaryFamily = {"rotary", "M32: ops = 3*rotated elements", rotaryShape,
                                        rotaryWork};
