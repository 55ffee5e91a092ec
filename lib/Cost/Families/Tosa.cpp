//===- Tosa.cpp - Families of the tosa dialect ----------------------------===//

#include "Cost/Families/Tosa.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/LayoutConv.h"
#include "Cost/Families/Pool.h"
#include "Cost/Families/Reduce.h"
#include "Cost/Families/Resize.h"
#include "Cost/Families/Signal.h"

using namespace energyopt;
using llvm::Error;

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// NHWC (or NDHWC) images and results; kernels OHWI, or HWCM if depthwise.
static ConvDimNumbers tosaDims(size_t rank, TosaConv form) {
  ConvDimNumbers dims;
  dims.imageFeature = dims.resultFeature = rank - 1;
  bool depthwise = form == TosaConv::Depthwise;
  dims.kernelInput = depthwise ? rank - 2 : rank - 1;
  dims.kernelOutput = depthwise ? rank - 1 : 0;
  for (size_t i = 0; i + 2 < rank; ++i) {
    dims.imageSpatial.push_back(i + 1);
    dims.resultSpatial.push_back(i + 1);
    dims.kernelSpatial.push_back(depthwise ? i : i + 1);
  }
  return dims;
}

static ConvWindow tosaWindow(const OpView &op) {
  ConvWindow window;
  window.strides = op.intsAttr("stride").value_or(std::vector<int64_t>());
  window.dilations = op.intsAttr("dilation").value_or(std::vector<int64_t>());
  auto pads = op.intsAttr("pad").value_or(std::vector<int64_t>());
  for (size_t i = 0; i + 1 < pads.size(); i += 2) {
    window.padLow.push_back(pads[i]);
    window.padHigh.push_back(pads[i + 1]);
  }
  for (int64_t &stride : window.strides)
    stride = std::max<int64_t>(stride, 1);
  return window;
}

static bool isConvolvable(const OpView &op) {
  return op.ranked(0) && op.ranked(1) && op.in(0).rank() >= 3 && op.in(0).rank() == op.in(1).rank();
}

static Error tosaConvShape(OpView &op, const RuleParams &params) {
  TosaConv form = static_cast<TosaConv>(params.a);
  if (!isConvolvable(op) || form == TosaConv::Transposed)
    return Error::success(); // declared, or out_shape
  const Shape &image = *op.in(0).shape, &kernel = *op.in(1).shape;
  ConvDimNumbers dims = tosaDims(image.size(), form);
  Shape result = convResult(dims, tosaWindow(op), image, kernel, image[0]);
  if (form == TosaConv::Depthwise)
    result.back() = kernel[dims.kernelInput] * kernel[dims.kernelOutput];
  setOutput(op, 0, op.in(0).dtype, result);
  return Error::success();
}

static Work tosaConvWork(const OpView &op, const RuleParams &params) {
  TosaConv form = static_cast<TosaConv>(params.a);
  if (!isConvolvable(op) || !op.outputs[0].hasRank() || op.outputs[0].rank() != op.in(0).rank())
    return unknownShape(op);
  const Shape &image = *op.in(0).shape, &kernel = *op.in(1).shape;
  ConvDimNumbers dims = tosaDims(image.size(), form);
  ConvSizes sizes =
      convSizesOf(dims, image, kernel, *op.outputs[0].shape, 1, form == TosaConv::Transposed);
  if (form == TosaConv::Depthwise) {
    auto channels = op.ctx->upperBound(kernel[dims.kernelInput]).constant();
    if (!channels || *channels < 1)
      return unknownShape(op);
    sizes.groups = *channels;
    sizes.outChannels *= kernel[dims.kernelInput];
  }
  Work work = wholeTensorWork(op);
  addConv(op, work, productType(op.in(0).dtype, op.in(1).dtype), sizes,
          form == TosaConv::Transposed);
  if (op.has(2))
    work.add(WorkClass::Vector, op.outputs[0].dtype, op.outputs[0].elements());
  return work;
}

const Family energyopt::tosaConvFamily = {"conv", "M5: macs = N*OC*positions*(IC/g)*kernel",
                                          tosaConvShape, tosaConvWork};

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

static Error tosaPoolShape(OpView &op, const RuleParams &) {
  auto kernel = op.intsAttr("kernel");
  if (!op.ranked(0) || op.in(0).rank() != 4 || !kernel || kernel->size() != 2)
    return Error::success();
  const Shape &image = *op.in(0).shape;
  ConvDimNumbers dims = tosaDims(4, TosaConv::Conv);
  Shape window = {image[3], (*kernel)[0], (*kernel)[1], 1};
  setOutput(op, 0, op.in(0).dtype, convResult(dims, tosaWindow(op), image, window, image[0]));
  return Error::success();
}

static Work tosaPoolWork(const OpView &op, const RuleParams &params) {
  auto kernel = op.intsAttr("kernel");
  if (!op.outputs[0].hasRank() || !kernel || kernel->size() != 2)
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addPool(work, params.a ? PoolKind::Average : PoolKind::Max, 1, op.in(0).dtype,
          op.outputs[0].elements(), Expr((*kernel)[0]) * Expr((*kernel)[1]));
  return work;
}

const Family energyopt::tosaPoolFamily = {
    "pool", "M15: one operation per window element, and a division per mean", tosaPoolShape,
    tosaPoolWork};

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

/// Dims and result of [N,H,C]x[N,C,W], or of [N,C] with weights [W,C].
static llvm::Expected<MatMulShape> tosaMatMulSizes(const OpView &op, bool connected) {
  if (!connected)
    return matmulShape(op, *op.in(0).shape, *op.in(1).shape);
  const Shape &x = *op.in(0).shape, &w = *op.in(1).shape;
  if (x.size() != 2 || w.size() != 2)
    return op.error("expected matrices");
  MatMulShape shape;
  shape.result = {x[0], w[0]};
  shape.dims = {1, x[0], w[0], x[1]};
  return shape;
}

static Error tosaMatMulShape(OpView &op, const RuleParams &params) {
  if (!op.ranked(0) || !op.ranked(1))
    return Error::success();
  auto shape = tosaMatMulSizes(op, params.a);
  if (!shape)
    return shape.takeError();
  setOutput(op, 0, op.in(0).dtype, shape->result);
  return Error::success();
}

static Work tosaMatMulWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0) || !op.ranked(1))
    return unknownShape(op);
  auto shape = tosaMatMulSizes(op, params.a);
  if (!shape)
    return unmodelledError(shape.takeError());
  Work work = wholeTensorWork(op);
  addMatMul(op, work, productType(op.in(0).dtype, op.in(1).dtype),
            op.in(0).isParameter || op.in(1).isParameter, shape->dims);
  if (params.a && op.has(2))
    work.add(WorkClass::Vector, op.outputs[0].dtype, op.outputs[0].elements());
  return work;
}

const Family energyopt::tosaMatMulFamily = {"matmul", "M2: macs = groups*M*N*K", tosaMatMulShape,
                                            tosaMatMulWork};

//===----------------------------------------------------------------------===//
// Reductions, resampling, transforms
//===----------------------------------------------------------------------===//

static Error tosaReduceShape(OpView &op, const RuleParams &params) {
  if (!op.ranked(0))
    return Error::success();
  auto axis = normalizeAxis(op, op.intAttr("axis", 0), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  setOutput(op, 0, op.in(0).dtype, reducedShape(*op.in(0).shape, {*axis}, params.a));
  return Error::success();
}

static Work tosaReduceWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addElementwise(work, op.in(0).dtype, op.in(0).elements(), 1);
  return work;
}

const Family energyopt::tosaReduceFamily = {"reduce", "M12: one operation per input element",
                                            tosaReduceShape, tosaReduceWork};

static Error declaredShape(OpView &, const RuleParams &) { return Error::success(); }

/// M37 with two taps per axis, unless nearest.
static Work tosaResizeWork(const OpView &op, const RuleParams &) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  if (op.stringAttr("mode", "") != "NEAREST_NEIGHBOR")
    work.add(WorkClass::Vector, op.outputs[0].dtype,
             interpolationOps(2, 2) * op.outputs[0].elements());
  return work;
}

const Family energyopt::tosaResizeFamily = {"resize", "M37: weighted sum of 4 neighbours",
                                            declaredShape, tosaResizeWork};

/// G1: a transform along W for every row, one along H for every column.
static Work tosaFftWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0) || op.in(0).rank() != 3)
    return unknownShape(op);
  auto h = op.in(0).dim(1).constant(), w = op.in(0).dim(2).constant();
  if (!h || !w || *h < 1 || *w < 1)
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  Expr columns = params.a ? *w / 2 + 1 : *w;
  work.add(WorkClass::Vector, op.in(0).dtype,
           op.in(0).dim(0) * (Expr(*h) * fftFlops(*w, params.a) + columns * fftFlops(*h, false)));
  return work;
}

const Family energyopt::tosaFftFamily = {"fourier", "G1: flops = transforms * 5*n*log2(n)",
                                         declaredShape, tosaFftWork};
