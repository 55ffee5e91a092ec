//===- ConvTranspose.cpp - Transposed convolutions ------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Convolution.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

/// The output_padding attribute, 0 by default.
static Expected<llvm::SmallVector<int64_t, 3>> outputPadding(const OpView &op, size_t rank) {
  auto given = op.intsAttr("output_padding");
  if (!given || given->empty())
    return llvm::SmallVector<int64_t, 3>(rank, 0);
  if (given->size() != rank)
    return op.error("attribute 'output_padding' has " + Twine(given->size()) +
                    " values, expected " + Twine(rank));
  for (int64_t value : *given)
    if (value < 0)
      return op.error("attribute 'output_padding' has the value " + Twine(value) +
                      ", expected at least 0");
  return llvm::SmallVector<int64_t, 3>(given->begin(), given->end());
}

/// The output_shape attribute: spatial dims, in old models preceded by N, C.
static Expected<std::optional<Shape>> givenOutput(const OpView &op, size_t rank) {
  auto given = op.intsAttr("output_shape");
  if (!given || given->empty())
    return std::optional<Shape>();
  if (given->size() != rank && given->size() != rank + 2)
    return op.error("attribute 'output_shape' has " + Twine(given->size()) + " values, expected " +
                    Twine(rank));
  Shape shape;
  for (int64_t value : llvm::ArrayRef<int64_t>(*given).take_back(rank)) {
    if (value < 1)
      return op.error("attribute 'output_shape' has the value " + Twine(value) +
                      ", expected at least 1");
    shape.push_back(value);
  }
  return std::optional<Shape>(shape);
}

/// M6: out = stride*(in-1) + output_padding + dilation*(kernel-1) + 1 - pads;
/// in*stride for auto_pad SAME. Source: ONNX Operators.md, ConvTranspose.
static Expected<Shape> transposedOutput(const OpView &op, const Window &window,
                                        llvm::ArrayRef<Expr> spatial) {
  auto given = givenOutput(op, spatial.size());
  if (!given)
    return given.takeError();
  if (*given)
    return **given;
  auto padding = outputPadding(op, spatial.size());
  if (!padding)
    return padding.takeError();
  bool same = window.autoPad == AutoPad::SameUpper || window.autoPad == AutoPad::SameLower;
  Shape out;
  for (size_t i = 0; i < spatial.size(); ++i) {
    Expr stride = window.strides[i];
    Expr extent = Expr(window.dilations[i]) * (window.kernel[i] - 1) + 1;
    Expr size = same ? spatial[i] * stride
                     : stride * (spatial[i] - 1) + Expr((*padding)[i]) + extent -
                           Expr(window.padBegin[i]) - Expr(window.padEnd[i]);
    if (auto constant = size.constant(); constant && *constant < 1)
      return op.error("its padding leaves no output in spatial dim " + Twine(i) + " (size " +
                      Twine(*constant) + ")");
    out.push_back(size);
  }
  if (Error error = requireSizes(op, out))
    return std::move(error);
  return out;
}

/// Sizes with IOHW weights; needs both ranks.
static Expected<ConvSizes> transposedSizes(const OpView &op) {
  const ValueInfo &x = op.in(0), &w = op.in(1);
  if (x.rank() < 3 || w.rank() != x.rank())
    return op.error("the input has rank " + Twine(x.rank()) + " and the weight " + Twine(w.rank()) +
                    ", expected the same, at least 3");
  ConvSizes sizes;
  sizes.batch = x.dim(0);
  auto groups = readGroups(op, x.dim(1), Expr(0));
  if (!groups)
    return groups.takeError();
  sizes.groups = *groups;
  sizes.outChannels = w.dim(1) * Expr(*groups);
  auto channels = op.ctx->unify(x.dim(1), w.dim(0));
  if (!channels)
    return op.error("the input has " + x.dim(1).str() + " channels, the weight expects " +
                    w.dim(0).str());
  sizes.inChannels = *channels;
  sizes.kernel.assign(w.shape->begin() + 2, w.shape->end());
  sizes.positions.assign(x.shape->begin() + 2, x.shape->end());
  return sizes;
}

static Error convTransposeShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireSameType(op, {0, 1, 2}))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0) || !op.ranked(1))
    return Error::success();
  auto sizes = transposedSizes(op);
  if (!sizes)
    return sizes.takeError();
  auto window = readWindow(op, sizes->kernel);
  if (!window)
    return window.takeError();
  auto spatial = transposedOutput(op, *window, sizes->positions);
  if (!spatial)
    return spatial.takeError();
  if (Error error = requireVector(op, 2, sizes->outChannels))
    return error;
  Shape result = {sizes->batch, sizes->outChannels};
  result.append(*spatial);
  op.outputs[0].shape = result;
  return Error::success();
}

/// M6: every input element meets every kernel tap and output channel of its
/// group: macs = N*IC*positions*(OC/g)*kernel.
static Work convTransposeWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.ranked(1) || !op.outputs[0].hasRank())
    return unknownShape(op);
  auto sizes = transposedSizes(op);
  if (!sizes)
    return unmodelledError(sizes.takeError());
  Work work = wholeTensorWork(op);
  addConv(op, work, op.in(0).dtype, *sizes, /*transposed=*/true);
  if (op.has(2))
    work.add(WorkClass::Vector, op.in(0).dtype, op.outputs[0].elements());
  return work;
}

const Family energyopt::convTransposeFamily = {"convtranspose",
                                               "M6: macs = N*IC*input positions*(OC/g)*kernel",
                                               convTransposeShape, convTransposeWork};
