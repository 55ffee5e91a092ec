//===- GridSample.cpp - Sampling at the points of a grid ------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Resize.h"
#include "Cost/Families/RunTime.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// GridSample
//===----------------------------------------------------------------------===//

static std::string samplingMode(const OpView &op) {
  std::string mode = op.stringAttr("mode", "linear");
  // Names before opset 20.
  return mode == "bilinear" ? "linear" : mode == "bicubic" ? "cubic" : mode;
}

static Error gridSampleShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireOneOf(op, "mode", samplingMode(op), {"linear", "nearest", "cubic"}))
    return error;
  if (Error error = requireOneOf(op, "padding_mode", op.stringAttr("padding_mode", "zeros"),
                                 {"zeros", "border", "reflection"}))
    return error;
  if (Error error = requireFloat(op, 1))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0) || !op.ranked(1))
    return Error::success();
  const Shape &x = *op.in(0).shape, &grid = *op.in(1).shape;
  if (x.size() < 3 || grid.size() != x.size())
    return op.error("the input has rank " + Twine(x.size()) + " and the grid " +
                    Twine(grid.size()) + ", expected the same, at least 3");
  auto batch = op.ctx->unify(x[0], grid[0]);
  if (!batch)
    return op.error("the input has batch " + x[0].str() + ", the grid " + grid[0].str());
  if (!op.ctx->unify(grid.back(), Expr(static_cast<int64_t>(x.size() - 2))))
    return op.error("grid points have " + grid.back().str() + " coordinates, expected " +
                    Twine(x.size() - 2));
  Shape result = {*batch, x[1]};
  result.append(grid.begin() + 1, grid.end() - 1);
  op.outputs[0].shape = result;
  return Error::success();
}

/// M37: coordinates once per grid point; a weighted sum per point and channel.
static Work gridSampleWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  int64_t axes = op.in(0).rank() - 2;
  std::string mode = samplingMode(op);
  Expr outputs = op.outputs[0].elements();
  Expr points =
      op.outputs[0].dim(0) * numElements(llvm::ArrayRef<Expr>(*op.outputs[0].shape).drop_front(2));
  Expr each = interpolationOps(mode == "nearest" ? 1 : mode == "cubic" ? 4 : 2, axes);
  Expr ops = each * outputs + coordinateOps(axes) * points;
  DType type = isFloat(op.in(0).dtype) ? op.in(0).dtype : DType::F32;
  work.add(WorkClass::Vector, type, ops);
  explainFormula(op, work, "ops = (2*taps^axes - 1)*outputs + coordinates*points", ops,
                 {{"outputs", outputs}, {"points", points}});
  return work;
}

const Family energyopt::gridSampleFamily = {
    "gridsample", "M37: ops = (2*taps^axes - 1)*outputs + coordinates*points", gridSampleShape,
    gridSampleWork};

//===----------------------------------------------------------------------===//
// AffineGrid
//===----------------------------------------------------------------------===//

static Error affineGridShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireRank(op, 0, 3))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  auto size = op.intData(1);
  auto length = size ? std::optional<int64_t>(size->size()) : lengthOf(op, 1);
  if (!length)
    return Error::success();
  if (*length != 4 && *length != 5)
    return op.error("size has " + Twine(*length) + " values, expected 4 or 5");
  Shape result;
  for (int64_t i = 0; i < *length; ++i)
    if (i != 1)
      result.push_back(size ? (*size)[i] : runtimeDim(op, "grid", Expr(224)));
  result.push_back(*length - 2);
  op.outputs[0].shape = result;
  return requireSizes(op, result);
}

/// M38: theta (3x4, a 2-D one extended) times homogeneous coordinates of each
/// point: macs = N*3*4*D*H*W; 4 operations per point lay out the coordinates,
/// 2 per row, column and slice. Source: function body in ONNX Operators.md.
static Work affineGridWork(const OpView &op, const RuleParams &) {
  if (op.outputs[0].rank() < 3) // unknown, or declared as no grid can be
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  const Shape &grid = *op.outputs[0].shape;
  llvm::ArrayRef<Expr> space = llvm::ArrayRef<Expr>(grid).drop_front().drop_back();
  Expr points = numElements(space), lines = space.size() == 2 ? 1 : 0;
  for (const Expr &dim : space)
    lines += dim;
  DType type = op.in(0).dtype;
  addMatMul(op, work, type, op.in(0).isParameter, {grid[0], 3, points, 4});
  work.add(WorkClass::Vector, type, Expr(4) * points + Expr(2) * lines);
  return work;
}

const Family energyopt::affineGridFamily = {"affinegrid",
                                            "M38: macs = N*3*4*points, ops = 4*points + 2*lines",
                                            affineGridShape, affineGridWork};
