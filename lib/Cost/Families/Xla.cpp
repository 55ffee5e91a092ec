//===- Xla.cpp - Contractions and numerics of stablehlo -------------------===//

#include "Cost/Families/Xla.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Declared.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Generate.h"
#include "Cost/Families/Normalize.h"
#include "Cost/Families/Signal.h"
#include "Cost/Families/StructText.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace energyopt;
using llvm::ArrayRef;
using llvm::Error;

//===----------------------------------------------------------------------===//
// dot_general
//===----------------------------------------------------------------------===//

/// Dims and result: batch dims, then what is left of each side.
static llvm::Expected<MatMulShape> dotSizes(const OpView &op) {
  std::string text = op.stringAttr("dot_dimension_numbers", "");
  const Shape &lhs = *op.in(0).shape, &rhs = *op.in(1).shape;
  auto lhsBatch = intsIn(text, "lhs_batching_dimensions");
  auto lhsReduced = intsIn(text, "lhs_contracting_dimensions");
  auto rhsBatch = intsIn(text, "rhs_batching_dimensions");
  auto rhsReduced = intsIn(text, "rhs_contracting_dimensions");
  auto inside = [](ArrayRef<int64_t> dims, const Shape &shape) {
    return llvm::all_of(dims, [&](int64_t d) { return d >= 0 && d < (int64_t)shape.size(); });
  };
  if (!inside(lhsBatch, lhs) || !inside(lhsReduced, lhs) || !inside(rhsBatch, rhs) ||
      !inside(rhsReduced, rhs))
    return op.error("a dimension number is out of range");
  MatMulShape shape;
  for (int64_t d : lhsBatch) {
    shape.dims.groups *= lhs[d];
    shape.result.push_back(lhs[d]);
  }
  for (int64_t d : lhsReduced)
    shape.dims.k *= lhs[d];
  auto rest = [&](const Shape &operand, ArrayRef<int64_t> batch, ArrayRef<int64_t> reduced,
                  Expr &size) {
    for (auto [d, dim] : llvm::enumerate(operand))
      if (!llvm::is_contained(batch, d) && !llvm::is_contained(reduced, d)) {
        size *= dim;
        shape.result.push_back(dim);
      }
  };
  rest(lhs, lhsBatch, lhsReduced, shape.dims.m);
  rest(rhs, rhsBatch, rhsReduced, shape.dims.n);
  return shape;
}

static Error dotShape(OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.ranked(1))
    return Error::success();
  auto shape = dotSizes(op);
  if (!shape)
    return shape.takeError();
  setOutput(op, 0, op.in(0).dtype, shape->result);
  return Error::success();
}

static Work dotWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0) || !op.ranked(1))
    return unknownShape(op);
  auto shape = dotSizes(op);
  if (!shape)
    return unmodelledError(shape.takeError());
  Work work = wholeTensorWork(op);
  addMatMul(op, work, productType(op.in(0).dtype, op.in(1).dtype),
            op.in(0).isParameter || op.in(1).isParameter, shape->dims);
  return work;
}

const Family energyopt::dotGeneralFamily = {"matmul", "M2: macs = groups*M*N*K", dotShape, dotWork};

//===----------------------------------------------------------------------===//
// convolution
//===----------------------------------------------------------------------===//

static std::optional<ConvDimNumbers> xlaConvNumbers(const OpView &op) {
  if (!op.ranked(0) || !op.ranked(1))
    return std::nullopt;
  auto dims = convNumbersIn(op.stringAttr("dimension_numbers", ""));
  int64_t rank = op.in(0).rank();
  return dims && dims->fits(rank, op.in(1).rank(), rank) ? dims : std::nullopt;
}

static ConvWindow xlaWindow(const OpView &op) {
  ConvWindow window;
  auto list = [&](llvm::StringRef name) {
    auto values = op.intsAttr(name).value_or(std::vector<int64_t>());
    for (int64_t &value : values)
      value = std::max<int64_t>(value, 1);
    return values;
  };
  window.strides = list("window_strides");
  window.dilations = list("rhs_dilation");
  window.imageDilations = list("lhs_dilation");
  auto pads = op.intsAttr("padding").value_or(std::vector<int64_t>());
  for (size_t i = 0; i + 1 < pads.size(); i += 2) {
    window.padLow.push_back(pads[i]);
    window.padHigh.push_back(pads[i + 1]);
  }
  return window;
}

static Error xlaConvShape(OpView &op, const RuleParams &) {
  auto dims = xlaConvNumbers(op);
  if (!dims)
    return Error::success();
  const Shape &image = *op.in(0).shape, &kernel = *op.in(1).shape;
  Expr batch =
      image[dims->imageBatch].floorDiv(std::max<int64_t>(op.intAttr("batch_group_count", 1), 1));
  setOutput(op, 0, op.in(0).dtype, convResult(*dims, xlaWindow(op), image, kernel, batch));
  return Error::success();
}

static Work xlaConvWork(const OpView &op, const RuleParams &) {
  auto dims = xlaConvNumbers(op);
  if (!dims)
    return Work::unmodelled("its dimension numbers or ranks are unknown");
  if (!op.outputs[0].hasRank() || op.outputs[0].rank() != op.in(0).rank())
    return unknownShape(op);
  int64_t featureGroups = std::max<int64_t>(op.intAttr("feature_group_count", 1), 1);
  int64_t batchGroups = std::max<int64_t>(op.intAttr("batch_group_count", 1), 1);
  std::optional<int64_t> groups = llvm::checkedMul(featureGroups, batchGroups);
  if (!groups)
    return Work::unmodelled("its groups are too many to count");
  ConvWindow window = xlaWindow(op);
  bool transposed =
      llvm::any_of(window.imageDilations, [](int64_t dilation) { return dilation > 1; });
  ConvSizes sizes = convSizesOf(*dims, *op.in(0).shape, *op.in(1).shape, *op.outputs[0].shape,
                                *groups, transposed);
  Work work = wholeTensorWork(op);
  addConv(op, work, productType(op.in(0).dtype, op.in(1).dtype), sizes, transposed);
  return work;
}

const Family energyopt::xlaConvFamily = {"conv", "M5: macs = N*OC*positions*(IC/g)*kernel",
                                         xlaConvShape, xlaConvWork};

//===----------------------------------------------------------------------===//
// Transforms, factorizations, random numbers, normalizations
//===----------------------------------------------------------------------===//

/// G1 along each of the last dims that fft_length names.
static Work fftWork(const OpView &op, const RuleParams &) {
  auto lengths = op.intsAttr("fft_length");
  if (!lengths || !op.ranked(0) || !op.outputs[0].hasRank())
    return unknownShape(op);
  bool real = llvm::StringRef(op.stringAttr("fft_type", "")).contains("RFFT");
  // The complex side has the points of all transforms but the real one's.
  Expr points = Expr::max(op.in(0).elements(), op.outputs[0].elements());
  Work work = wholeTensorWork(op);
  for (auto [i, n] : llvm::enumerate(*lengths))
    if (n > 1)
      work.add(WorkClass::Vector, DType::F32,
               points.ceilDiv(n) * fftFlops(n, real && i + 1 == lengths->size()));
  return work;
}

const Family energyopt::xlaFftFamily = {"fourier", "G1: flops = transforms * 5*n*log2(n)",
                                        asDeclared, fftWork};

/// M14: Cholesky n^3/3 + n^2/2 + n/6, a triangular solve n^2 per right-hand
/// side. Source: LAPACK Working Note 41, Blackford and Dongarra.
static Work solveWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0) || op.in(0).rank() < 2)
    return unknownShape(op);
  const Shape &a = *op.in(0).shape;
  Expr n = a.back(), batch = numElements(ArrayRef<Expr>(a).drop_back(2));
  Work work = wholeTensorWork(op);
  if (static_cast<Solve>(params.a) == Solve::Cholesky) {
    work.add(WorkClass::Vector, op.in(0).dtype,
             batch * (n * n * n * 2 + n * n * 3 + n).floorDiv(6));
    return work;
  }
  if (!op.ranked(1))
    return unknownShape(op);
  work.add(WorkClass::Vector, op.in(0).dtype, op.in(1).elements() * n);
  return work;
}

const Family energyopt::solveFamily = {"determinant", "M14: n^3/3, or n^2 per right-hand side",
                                       asDeclared, solveWork};

static Work drawWork(const OpView &op, const RuleParams &) {
  if (!op.outputs.back().hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  const ValueInfo &drawn = op.outputs.back();
  int64_t words = bitWidth(drawn.dtype) > 32 ? 2 : 1;
  work.add(WorkClass::Vector, DType::U32, Expr(kDrawOps * words) * drawn.elements());
  return work;
}

const Family energyopt::drawFamily = {"random", "D10: 25 integer operations per 32 bits drawn",
                                      asDeclared, drawWork};

/// M18 and M20 over channels; the gradient takes 9 operations an element: the
/// deviation, its product with the gradient, two sums, and five to combine.
static Work batchNormWork(const OpView &op, const RuleParams &params) {
  if (!op.ranked(0) || !op.ranked(1))
    return unknownShape(op);
  Expr elements = op.in(0).elements(), channels = op.in(1).elements();
  Work work = wholeTensorWork(op);
  DType type = op.in(0).dtype;
  switch (static_cast<BatchNorm>(params.a)) {
  case BatchNorm::Inference:
    work.add(WorkClass::Vector, type, elements * 2 + channels * 5);
    break;
  case BatchNorm::Training:
    work.add(WorkClass::Vector, type, normalizationOps(elements, channels, NormSteps()));
    break;
  case BatchNorm::Gradient:
    work.add(WorkClass::Vector, type, elements * 9 + channels * 10);
    break;
  }
  return work;
}

const Family energyopt::xlaBatchNormFamily = {
    "batchnorm", "M18: ops = 2*elements + 5*channels; M20 in training", asDeclared, batchNormWork};

//===----------------------------------------------------------------------===//
// custom_call
//===----------------------------------------------------------------------===//

/// Targets that only annotate, or check in tests.
static bool isAnnotation(llvm::StringRef target) {
  return target.starts_with("check.") ||
         llvm::StringSwitch<bool>(target)
             .Cases("Sharding", "SPMDFullToShardShape", "SPMDShardToFullShape", true)
             .Cases("annotate_device_placement", "LayoutConstraint", "xla.sdy.FuncResultSharding",
                    true)
             .Cases("shape_assertion", "stablehlo.shape_assertion", true)
             .Case("stablehlo.shape_refinement_operand_wrapper", true)
             .Default(false);
}

static Work customCallWork(const OpView &op, const RuleParams &) {
  std::string target = op.stringAttr("call_target_name", "");
  return isAnnotation(target)
             ? Work::free()
             : Work::unmodelled("nobody says what custom_call @" + target + " does");
}

const Family energyopt::customCallFamily = {"call", "annotations are free", asDeclared,
                                            customCallWork, /*withoutResults=*/true};

/// Clocks and printers of MLIR's runner libraries (mlir_runner_utils,
/// mlir_c_runner_utils), which frame what is measured.
static bool isRunnerUtility(llvm::StringRef function) {
  if (function.consume_front("printMemref"))
    return true;
  return llvm::StringSwitch<bool>(function)
      .Cases("rtclock", "printFlops", "printI64", "printU64", "printF32", "printF64", true)
      .Cases("printF16", "printBF16", "printString", "printOpen", "printClose", "printComma", true)
      .Case("printNewline", true)
      .Default(false);
}

static Work externalCallWork(const OpView &op, const RuleParams &) {
  std::string name = op.stringAttr("callee", "");
  llvm::StringRef callee = name;
  callee.consume_front("@");
  return isRunnerUtility(callee)
             ? Work::free()
             : Work::unmodelled(("the module does not define @" + callee).str());
}

const Family energyopt::externalCallFamily = {"call", "clocks and printers are free", asDeclared,
                                              externalCallWork, /*withoutResults=*/true};
