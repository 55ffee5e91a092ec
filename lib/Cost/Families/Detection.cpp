//===- Detection.cpp - Boxes and regions of interest ----------------------===//

#include "Cost/Families/Detection.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"

#include "llvm/Support/MathExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

SuppressionBound energyopt::suppressionBound(const Expr &boxes, const Expr &kept) {
  // A symbolic count sorts in at most 63 steps a box, the width of an index.
  auto constant = boxes.constant();
  int64_t steps = constant ? (*constant > 1 ? llvm::Log2_64_Ceil(*constant) : 0) : 63;
  return {boxes * (steps + 1), boxes * kept};
}

namespace {

//===----------------------------------------------------------------------===//
// NonMaxSuppression
//===----------------------------------------------------------------------===//

/// Boxes that may stay per class: the operand (default 0, none), at most all.
Expr keptBoxes(const OpView &op, const Expr &boxes) {
  if (!op.has(2))
    return 0;
  auto limit = op.intData(2);
  if (!limit || limit->size() != 1)
    return boxes;
  return Expr::max(0, Expr::min((*limit)[0], boxes));
}

Error shapeSuppression(OpView &op, const RuleParams &) {
  if (Error e = requireInputs(op, 2))
    return e;
  if (Error e = requireRank(op, 0, 3))
    return e;
  if (Error e = requireRank(op, 1, 3))
    return e;
  ValueInfo out = ValueInfo::tensor(DType::I64);
  if (op.ranked(0) && op.ranked(1)) {
    const ValueInfo &boxes = op.in(0), &scores = op.in(1);
    if (boxes.dim(2).constant().value_or(4) != 4)
      return op.error("boxes have " + boxes.dim(2).str() + " coordinates, expected 4");
    auto batch = op.ctx->unify(boxes.dim(0), scores.dim(0));
    auto count = op.ctx->unify(boxes.dim(1), scores.dim(2));
    if (!batch || !count)
      return op.error("boxes " + boxes.str() + " and scores " + scores.str() +
                      " do not belong together");
    Expr most = op.ctx->upperBound(*count);
    Expr rows =
        op.ctx->upperBound(*batch) * op.ctx->upperBound(scores.dim(1)) * keptBoxes(op, most);
    out.shape = Shape{op.ctx->dataDependentDim("selected", rows), 3};
  }
  setOutput(op, 0, std::move(out));
  return Error::success();
}

Work workSuppression(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.ranked(1))
    return unknownShape(op);
  Work work = resultWork(op);
  Shape boxes = boundedShape(op, *op.in(0).shape);
  Expr classes = op.ctx->upperBound(op.in(1).dim(1));
  SuppressionBound bound = suppressionBound(boxes[1], keptBoxes(op, boxes[1]));
  Expr perBatch = classes * (bound.compares + bound.overlaps * kIouOps) + boxes[1] * kAreaOps;
  Expr flops = boxes[0] * perBatch;
  work.add(WorkClass::Vector, op.in(0).dtype, flops);
  explainFormula(op, work,
                 "flops <= batch*(classes*(boxes*(log2 boxes + 1) + 13*boxes*kept) + 3*boxes)",
                 flops, {{"batch", boxes[0]}, {"classes", classes}, {"boxes", boxes[1]}});
  markBounded(work, "how many boxes overlap depends on the data");
  return work;
}

//===----------------------------------------------------------------------===//
// Regions of interest
//===----------------------------------------------------------------------===//

/// Output height and width; a size given as an operand may be unknown.
llvm::Expected<std::pair<Expr, Expr>> roiOutput(OpView &op, RoiForm form) {
  if (form == RoiForm::Align) {
    int64_t height = op.intAttr("output_height", 1), width = op.intAttr("output_width", 1);
    if (height < 1 || width < 1)
      return op.error("output of " + Twine(height) + "x" + Twine(width));
    return std::pair<Expr, Expr>(height, width);
  }
  if (auto size = op.intData(3); size && size->size() == 2)
    return std::pair<Expr, Expr>((*size)[0], (*size)[1]);
  Expr height = runtimeDim(op, "crop_height", op.ctx->upperBound(op.in(0).dim(2)));
  Expr width = runtimeDim(op, "crop_width", op.ctx->upperBound(op.in(0).dim(3)));
  return std::pair<Expr, Expr>(height, width);
}

Error shapeRoi(OpView &op, const RuleParams &params) {
  auto form = static_cast<RoiForm>(params.a);
  if (Error e = requireInputs(op, form == RoiForm::Align ? 3 : 4))
    return e;
  if (Error e = requireRank(op, 0, 4))
    return e;
  if (Error e = requireRank(op, 1, 2))
    return e;
  if (Error e = requireRank(op, 2, 1))
    return e;
  if (op.intAttr("sampling_ratio", 0) < 0)
    return op.error("attribute sampling_ratio is negative");
  ValueInfo out = ValueInfo::tensor(op.in(0).dtype);
  if (op.ranked(0) && op.ranked(1)) {
    if (op.in(1).dim(1).constant().value_or(4) != 4)
      return op.error("a region has " + op.in(1).dim(1).str() + " coordinates, expected 4");
    Expr rois = op.in(1).dim(0);
    if (op.ranked(2)) {
      auto count = op.ctx->unify(rois, op.in(2).dim(0));
      if (!count)
        return op.error("input 2 names the images of " + op.in(2).dim(0).str() +
                        " regions, but there are " + rois.str());
      rois = *count;
    }
    auto size = roiOutput(op, form);
    if (!size)
      return size.takeError();
    out.shape = Shape{rois, op.in(0).dim(1), size->first, size->second};
  }
  setOutput(op, 0, std::move(out));
  return Error::success();
}

/// Samples per output element: sampling_ratio squared, or as many as the
/// region has pixels per element, at most the whole image's.
Expr samplesPerElement(const OpView &op, RoiForm form) {
  if (form == RoiForm::CropAndResize)
    return 1;
  Expr ratio = op.intAttr("sampling_ratio", 0);
  if (!ratio.is(0))
    return ratio * ratio;
  Shape image = boundedShape(op, *op.in(0).shape), out = boundedShape(op, *op.outputs[0].shape);
  return image[2].ceilDiv(out[2]) * image[3].ceilDiv(out[3]);
}

/// B2: a bilinear sample is 4 products and 3 sums, and one operation joins it
/// to its element's average or maximum; its place and weights take 14, once for
/// all channels; an average is divided once.
Work workRoi(const OpView &op, const RuleParams &params) {
  auto form = static_cast<RoiForm>(params.a);
  if (!op.ranked(0) || !op.ranked(1) || op.outputs[0].rank() < 2)
    return unknownShape(op);
  Work work = resultWork(op);
  if (work.readBytes.empty()) // not known either
    return work;
  Shape out = boundedShape(op, *op.outputs[0].shape);
  Expr elements = numElements(out);
  Expr samples = elements * samplesPerElement(op, form);
  bool nearest = op.stringAttr("mode", "") == "nearest";
  Expr flops = samples * (nearest ? 0 : 8) + samples.floorDiv(Expr::max(1, out[1])) * 14 +
               (form == RoiForm::Align ? elements : Expr(0));
  work.add(WorkClass::Vector, op.in(0).dtype, flops);
  explainFormula(op, work, "flops = 8*samples + 14*samples/channels + elements", flops,
                 {{"samples", samples}, {"channels", out[1]}, {"elements", elements}});
  // Four pixels a sample, and no pixel more than once.
  work.readBytes[0] =
      Expr::min(work.readBytes[0], bytesOf(op.in(0).dtype, samples * (nearest ? 1 : 4)));
  if (form == RoiForm::Align && op.intAttr("sampling_ratio", 0) == 0)
    markBounded(work, "a region's size sets how often it is sampled");
  markBounded(op, work);
  return work;
}

} // namespace

const Family energyopt::nonMaxSuppressionFamily = {
    "suppression",
    "B1: flops <= batch*(classes*(boxes*(log2 boxes + 1) + 13*boxes*kept) + 3*boxes)",
    shapeSuppression, workSuppression};
const Family energyopt::roiFamily = {
    "roi", "B2: flops = 8*samples + 14*samples/channels + elements", shapeRoi, workRoi};
