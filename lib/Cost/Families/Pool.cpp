//===- Pool.cpp - Pooling -------------------------------------------------===//

#include "Cost/Families/Pool.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"
#include "Cost/Families/Window.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

void energyopt::addPool(Work &work, PoolKind kind, int64_t p, DType dtype, const Expr &outputs,
                        const Expr &window) {
  Expr visited = outputs * window;
  if (kind == PoolKind::Max)
    return addElementwise(work, dtype, visited, 1);
  if (kind == PoolKind::Average) {
    addElementwise(work, dtype, visited, 1);
    return addElementwise(work, dtype, outputs, 1);
  }
  // p = 1: |x|, sum. p = 2: x*x, sum, root. Else |x|, power, sum, power.
  if (p == 1)
    return addElementwise(work, dtype, visited, 2);
  addElementwise(work, dtype, visited, 2, p == 2 ? 0 : 1);
  addElementwise(work, dtype, outputs, p == 2 ? 1 : 0, p == 2 ? 0 : 1);
}

static Expected<int64_t> normOrder(const OpView &op, PoolKind kind) {
  int64_t p = kind == PoolKind::Lp ? op.intAttr("p", 2) : 1;
  if (p < 1)
    return op.error("attribute 'p' is " + Twine(p) + ", expected at least 1");
  return p;
}

/// M15's equation with the numbers in it.
static void explainPool(const OpView &op, Work &work, const Expr &outputs, const Expr &window) {
  explainProduct(op, work, "visited = outputs*window", {outputs, window});
}

//===----------------------------------------------------------------------===//
// Sliding windows
//===----------------------------------------------------------------------===//

static Expected<Window> poolWindow(const OpView &op) {
  auto kernel = readKernelShape(op);
  if (!kernel)
    return kernel.takeError();
  if (!*kernel)
    return op.error("attribute 'kernel_shape' is missing");
  return readWindow(op, **kernel);
}

static Error poolShape(OpView &op, const RuleParams &params) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (auto p = normOrder(op, static_cast<PoolKind>(params.a)); !p)
    return p.takeError();
  setOutput(op, 0, op.in(0).dtype);
  setOutput(op, 1, DType::I64);
  auto window = poolWindow(op);
  if (!window)
    return window.takeError();
  if (!op.ranked(0))
    return Error::success();
  if (Error error = requireRank(op, 0, window->rank() + 2))
    return error;
  auto spatial = windowOutput(op, *window, llvm::ArrayRef<Expr>(*op.in(0).shape).drop_front(2));
  if (!spatial)
    return spatial.takeError();
  Shape result = {op.in(0).dim(0), op.in(0).dim(1)};
  result.append(*spatial);
  for (ValueInfo &output : op.outputs)
    output.shape = result;
  return Error::success();
}

static Work poolWork(const OpView &op, const RuleParams &params) {
  auto window = poolWindow(op);
  if (!window)
    return unmodelledError(window.takeError());
  PoolKind kind = static_cast<PoolKind>(params.a);
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  Expr outputs = op.outputs[0].elements(), taps = numElements(window->kernel);
  addPool(work, kind, op.intAttr("p", 2), op.in(0).dtype, outputs, taps);
  explainPool(op, work, outputs, taps);
  return work;
}

const Family energyopt::poolFamily = {
    "pool", "M15: one operation per window element, and a division per mean", poolShape, poolWork};

//===----------------------------------------------------------------------===//
// Whole images
//===----------------------------------------------------------------------===//

static Error globalPoolShape(OpView &op, const RuleParams &params) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (auto p = normOrder(op, static_cast<PoolKind>(params.a)); !p)
    return p.takeError();
  if (Error error = requireRankAtLeast(op, 0, 2))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0))
    return Error::success();
  Shape result(op.in(0).rank(), Expr(1));
  result[0] = op.in(0).dim(0);
  result[1] = op.in(0).dim(1);
  op.outputs[0].shape = result;
  return Error::success();
}

static Work globalPoolWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  Expr outputs = op.in(0).dim(0) * op.in(0).dim(1);
  Expr window = numElements(llvm::ArrayRef<Expr>(*op.in(0).shape).drop_front(2));
  addPool(work, static_cast<PoolKind>(params.a), op.intAttr("p", 2), op.in(0).dtype, outputs,
          window);
  explainPool(op, work, outputs, window);
  return work;
}

const Family energyopt::globalPoolFamily = {
    "globalpool", "M15: one operation per input element, and a division per mean", globalPoolShape,
    globalPoolWork};

//===----------------------------------------------------------------------===//
// MaxUnpool
//===----------------------------------------------------------------------===//

/// M16: the pool's input size again: stride*(in-1) + kernel - pads, unless
/// operand 2 gives the shape. It scatters, and computes nothing.
static Error maxUnpoolShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  auto window = poolWindow(op);
  if (!window)
    return window.takeError();
  if (!op.ranked(0))
    return Error::success();
  if (Error error = requireRank(op, 0, window->rank() + 2))
    return error;
  Shape result = {op.in(0).dim(0), op.in(0).dim(1)};
  for (size_t i = 0; i < window->rank(); ++i)
    result.push_back(Expr(window->strides[i]) * (op.in(0).dim(i + 2) - 1) + window->kernel[i] -
                     Expr(window->padBegin[i]) - Expr(window->padEnd[i]));
  if (!op.has(2)) {
    op.outputs[0].shape = result;
    return requireSizes(op, result);
  }
  auto given = op.intData(2);
  if (given && given->size() != result.size())
    return op.error("output_shape has " + Twine(given->size()) + " values, expected " +
                    Twine(result.size()));
  for (size_t i = given ? 0 : 2; i < result.size(); ++i)
    result[i] = given ? (*given)[i] : runtimeDim(op, "output_shape", result[i]);
  op.outputs[0].shape = result;
  return requireSizes(op, result);
}

static Work maxUnpoolWork(const OpView &op, const RuleParams &) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  return wholeTensorWork(op);
}

const Family energyopt::maxUnpoolFamily = {"maxunpool", "M16: scatters; no arithmetic",
                                           maxUnpoolShape, maxUnpoolWork};

//===----------------------------------------------------------------------===//
// MaxRoiPool
//===----------------------------------------------------------------------===//

static Error maxRoiPoolShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireRank(op, 0, 4))
    return error;
  if (Error error = requireRank(op, 1, 2))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  auto pooled = op.intsAttr("pooled_shape");
  if (!pooled || pooled->size() != 2 || (*pooled)[0] < 1 || (*pooled)[1] < 1)
    return op.error("attribute 'pooled_shape' must hold two sizes of at least 1");
  if (op.ranked(0) && op.ranked(1))
    op.outputs[0].shape = Shape{op.in(1).dim(0), op.in(0).dim(1), (*pooled)[0], (*pooled)[1]};
  return Error::success();
}

/// M17: a region is at most the image; its bins overlap by at most one row and
/// column each, so compares <= rois*C*(H + pooledH)*(W + pooledW).
static Work maxRoiPoolWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  const Shape &out = *op.outputs[0].shape;
  Expr rows = op.in(0).dim(2) + out[2], columns = op.in(0).dim(3) + out[3];
  addElementwise(work, op.in(0).dtype, out[0] * out[1] * rows * columns, 1);
  explainProduct(op, work, "compares <= rois*C*(H + pooledH)*(W + pooledW)",
                 {out[0], out[1], rows, columns});
  markBounded(work, "the regions' sizes are data");
  return work;
}

const Family energyopt::maxRoiPoolFamily = {"maxroipool",
                                            "M17: compares <= rois*C*(H + pooledH)*(W + pooledW)",
                                            maxRoiPoolShape, maxRoiPoolWork};
