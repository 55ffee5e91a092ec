//===- Gather.cpp - Gather, GatherElements, GatherND ----------------------===//

#include "Cost/Families/Gather.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Movement.h"
#include "Cost/PartialEval.h"

using namespace energyopt;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Twine;

/// A known index made non-negative; nullopt if symbolic or outside.
static std::optional<int64_t> indexInto(const Scalar &scalar, int64_t size) {
  auto e = scalar.asInt();
  auto index = e ? e->constant() : std::nullopt;
  if (!index || *index < -size || *index >= size)
    return std::nullopt;
  return *index < 0 ? *index + size : *index;
}

/// An index that no element has fails at run time, if the sizes are as assumed:
/// that is worth a word, not a refusal.
static void noteBadIndices(const OpView &op, const Expr &dim) {
  auto size = dim.constant();
  auto indices = op.data(1);
  if (!size || !indices)
    return;
  for (const Scalar &scalar : *indices) {
    auto e = scalar.asInt();
    auto index = e ? e->constant() : std::nullopt;
    if (index && (*index < -*size || *index >= *size))
      return op.ctx->assume("index " + Twine(*index) + " exists in an axis of size " +
                            Twine(*size));
  }
}

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

/// Contents of out[outer, indices, inner] = data[outer, index, inner]; an
/// unknown index leaves its elements unknown.
static void gatherData(OpView &op, int64_t axis) {
  auto table = op.data(0), indices = op.data(1);
  auto sizes = smallShape(op.in(0));
  if (!table || !indices || !sizes || !smallShape(op.outputs[0]))
    return;
  int64_t outer = 1, inner = 1;
  for (int64_t i = 0; i < axis; ++i)
    outer *= (*sizes)[i];
  for (size_t i = axis + 1; i < sizes->size(); ++i)
    inner *= (*sizes)[i];
  TensorData taken;
  for (int64_t o = 0; o < outer; ++o)
    for (const Scalar &scalar : *indices) {
      auto index = indexInto(scalar, (*sizes)[axis]);
      for (int64_t i = 0; i < inner; ++i)
        taken.push_back(index ? (*table)[(o * (*sizes)[axis] + *index) * inner + i] : Scalar());
    }
  setData(op, 0, std::move(taken));
}

static Error gatherRowsShape(OpView &op) {
  auto axis = normalizeAxis(op, op.intAttr("axis", 0), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  noteBadIndices(op, op.in(0).dim(*axis));
  ArrayRef<Expr> in = *op.in(0).shape;
  Shape out(in.begin(), in.begin() + *axis);
  out.append(op.in(1).shape->begin(), op.in(1).shape->end());
  out.append(in.begin() + *axis + 1, in.end());
  setOutput(op, 0, op.in(0).dtype, out);
  if (wants(op, 0))
    gatherData(op, *axis);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// GatherElements, GatherND
//===----------------------------------------------------------------------===//

static void gatherElementsData(OpView &op, int64_t axis) {
  auto indices = op.data(1);
  auto sizes = smallShape(op.in(0)), out = smallShape(op.outputs[0]);
  if (!indices || !sizes || !out || !op.data(0))
    return;
  auto strides = rowMajorStrides(*sizes);
  int64_t step = strides[axis];
  strides[axis] = 0;
  std::vector<int64_t> positions = walkIndices(*out, strides);
  for (size_t i = 0; i < positions.size(); ++i) {
    auto index = indexInto((*indices)[i], (*sizes)[axis]);
    if (!index)
      return;
    positions[i] += *index * step;
  }
  takeElements(op, 0, positions);
}

static Error gatherElementsShape(OpView &op) {
  if (Error error = requireRank(op, 1, op.in(0).rank()))
    return error;
  auto axis = normalizeAxis(op, op.intAttr("axis", 0), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  noteBadIndices(op, op.in(0).dim(*axis));
  setOutput(op, 0, op.in(0).dtype, op.in(1).shape);
  if (wants(op, 0))
    gatherElementsData(op, *axis);
  return Error::success();
}

/// Contents without batch dims: each tuple of indices names a slice of data.
static void gatherNDData(OpView &op, int64_t tuple) {
  auto indices = op.data(1);
  auto sizes = smallShape(op.in(0));
  if (!indices || !sizes || !op.data(0) || !smallShape(op.outputs[0]) || tuple == 0)
    return;
  auto strides = rowMajorStrides(*sizes);
  ArrayRef<int64_t> rest = ArrayRef(*sizes).drop_front(tuple);
  std::vector<int64_t> positions;
  for (size_t row = 0; row + tuple <= indices->size(); row += tuple) {
    int64_t start = 0;
    for (int64_t i = 0; i < tuple; ++i) {
      auto index = indexInto((*indices)[row + i], (*sizes)[i]);
      if (!index)
        return;
      start += *index * strides[i];
    }
    for (int64_t position : walkIndices(rest, ArrayRef(strides).drop_front(tuple), start))
      positions.push_back(position);
  }
  takeElements(op, 0, positions);
}

static Error gatherNDShape(OpView &op) {
  const Shape &data = *op.in(0).shape, &indices = *op.in(1).shape;
  int64_t batch = op.intAttr("batch_dims", 0);
  if (indices.empty())
    return op.error("the indices are a scalar, expected at least one dim");
  if (batch < 0 || batch >= static_cast<int64_t>(std::min(data.size(), indices.size())))
    return op.error("'batch_dims' is " + Twine(batch) + ", the ranks are " + Twine(data.size()) +
                    " and " + Twine(indices.size()));
  auto tuple = indices.back().constant();
  if (!tuple)
    return Error::success(); // the rank of the result depends on it
  if (*tuple < 0 || *tuple + batch > static_cast<int64_t>(data.size()))
    return op.error("indices of " + Twine(*tuple) + " entries after " + Twine(batch) +
                    " batch dims exceed rank " + Twine(data.size()));
  Shape out(indices.begin(), indices.end() - 1);
  for (int64_t i = 0; i < batch; ++i) {
    auto common = op.ctx->unify(out[i], data[i]);
    if (!common)
      return op.error("batch dims " + out[i].str() + " and " + data[i].str() + " differ");
    out[i] = *common;
  }
  out.append(data.begin() + batch + *tuple, data.end());
  setOutput(op, 0, op.in(0).dtype, out);
  if (wants(op, 0) && batch == 0)
    gatherNDData(op, *tuple);
  return Error::success();
}

static Error gatherShape(OpView &op, const RuleParams &params) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireType(op, 1, isInteger, "an integer type"))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0) || !op.ranked(1))
    return Error::success();
  if (Error error = requireRankAtLeast(op, 0, 1))
    return error;
  switch (static_cast<GatherForm>(params.a)) {
  case GatherForm::Rows:
    return gatherRowsShape(op);
  case GatherForm::Elements:
    return gatherElementsShape(op);
  case GatherForm::ND:
    return gatherNDShape(op);
  }
  return Error::success();
}

/// D5: a table smaller than what is taken of it is read once.
static Work gatherWork(const OpView &op, const RuleParams &) {
  auto taken = op.outputs[0].bytes(), table = op.in(0).bytes();
  if (!taken || !table)
    return unknownShape(op);
  return partialReadWork(op, Expr::min(*taken, *table));
}

const Family energyopt::gatherFamily = {"gather", "D5: bytes = rows taken + indices + output",
                                        gatherShape, gatherWork};
