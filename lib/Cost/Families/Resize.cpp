//===- Resize.cpp - Resize and Upsample -----------------------------------===//

#include "Cost/Families/Resize.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"

#include <cmath>

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

Expr energyopt::interpolationOps(const Expr &taps, int64_t axes) {
  Expr neighbours = 1;
  for (int64_t i = 0; i < axes; ++i)
    neighbours *= taps;
  return neighbours.is(1) ? Expr(0) : Expr(2) * neighbours - 1;
}

Expr energyopt::coordinateOps(int64_t axes) {
  Expr corners = 1;
  for (int64_t i = 0; i < axes; ++i)
    corners *= 2;
  return Expr(4) * axes + corners * (axes - 1);
}

//===----------------------------------------------------------------------===//
// What is asked
//===----------------------------------------------------------------------===//

namespace {
/// The request, one entry per resized axis. Unknown values are nullopt.
struct Request {
  Axes axes;
  bool bySize = false;
  bool known = true;
  llvm::SmallVector<double, 4> scales;
  Shape sizes;
};
} // namespace

/// An input that is present and not an empty placeholder.
static bool given(const OpView &op, unsigned input) {
  return op.has(input) && !(op.ranked(input) && op.in(input).elements().is(0));
}

static Expected<Axes> resizedAxes(const OpView &op) {
  int64_t rank = op.in(0).rank();
  if (auto axes = op.intsAttr("axes"))
    return normalizeAxes(op, *axes, rank);
  Axes all;
  for (int64_t i = 0; i < rank; ++i)
    all.push_back(i);
  return all;
}

/// Scales from input or, as Upsample-7 had them, attribute; nullopt: unknown.
static std::optional<llvm::SmallVector<double, 4>> readScales(const OpView &op, unsigned input) {
  if (auto attr = op.attr("scales"); attr && !given(op, input))
    return attr->floats;
  auto contents = op.data(input);
  if (!contents)
    return std::nullopt;
  llvm::SmallVector<double, 4> scales;
  for (const Scalar &scalar : *contents) {
    auto value = scalar.asFloat();
    if (!value)
      return std::nullopt;
    scales.push_back(*value);
  }
  return scales;
}

static Error checkCount(const OpView &op, StringRef what, size_t count, size_t axes) {
  if (count == axes)
    return Error::success();
  return op.error(what + " has " + Twine(count) + " values for " + Twine(axes) + " axes");
}

/// Needs input 0's rank.
static Expected<Request> readRequest(const OpView &op, const RuleParams &params) {
  unsigned scalesInput = params.a, sizesInput = params.a + 1;
  auto axes = resizedAxes(op);
  if (!axes)
    return axes.takeError();
  Request request;
  request.axes = *axes;
  request.bySize = given(op, sizesInput);
  bool byScale = given(op, scalesInput) || op.hasAttr("scales");
  if (request.bySize == byScale)
    return op.error(byScale ? "both scales and sizes are given" : "neither scales nor sizes given");
  if (request.bySize) {
    auto sizes = op.intData(sizesInput);
    request.known = sizes.has_value();
    if (sizes)
      request.sizes.assign(sizes->begin(), sizes->end());
    if (sizes)
      if (Error error = checkCount(op, "sizes", sizes->size(), axes->size()))
        return std::move(error);
    return request;
  }
  auto scales = readScales(op, scalesInput);
  request.known = scales.has_value();
  if (!scales)
    return request;
  request.scales = *scales;
  if (Error error = checkCount(op, "scales", scales->size(), axes->size()))
    return std::move(error);
  for (double scale : *scales)
    if (!(scale > 0) || !std::isfinite(scale))
      return op.error("scales must be positive");
  return request;
}

//===----------------------------------------------------------------------===//
// Output size
//===----------------------------------------------------------------------===//

/// M36: floor(in * scale), in the float32 arithmetic of the specification for
/// a constant; as a fraction for a symbol. nullopt if the scale is none.
static std::optional<Expr> scaledDim(const Expr &in, double scale) {
  if (auto constant = in.constant()) {
    float size = std::floor(static_cast<float>(*constant) * static_cast<float>(scale));
    return size < 0x1p62f ? Expr(static_cast<int64_t>(size)) : Expr::overflow();
  }
  constexpr int64_t kLargestDenominator = 64;
  for (int64_t q = 1; q <= kLargestDenominator; ++q) {
    double p = std::round(scale * static_cast<double>(q));
    if (p < 0x1p40 && static_cast<float>(p / static_cast<double>(q)) == static_cast<float>(scale))
      return (in * Expr(static_cast<int64_t>(p))).floorDiv(q);
  }
  return std::nullopt;
}

/// roi of tf_crop_and_resize: [starts…, ends…]; the fraction of each axis.
static std::optional<llvm::SmallVector<double, 4>> croppedFractions(const OpView &op, size_t axes) {
  if (op.stringAttr("coordinate_transformation_mode", "") != "tf_crop_and_resize")
    return llvm::SmallVector<double, 4>(axes, 1.0);
  auto roi = op.data(1);
  if (!roi || roi->size() != 2 * axes)
    return std::nullopt;
  llvm::SmallVector<double, 4> fractions;
  for (size_t i = 0; i < axes; ++i) {
    auto start = (*roi)[i].asFloat(), end = (*roi)[i + axes].asFloat();
    if (!start || !end)
      return std::nullopt;
    fractions.push_back(*end - *start);
  }
  return fractions;
}

/// keep_aspect_ratio_policy: one scale for all axes, results rounded. Needs
/// constant sizes; nullopt otherwise.
static std::optional<Shape> keepAspectRatio(const OpView &op, const Request &request) {
  bool smallest = op.stringAttr("keep_aspect_ratio_policy", "stretch") == "not_larger";
  std::optional<double> scale;
  for (size_t i = 0; i < request.axes.size(); ++i) {
    auto in = op.in(0).dim(request.axes[i]).constant(), size = request.sizes[i].constant();
    if (!in || !size || *in < 1)
      return std::nullopt;
    double ratio = static_cast<double>(*size) / static_cast<double>(*in);
    scale = !scale ? ratio : smallest ? std::min(*scale, ratio) : std::max(*scale, ratio);
  }
  Shape result = *op.in(0).shape;
  for (int64_t axis : request.axes)
    result[axis] = static_cast<int64_t>(
        std::floor(*scale * static_cast<double>(*result[axis].constant()) + 0.5));
  return result;
}

static Shape resizedShape(OpView &op, const Request &request) {
  Shape result = *op.in(0).shape;
  auto fractions = croppedFractions(op, request.axes.size());
  if (request.known && request.bySize) {
    if (op.stringAttr("keep_aspect_ratio_policy", "stretch") != "stretch")
      if (auto kept = keepAspectRatio(op, request))
        return *kept;
    for (size_t i = 0; i < request.axes.size(); ++i)
      result[request.axes[i]] = request.sizes[i];
    return result;
  }
  for (size_t i = 0; i < request.axes.size(); ++i) {
    Expr &dim = result[request.axes[i]];
    std::optional<Expr> size;
    if (request.known && fractions)
      size = scaledDim(dim, request.scales[i] * (*fractions)[i]);
    dim = size ? *size : runtimeDim(op, "resized", op.ctx->upperBound(dim));
  }
  return result;
}

static Error resizeShape(OpView &op, const RuleParams &params) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireOneOf(op, "mode", op.stringAttr("mode", "nearest"),
                                 {"nearest", "linear", "bilinear", "cubic"}))
    return error;
  if (Error error = requireOneOf(op, "keep_aspect_ratio_policy",
                                 op.stringAttr("keep_aspect_ratio_policy", "stretch"),
                                 {"stretch", "not_larger", "not_smaller"}))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!op.ranked(0))
    return Error::success();
  auto request = readRequest(op, params);
  if (!request)
    return request.takeError();
  op.outputs[0].shape = resizedShape(op, *request);
  return requireSizes(op, *op.outputs[0].shape);
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

/// M37: each output element is a weighted sum of taps^axes input elements,
/// 2 taps per resized axis for linear, 4 for cubic; antialiasing widens them by
/// the reduction. Nearest copies.
static Work resizeWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  std::string mode = op.stringAttr("mode", "nearest");
  if (mode == "nearest")
    return work;
  int64_t taps = mode == "cubic" ? 4 : 2, axes = 0, widening = 1;
  for (int64_t i = 0; i < op.in(0).rank(); ++i) {
    const Expr &in = op.in(0).dim(i), &out = op.outputs[0].dim(i);
    if (in == out)
      continue;
    ++axes;
    if (op.intAttr("antialias", 0) && in.constant() && out.constant().value_or(0) > 0)
      widening = std::max(widening, *in.ceilDiv(out).constant());
  }
  Expr each = interpolationOps(taps * widening, axes);
  DType type = isFloat(op.in(0).dtype) ? op.in(0).dtype : DType::F32;
  work.add(WorkClass::Vector, type, each * op.outputs[0].elements());
  explainProduct(op, work, "ops = (2*taps^axes - 1)*outputs", {each, op.outputs[0].elements()});
  return work;
}

const Family energyopt::resizeFamily = {
    "resize", "M37: ops = (2*taps^axes - 1)*outputs, taps 2 (linear) or 4 (cubic)", resizeShape,
    resizeWork};
