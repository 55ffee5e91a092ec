//===- Elementwise.cpp - One result per element ---------------------------===//

#include "Cost/Families/Elementwise.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Explain.h"
#include "Cost/PartialEval.h"

#include "llvm/ADT/Twine.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

void energyopt::addElementwise(Work &work, DType type, const Expr &count, int64_t ops,
                               int64_t transcendentals) {
  bool real = isFloat(type) || isComplex(type);
  int64_t plain = real ? ops : ops + transcendentals;
  if (plain)
    work.add(WorkClass::Vector, type, Expr(plain) * count);
  if (real && transcendentals)
    work.add(WorkClass::Transcendental, type, Expr(transcendentals) * count);
}

/// "ops = 4*elements = 4*1000 = 4000".
static void explainElements(const OpView &op, Work &work, int64_t perElement) {
  explainProduct(op, work, (Twine("ops = ") + Twine(perElement) + "*elements").str(),
                 {perElement, op.outputs[0].elements()});
}

/// The inputs' shapes broadcast together; unset if one is unknown.
static Error broadcastInputs(OpView &op) {
  llvm::SmallVector<llvm::ArrayRef<Expr>, 4> shapes;
  for (unsigned i = 0; i < op.numInputs(); ++i) {
    if (!op.has(i))
      continue;
    if (!op.ranked(i))
      return Error::success();
    shapes.push_back(*op.in(i).shape);
  }
  auto shape = broadcastShapes(op, shapes);
  if (!shape)
    return shape.takeError();
  op.outputs[0].shape = *shape;
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Fixed cost per element
//===----------------------------------------------------------------------===//

static Error elementwiseShape(OpView &op, const RuleParams &params) {
  ElementType type = static_cast<ElementType>(params.c);
  unsigned own = type == ElementType::Select ? 1 : 0;
  if (Error error = requireInputs(op, own + 1))
    return error;
  if (Error error = requireSameType(op, {static_cast<int>(own), static_cast<int>(own) + 1}))
    return error;
  auto single = [](DType dtype) { return dtype == DType::F32; };
  if (type == ElementType::Float32)
    if (Error error = requireType(op, 0, single, "float32"))
      return error;
  setOutput(op, 0, op.in(own).dtype);
  if (Error error = broadcastInputs(op))
    return error;
  evaluateElementwise(op);
  return Error::success();
}

/// M7: ops = (a + b)*elements of the output, b of them transcendentals, and d
/// once.
static Work elementwiseWork(const OpView &op, const RuleParams &params) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  bool select = static_cast<ElementType>(params.c) == ElementType::Select;
  DType type = op.in(select ? 1 : 0).dtype;
  addElementwise(work, type, op.outputs[0].elements(), params.a, params.b);
  addElementwise(work, type, 1, params.d);
  explainElements(op, work, params.a + params.b);
  return work;
}

const Family energyopt::elementwiseFamily = {"elementwise",
                                             "M7: a fixed number of operations per output element",
                                             elementwiseShape, elementwiseWork};

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

static Error compareShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireSameType(op, {0, 1}))
    return error;
  setOutput(op, 0, DType::Bool);
  if (Error error = broadcastInputs(op))
    return error;
  evaluateElementwise(op);
  return Error::success();
}

static Work compareWork(const OpView &op, const RuleParams &params) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  Expr count = op.outputs[0].elements();
  addElementwise(work, op.in(0).dtype, count, params.a);
  addElementwise(work, DType::Bool, count, params.b);
  explainElements(op, work, params.a + params.b);
  return work;
}

const Family energyopt::compareFamily = {
    "compare", "M7: a fixed number of comparisons per output element", compareShape, compareWork};

//===----------------------------------------------------------------------===//
// Sum, Mean, Max, Min
//===----------------------------------------------------------------------===//

static Error variadicShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  for (unsigned i = 1; i < op.numInputs(); ++i)
    if (Error error = requireSameType(op, {0, static_cast<int>(i)}))
      return error;
  setOutput(op, 0, op.in(0).dtype);
  if (Error error = broadcastInputs(op))
    return error;
  evaluateElementwise(op);
  return Error::success();
}

/// M7: ops = (inputs - 1 + a)*elements; a = 1 for Mean's division.
static Work variadicWork(const OpView &op, const RuleParams &params) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  int64_t perElement = static_cast<int64_t>(op.numInputs()) - 1 + params.a;
  addElementwise(work, op.in(0).dtype, op.outputs[0].elements(), perElement);
  explainElements(op, work, perElement);
  return work;
}

const Family energyopt::variadicFamily = {
    "variadic", "M7: inputs - 1 operations per output element, and a division for Mean",
    variadicShape, variadicWork};

//===----------------------------------------------------------------------===//
// Pow
//===----------------------------------------------------------------------===//

PowCost energyopt::powCost(std::optional<double> exponent) {
  if (exponent == 2.0 || exponent == 0.5 || exponent == -1.0)
    return {1, 0}; // x*x, sqrt, reciprocal
  if (exponent == 3.0)
    return {2, 0};
  return {0, 1};
}

static Error powShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (Error error = broadcastInputs(op))
    return error;
  evaluateElementwise(op);
  return Error::success();
}

/// M8: one transcendental per element, or powCost's multiplications if the
/// exponent is one known scalar.
static Work powWork(const OpView &op, const RuleParams &) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  std::optional<double> exponent;
  if (op.ranked(1) && op.in(1).elements().is(1))
    exponent = op.scalar(1);
  PowCost cost = powCost(exponent);
  addElementwise(work, op.in(0).dtype, op.outputs[0].elements(), cost.ops, cost.transcendentals);
  explainElements(op, work, cost.ops + cost.transcendentals);
  return work;
}

const Family energyopt::powFamily = {
    "pow", "M8: one transcendental per element; multiplications for exponents 2, 3, 1/2, -1",
    powShape, powWork};

//===----------------------------------------------------------------------===//
// Gelu
//===----------------------------------------------------------------------===//

static Error geluShape(OpView &op, const RuleParams &params) {
  if (Error error = requireInputs(op, 1))
    return error;
  if (Error error = requireFloat(op, 0))
    return error;
  if (static_cast<GeluForm>(params.a) == GeluForm::ByAttribute)
    if (Error error =
            requireOneOf(op, "approximate", op.stringAttr("approximate", "none"), {"none", "tanh"}))
      return error;
  return elementwiseShape(op, {});
}

/// M9: x/2*(1 + erf(x/sqrt 2)): divide, erf, add, two multiplications. Tanh
/// form x/2*(1 + tanh(c*(x + d*x^3))): 8 operations and a tanh. Source:
/// function body in ONNX Operators.md.
static Work geluWork(const OpView &op, const RuleParams &params) {
  GeluForm form = static_cast<GeluForm>(params.a);
  bool tanhForm = form == GeluForm::Tanh ||
                  (form == GeluForm::ByAttribute && op.stringAttr("approximate", "none") == "tanh");
  int16_t ops = (tanhForm ? 8 : 4) + params.b;
  // The root of 2, or of 2/pi.
  return elementwiseWork(op, {ops, 1, 0, 1});
}

const Family energyopt::geluFamily = {
    "elementwise", "M9: 4 operations and an erf per element; 8 and a tanh in tanh form", geluShape,
    geluWork};

//===----------------------------------------------------------------------===//
// Ops whose further inputs do not shape the output
//===----------------------------------------------------------------------===//

/// Output 0 has input 0's type and shape.
static Error sameAsInput(OpView &op) {
  if (Error error = requireInputs(op, 1))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  op.outputs[0].shape = op.in(0).shape;
  return Error::success();
}

static Error clipShape(OpView &op, const RuleParams &) {
  if (Error error = requireSameType(op, {0, 1, 2}))
    return error;
  for (unsigned bound : {1, 2})
    if (op.ranked(bound) && op.in(bound).rank() > 1)
      return op.error("input " + Twine(bound) + " has rank " + Twine(op.in(bound).rank()) +
                      ", expected a scalar");
  if (Error error = sameAsInput(op))
    return error;
  evaluateElementwise(op);
  return Error::success();
}

/// M10: a comparison and a select for each bound. Source: the function body of
/// Clip in ONNX Operators.md.
static Work clipWork(const OpView &op, const RuleParams &) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  int64_t perElement = 2 * ((op.has(1) ? 1 : 0) + (op.has(2) ? 1 : 0));
  addElementwise(work, op.in(0).dtype, op.outputs[0].elements(), perElement);
  explainElements(op, work, perElement);
  return work;
}

const Family energyopt::clipFamily = {
    "clip", "M10: a comparison and a select per element for each bound given", clipShape, clipWork};

static Error preluShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = requireSameType(op, {0, 1}))
    return error;
  if (op.ranked(0))
    if (Error error = requireBroadcastTo(op, 1, *op.in(0).shape))
      return error;
  return sameAsInput(op);
}

/// Compare with zero, multiply by the slope, select.
static Work preluWork(const OpView &op, const RuleParams &) { return elementwiseWork(op, {3}); }

const Family energyopt::preluFamily = {
    "prelu", "M7: compare, multiply, select; the slope broadcasts to the input", preluShape,
    preluWork};

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

static bool trains(const OpView &op) {
  // Inputs: data, ratio, training_mode. Unknown at analysis time: inference.
  auto mode = op.scalar(2);
  return mode && *mode != 0;
}

static Error dropoutShape(OpView &op, const RuleParams &) {
  if (Error error = sameAsInput(op))
    return error;
  op.outputs[0].data = op.in(0).data;
  if (op.outputs.size() > 1) {
    setOutput(op, 1, DType::Bool);
    op.outputs[1].shape = op.in(0).shape;
  }
  return Error::success();
}

/// M11: in training a random number, a comparison, a scale and a select for
/// each element; a view otherwise.
static Work dropoutWork(const OpView &op, const RuleParams &) {
  bool mask = op.outputs.size() > 1 && op.outputs[1].kind != ValueKind::None;
  if (!trains(op) && !mask)
    return Work::free();
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  if (!trains(op))
    return work; // copies, and fills the mask
  constexpr int64_t kTrainingOps = 4;
  addElementwise(work, op.in(0).dtype, op.outputs[0].elements(), kTrainingOps);
  explainElements(op, work, kTrainingOps);
  return work;
}

const Family energyopt::dropoutFamily = {
    "dropout", "M11: free in inference; in training 4 operations per element", dropoutShape,
    dropoutWork};

//===----------------------------------------------------------------------===//
// CumSum, CumProd
//===----------------------------------------------------------------------===//

static Error scanShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 2))
    return error;
  if (Error error = sameAsInput(op))
    return error;
  auto given = op.constIntData(1);
  if (!given || given->size() != 1 || !op.ranked(0))
    return Error::success();
  auto axis = normalizeAxis(op, given->front(), op.in(0).rank());
  if (!axis)
    return axis.takeError();
  evaluateCumSum(op, *axis, op.intAttr("exclusive", 0), op.intAttr("reverse", 0));
  return Error::success();
}

static Work scanWork(const OpView &op, const RuleParams &) {
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addElementwise(work, op.in(0).dtype, op.outputs[0].elements(), 1);
  explainElements(op, work, 1);
  return work;
}

const Family energyopt::scanFamily = {"scan", "M7: one operation per element", scanShape, scanWork};
