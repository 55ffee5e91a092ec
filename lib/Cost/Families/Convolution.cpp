//===- Convolution.cpp - Forward convolutions -----------------------------===//

#include "Cost/Families/Convolution.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Explain.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Sizes to work
//===----------------------------------------------------------------------===//

/// Channels of one group.
static Expr perGroup(const Expr &channels, const Expr &groups) {
  auto exact = channels.exactDiv(groups);
  return exact ? *exact : channels.floorDiv(groups);
}

ContractionDims energyopt::convDims(const ConvSizes &sizes, bool transposed) {
  Expr taps = numElements(sizes.kernel);
  Expr m = sizes.batch * numElements(sizes.positions);
  Expr n = perGroup(sizes.outChannels, sizes.groups);
  Expr k = perGroup(sizes.inChannels, sizes.groups);
  if (transposed)
    return {sizes.groups, m, n * taps, k};
  return {sizes.groups, m, n, k * taps};
}

WorkClass energyopt::convClass(const ConvSizes &sizes) {
  if (sizes.groups.is(1))
    return WorkClass::Conv;
  return sizes.inChannels == sizes.groups ? WorkClass::DepthwiseConv : WorkClass::GroupedConv;
}

/// "macs = N*OC*OH*OW*(IC/g)*KH*KW" for the number of spatial dims; positions
/// of a transposed convolution are the input's ("I"), else the output's ("O").
static std::string convFormula(size_t rank, bool transposed) {
  static const char *const axes[] = {"D", "H", "W"};
  auto list = [&](const char *prefix) {
    std::string text;
    for (size_t i = 0; i < rank; ++i)
      text += std::string("*") + prefix + (rank <= 3 ? axes[3 - rank + i] : std::to_string(i));
    return text;
  };
  return transposed ? "macs = N*IC" + list("I") + "*(OC/g)" + list("K")
                    : "macs = N*OC" + list("O") + "*(IC/g)" + list("K");
}

void energyopt::addConv(const OpView &op, Work &work, DType dtype, const ConvSizes &sizes,
                        bool transposed) {
  ContractionDims dims = convDims(sizes, transposed);
  work.add(convClass(sizes), dtype, contractionMacs(dims), dims);
  if (!op.explain)
    return;
  Shape factors = {sizes.batch, transposed ? sizes.inChannels : sizes.outChannels};
  factors.append(sizes.positions);
  factors.push_back(perGroup(transposed ? sizes.outChannels : sizes.inChannels, sizes.groups));
  factors.append(sizes.kernel);
  explainProduct(op, work, convFormula(sizes.kernel.size(), transposed), factors);
}

Expected<int64_t> energyopt::readGroups(const OpView &op, const Expr &inChannels,
                                        const Expr &outChannels) {
  int64_t groups = op.intAttr("group", 1);
  if (groups < 1)
    return op.error("attribute 'group' is " + Twine(groups) + ", expected at least 1");
  for (const Expr &channels : {inChannels, outChannels})
    if (auto constant = channels.constant(); constant && *constant % groups != 0)
      return op.error("attribute 'group' is " + Twine(groups) + ", which does not divide " +
                      Twine(*constant) + " channels");
  return groups;
}

//===----------------------------------------------------------------------===//
// Conv, ConvInteger, QLinearConv
//===----------------------------------------------------------------------===//

namespace {
/// Where a form keeps its operands; -1: it has none.
struct ConvLayout {
  int x, w, xZero, wZero, yZero, bias;
  int required;
};
} // namespace

static const ConvLayout &layoutOf(const RuleParams &params) {
  static const ConvLayout layouts[] = {
      {0, 1, -1, -1, -1, 2, 2}, // Plain
      {0, 1, 2, 3, -1, -1, 2},  // Integer
      {0, 3, 2, 5, 7, 8, 8},    // QLinear
  };
  return layouts[params.a];
}

static Error checkConvTypes(const OpView &op, const RuleParams &params) {
  const ConvLayout &at = layoutOf(params);
  if (static_cast<ConvForm>(params.a) == ConvForm::Plain)
    return requireSameType(op, {at.x, at.w, at.bias});
  for (int input : {at.x, at.w})
    if (Error error = requireQuantized(op, input))
      return error;
  if (Error error = requireSameType(op, {at.x, at.xZero}))
    return error;
  return requireSameType(op, {at.w, at.wZero});
}

/// Kernel dims: the attribute's, which must be the weight's.
static Expected<Shape> kernelOf(const OpView &op, const ValueInfo &weight) {
  Shape kernel(weight.shape->begin() + 2, weight.shape->end());
  auto given = readKernelShape(op);
  if (!given)
    return given.takeError();
  if (!*given)
    return kernel;
  if ((*given)->size() != kernel.size())
    return op.error("attribute 'kernel_shape' has " + Twine((*given)->size()) +
                    " values, the weight has " + Twine(kernel.size()) + " spatial dims");
  for (size_t i = 0; i < kernel.size(); ++i) {
    auto same = op.ctx->unify(kernel[i], (**given)[i]);
    if (!same)
      return op.error("attribute 'kernel_shape' says " + (**given)[i].str() + " in dim " +
                      Twine(i) + ", the weight has " + kernel[i].str());
    kernel[i] = *same;
  }
  return kernel;
}

/// Sizes of a convolution with NCHW data and OIHW weights; needs both ranks.
static Expected<ConvSizes> convSizes(const OpView &op, const RuleParams &params) {
  const ConvLayout &at = layoutOf(params);
  const ValueInfo &x = op.in(at.x), &w = op.in(at.w);
  if (x.rank() < 3 || w.rank() != x.rank())
    return op.error("the input has rank " + Twine(x.rank()) + " and the weight " + Twine(w.rank()) +
                    ", expected the same, at least 3");
  ConvSizes sizes;
  sizes.batch = x.dim(0);
  sizes.outChannels = w.dim(0);
  auto groups = readGroups(op, x.dim(1), w.dim(0));
  if (!groups)
    return groups.takeError();
  sizes.groups = *groups;
  auto channels = op.ctx->unify(x.dim(1), w.dim(1) * Expr(*groups));
  if (!channels)
    return op.error("the input has " + x.dim(1).str() + " channels, the weight expects " +
                    (w.dim(1) * Expr(*groups)).str());
  sizes.inChannels = *channels;
  auto kernel = kernelOf(op, w);
  if (!kernel)
    return kernel.takeError();
  sizes.kernel = *kernel;
  auto window = readWindow(op, sizes.kernel);
  if (!window)
    return window.takeError();
  auto positions = windowOutput(op, *window, llvm::ArrayRef<Expr>(*x.shape).drop_front(2));
  if (!positions)
    return positions.takeError();
  sizes.positions = *positions;
  return sizes;
}

static DType convType(const OpView &op, const RuleParams &params) {
  const ConvLayout &at = layoutOf(params);
  switch (static_cast<ConvForm>(params.a)) {
  case ConvForm::Integer:
    return DType::I32;
  case ConvForm::QLinear:
    return op.in(at.yZero).dtype;
  case ConvForm::Plain:
    break;
  }
  return op.in(at.x).dtype;
}

static Error convShape(OpView &op, const RuleParams &params) {
  const ConvLayout &at = layoutOf(params);
  if (Error error = requireInputs(op, at.required))
    return error;
  if (Error error = checkConvTypes(op, params))
    return error;
  setOutput(op, 0, convType(op, params));
  if (!op.ranked(at.x) || !op.ranked(at.w))
    return Error::success();
  auto sizes = convSizes(op, params);
  if (!sizes)
    return sizes.takeError();
  if (at.bias >= 0)
    if (Error error = requireVector(op, at.bias, sizes->outChannels))
      return error;
  Shape result = {sizes->batch, sizes->outChannels};
  result.append(sizes->positions);
  op.outputs[0].shape = result;
  return Error::success();
}

/// M5, one addition per output element for a bias; integer forms subtract zero
/// points from each input element, QLinear requantizes each output.
static Work convWork(const OpView &op, const RuleParams &params) {
  const ConvLayout &at = layoutOf(params);
  if (!op.ranked(at.x) || !op.ranked(at.w))
    return unknownShape(op);
  auto sizes = convSizes(op, params);
  if (!sizes)
    return unmodelledError(sizes.takeError());
  Work work = wholeTensorWork(op);
  DType type = productType(op.in(at.x).dtype, op.in(at.w).dtype);
  addConv(op, work, type, *sizes);
  Expr outputs = op.outputs[0].elements();
  if (at.bias >= 0 && op.has(at.bias))
    work.add(WorkClass::Vector, isFloat(type) ? type : DType::I32, outputs);
  for (auto [operand, zero] : {std::pair(at.x, at.xZero), std::pair(at.w, at.wZero)})
    if (zero >= 0 && op.has(zero))
      work.add(WorkClass::Vector, DType::I32, op.in(operand).elements());
  if (at.yZero >= 0)
    work.add(WorkClass::Vector, DType::F32, Expr(kRequantizeOps) * outputs);
  return work;
}

const Family energyopt::convFamily = {"conv", "M5: macs = N*OC*positions*(IC/g)*kernel", convShape,
                                      convWork};
