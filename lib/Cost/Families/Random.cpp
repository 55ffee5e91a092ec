//===- Random.cpp - Random generators -------------------------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Generate.h"
#include "Cost/Families/Select.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

/// Type of the result: the attribute, else `fallback`.
static llvm::Expected<DType> resultType(const OpView &op, DType fallback) {
  int64_t type = op.intAttr("dtype", static_cast<int64_t>(fallback));
  if (type < 0 || type > kLastDType)
    return op.error("attribute 'dtype' is " + Twine(type) + ", no element type");
  return static_cast<DType>(type);
}

static void addDraws(Work &work, const Expr &count) {
  work.add(WorkClass::Vector, DType::U32, count * kDrawOps);
}

//===----------------------------------------------------------------------===//
// RandomUniform, RandomNormal and their Like forms
//===----------------------------------------------------------------------===//

static Error randomShape(OpView &op, const RuleParams &params) {
  bool like = params.b;
  if (Error error = requireInputs(op, like ? 1 : 0))
    return error;
  auto type = resultType(op, like ? op.in(0).dtype : DType::F32);
  if (!type)
    return type.takeError();
  if (like) {
    setOutput(op, 0, *type, op.in(0).shape);
    return Error::success();
  }
  auto dims = op.intsAttr("shape");
  if (!dims)
    return op.error("attribute 'shape' is missing");
  Shape shape;
  for (int64_t dim : *dims) {
    if (dim < 0)
      return op.error("'shape' has a negative entry, " + Twine(dim));
    shape.push_back(dim);
  }
  setOutput(op, 0, *type, shape);
  return Error::success();
}

/// D10: a draw per element, scaled and shifted; a normal one by Box and Muller:
/// two elements from a logarithm, a root, a sine and a cosine.
static Work randomWork(const OpView &op, const RuleParams &params) {
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  if (!work.readBytes.empty())
    work.readBytes[0] = 0; // only its shape
  Expr count = op.outputs[0].elements();
  DType type = op.outputs[0].dtype;
  addDraws(work, count);
  constexpr int64_t kScaleShift = 2;
  work.add(WorkClass::Vector, type, count * kScaleShift);
  explainProduct(op, work, "draws = elements", {count});
  if (static_cast<Distribution>(params.a) == Distribution::Uniform)
    return work;
  Expr pairs = count.ceilDiv(2);
  constexpr int64_t kTranscendentals = 3, kRootAndProducts = 4;
  work.add(WorkClass::Transcendental, type, pairs * kTranscendentals);
  work.add(WorkClass::Vector, type, pairs * kRootAndProducts);
  return work;
}

const Family energyopt::randomFamily = {
    "random", "D10: 25 integer operations and a scale per element; a normal pair 3 transcendentals",
    randomShape, randomWork};

//===----------------------------------------------------------------------===//
// Bernoulli, Multinomial
//===----------------------------------------------------------------------===//

static Error bernoulliShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  auto type = resultType(op, op.in(0).dtype);
  if (!type)
    return type.takeError();
  setOutput(op, 0, *type, op.in(0).shape);
  return Error::success();
}

/// A uniform number and a comparison per element.
static Work bernoulliWork(const OpView &op, const RuleParams &) {
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Expr count = op.in(0).elements();
  addDraws(work, count);
  constexpr int64_t kScaleCompare = 2;
  work.add(WorkClass::Vector, op.in(0).dtype, count * kScaleCompare);
  explainProduct(op, work, "draws = elements", {count});
  return work;
}

const Family energyopt::bernoulliFamily = {"random", "D10: a draw and a comparison per element",
                                           bernoulliShape, bernoulliWork};

static Error multinomialShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireRank(op, 0, 2))
    return error;
  auto type = resultType(op, DType::I32);
  if (!type)
    return type.takeError();
  int64_t samples = op.intAttr("sample_size", 1);
  if (samples < 0)
    return op.error("'sample_size' is " + Twine(samples));
  std::optional<Shape> shape;
  if (op.ranked(0))
    shape = Shape{op.in(0).dim(0), samples};
  setOutput(op, 0, *type, shape);
  return Error::success();
}

/// D11: cumulative probabilities of every row (an exponential and an addition
/// per class), then a draw and a binary search per sample.
static Work multinomialWork(const OpView &op, const RuleParams &) {
  Work work = wholeTensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  Expr classes = op.in(0).elements(), samples = op.outputs[0].elements();
  work.add(WorkClass::Transcendental, op.in(0).dtype, classes);
  work.add(WorkClass::Vector, op.in(0).dtype, classes + sortComparisons(samples, op.in(0).dim(1)));
  addDraws(work, samples);
  explainFormula(op, work, "draws = samples", samples, {{"classes", classes}});
  return work;
}

const Family energyopt::multinomialFamily = {
    "random", "D11: an exponential and an addition per class, a draw and a search per sample",
    multinomialShape, multinomialWork};
