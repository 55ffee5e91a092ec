//===- Torch.cpp - Families of torch.aten ---------------------------------===//

#include "Cost/Families/Torch.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Declared.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/LayoutConv.h"
#include "Cost/Families/Normalize.h"
#include "Cost/Families/Pool.h"
#include "Cost/Families/Resize.h"
#include "Cost/Families/Select.h"
#include "Cost/Families/Softmax.h"

using namespace energyopt;
using llvm::ArrayRef;
using llvm::Error;

//===----------------------------------------------------------------------===//
// Lists
//===----------------------------------------------------------------------===//

static Error listShape(OpView &op, const RuleParams &) {
  bool numbers = true;
  TensorData data;
  for (const ValueInfo *input : op.inputs) {
    numbers &= input->kind == ValueKind::Tensor && input->hasRank() && input->rank() == 0;
    data.push_back(input->data && input->data->size() == 1 ? (*input->data)[0] : Scalar());
  }
  ValueInfo list;
  if (numbers) {
    list = ValueInfo::tensor(op.inputs.empty() ? DType::I64 : op.in(0).dtype,
                             Shape{Expr(static_cast<int64_t>(data.size()))});
    setOutput(op, 0, std::move(list));
    setData(op, 0, std::move(data));
    return Error::success();
  }
  list.kind = ValueKind::Sequence;
  list.dtype = op.in(0).dtype;
  list.length = Expr(static_cast<int64_t>(op.numInputs()));
  list.element = std::make_shared<ValueInfo>(op.in(0));
  setOutput(op, 0, std::move(list));
  return Error::success();
}

static Work listWork(const OpView &, const RuleParams &) { return Work::free(); }

const Family energyopt::torchListFamily = {"sequence", "S1: references only", listShape, listWork};

//===----------------------------------------------------------------------===//
// Contractions
//===----------------------------------------------------------------------===//

static Work matMulWork(const OpView &op, const RuleParams &params) {
  TorchMatMul form = static_cast<TorchMatMul>(params.a);
  unsigned lhs = form == TorchMatMul::Add ? 1 : 0, rhs = lhs + 1;
  if (!op.ranked(lhs) || !op.ranked(rhs))
    return unknownShape(op);
  Shape weights = *op.in(rhs).shape;
  if (form == TorchMatMul::Linear && weights.size() == 2)
    std::swap(weights[0], weights[1]);
  auto shape = matmulShape(op, *op.in(lhs).shape, weights);
  if (!shape)
    return unmodelledError(shape.takeError());
  Work work = wholeTensorWork(op);
  DType type = productType(op.in(lhs).dtype, op.in(rhs).dtype);
  addMatMul(op, work, type, op.in(lhs).isParameter || op.in(rhs).isParameter, shape->dims);
  bool adds = form == TorchMatMul::Add || (form == TorchMatMul::Linear && op.has(2));
  if (adds)
    work.add(WorkClass::Vector, type, numElements(shape->result));
  return work;
}

const Family energyopt::torchMatMulFamily = {"matmul", "M2: macs = groups*M*N*K", asDeclared,
                                             matMulWork};

/// NCHW images, OIHW kernels (IOHW if transposed).
static ConvDimNumbers torchDims(size_t rank, bool transposed) {
  ConvDimNumbers dims;
  dims.imageFeature = dims.resultFeature = 1;
  dims.kernelInput = transposed ? 0 : 1;
  dims.kernelOutput = transposed ? 1 : 0;
  for (size_t i = 2; i < rank; ++i) {
    dims.imageSpatial.push_back(i);
    dims.kernelSpatial.push_back(i);
    dims.resultSpatial.push_back(i);
  }
  return dims;
}

static Work convWork(const OpView &op, const RuleParams &params) {
  bool backward = params.b;
  unsigned image = backward ? 1 : 0, kernel = image + 1;
  const ValueInfo &result = backward ? op.in(0) : op.outputs[0];
  if (!op.ranked(image) || !op.ranked(kernel) || !result.hasRank() || op.in(image).rank() < 3 ||
      op.in(kernel).rank() != op.in(image).rank() || result.rank() != op.in(image).rank())
    return unknownShape(op);
  bool transposed = params.a >= 0 && op.scalar(params.a).value_or(0) != 0;
  const Shape &x = *op.in(image).shape, &w = *op.in(kernel).shape;
  // How often the kernel's channels go into the data's says the groups.
  Expr channels = transposed ? result.dim(1) : x[1];
  auto groups = channels.exactDiv(w[1]).value_or(Expr(1)).constant();
  ConvSizes sizes = convSizesOf(torchDims(x.size(), transposed), x, w, *result.shape,
                                groups.value_or(1), transposed);
  if (transposed) {
    sizes.inChannels = w[0];
    sizes.outChannels = w[1] * Expr(groups.value_or(1));
  }
  Work work = wholeTensorWork(op);
  DType type = productType(op.in(image).dtype, op.in(kernel).dtype);
  for (int pass = 0; pass < (backward ? 2 : 1); ++pass)
    addConv(op, work, type, sizes, transposed);
  if (!backward && op.has(2))
    work.add(WorkClass::Vector, result.dtype, result.elements());
  return work;
}

const Family energyopt::torchConvFamily = {"conv", "M5: macs = N*OC*positions*(IC/g)*kernel",
                                           asDeclared, convWork};

static Work attentionWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.ranked(1) || !op.ranked(2) || op.in(0).rank() < 2 ||
      op.in(1).rank() < 2 || op.in(2).rank() < 2)
    return unknownShape(op);
  const Shape &q = *op.in(0).shape, &k = *op.in(1).shape, &v = *op.in(2).shape;
  Expr batch = numElements(ArrayRef<Expr>(q).drop_back(2));
  const Expr &rows = q[q.size() - 2], &keys = k[k.size() - 2];
  Work work = wholeTensorWork(op);
  addMatMul(op, work, op.in(0).dtype, false, {batch, rows, keys, q.back()});
  addSoftmax(work, op.in(0).dtype, batch * rows * keys);
  addMatMul(op, work, op.in(0).dtype, false, {batch, rows, v.back(), keys});
  return work;
}

const Family energyopt::torchAttentionFamily = {"attention", "M2 twice, M13: softmax(Q K^T) V",
                                                asDeclared, attentionWork};

//===----------------------------------------------------------------------===//
// Windows, normalizations, order
//===----------------------------------------------------------------------===//

static Work poolWork(const OpView &op, const RuleParams &params) {
  auto kernel = op.constIntData(1);
  if (!kernel || !op.outputs[0].hasRank())
    return Work::unmodelled("the size of its window is not known");
  Expr window = 1;
  for (int64_t size : *kernel)
    window *= Expr(size);
  Work work = wholeTensorWork(op);
  addPool(work, params.a ? PoolKind::Average : PoolKind::Max, 1, op.in(0).dtype,
          op.outputs[0].elements(), window);
  return work;
}

const Family energyopt::torchPoolFamily = {
    "pool", "M15: one operation per window element, and a division per mean", asDeclared, poolWork};

/// Elements over which one mean is taken.
static std::optional<Expr> normRow(const OpView &op, TorchNorm form) {
  const ValueInfo &x = op.in(0);
  if (form == TorchNorm::Layer) {
    auto sizes = op.constIntData(1);
    if (!sizes)
      return std::nullopt;
    Expr row = 1;
    for (int64_t size : *sizes)
      row *= Expr(size);
    return row;
  }
  if (x.rank() < 2)
    return std::nullopt;
  Expr groups = x.dim(1);
  if (form == TorchNorm::Group) {
    auto given = op.constIntData(1);
    if (!given || given->size() != 1)
      return std::nullopt;
    groups = given->front();
  }
  return x.elements().floorDiv(x.dim(0) * groups);
}

static Work normWork(const OpView &op, const RuleParams &params) {
  TorchNorm form = static_cast<TorchNorm>(params.a);
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  const ValueInfo &x = op.in(0);
  if (form == TorchNorm::Batch) {
    Expr channels = x.rank() > 1 ? x.dim(1) : Expr(1);
    work.add(WorkClass::Vector, x.dtype, x.elements() * 2 + channels * 5);
    return work;
  }
  auto row = normRow(op, form);
  if (!row)
    return Work::unmodelled("the size of its groups is not known");
  work.add(WorkClass::Vector, x.dtype,
           normalizationOps(x.elements(), x.elements().floorDiv(*row), NormSteps()));
  return work;
}

const Family energyopt::torchNormFamily = {
    "layernorm", "M18: 2*elements + 5*channels; M20: 7*elements + 6*rows", asDeclared, normWork};

static Work sortWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0))
    return unknownShape(op);
  const ValueInfo &x = op.in(0);
  auto given = params.a >= 0 ? op.constIntData(params.a) : std::nullopt;
  Expr keep = given && given->size() == 1 ? Expr(given->front())
              : x.rank() > 0              ? x.dim(x.rank() - 1)
                                          : Expr(1);
  Work work = wholeTensorWork(op);
  addElementwise(work, x.dtype, sortComparisons(x.elements(), keep), 1);
  return work;
}

const Family energyopt::torchSortFamily = {"sort", "D7: elements*ceil(log2 k) comparisons",
                                           asDeclared, sortWork};

static Work sampleWork(const OpView &op, const RuleParams &) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  int64_t axes = std::max<int64_t>(op.outputs[0].rank() - 2, 1);
  Work work = wholeTensorWork(op);
  work.add(WorkClass::Vector, op.outputs[0].dtype,
           (interpolationOps(2, axes) + coordinateOps(axes)) * op.outputs[0].elements());
  return work;
}

const Family energyopt::torchSampleFamily = {"resize", "M37: weighted sum of 2^axes neighbours",
                                             asDeclared, sampleWork};
