//===- Recurrent.cpp - RNN, GRU, LSTM -------------------------------------===//

#include "Cost/Families/Recurrent.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/RunTime.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

namespace {
enum Input : unsigned { X, W, R, B, Lengths, InitialH, InitialC, Peephole };
} // namespace

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

namespace {
/// Cost per element; the same as of the op of that name.
struct Activation {
  const char *name; // lower case: names are case insensitive
  int64_t ops, transcendentals;
};
} // namespace

static const Activation *findActivation(StringRef name) {
  static const Activation table[] = {
      {"affine", 2, 0},   {"elu", 4, 1},        {"hardsigmoid", 4, 0},     {"leakyrelu", 3, 0},
      {"relu", 1, 0},     {"scaledtanh", 2, 1}, {"sigmoid", 3, 1},         {"softplus", 1, 2},
      {"softsign", 3, 0}, {"tanh", 0, 1},       {"thresholdedrelu", 2, 0},
  };
  std::string lower = name.lower();
  for (const Activation &activation : table)
    if (lower == activation.name)
      return &activation;
  return nullptr;
}

/// Default activations of a direction, by cell.
static llvm::ArrayRef<StringRef> defaultActivations(Cell cell) {
  static const StringRef rnn[] = {"tanh"}, gru[] = {"sigmoid", "tanh"},
                         lstm[] = {"sigmoid", "tanh", "tanh"};
  switch (cell) {
  case Cell::Rnn:
    return rnn;
  case Cell::Gru:
    return gru;
  case Cell::Lstm:
    return lstm;
  }
  return {};
}

/// How often a cell applies each of its activations: GRU f to two gates, g
/// once; LSTM f to three gates, g and h once.
static llvm::ArrayRef<int64_t> activationUses(Cell cell) {
  static const int64_t rnn[] = {1}, gru[] = {2, 1}, lstm[] = {3, 1, 1};
  switch (cell) {
  case Cell::Rnn:
    return rnn;
  case Cell::Gru:
    return gru;
  case Cell::Lstm:
    return lstm;
  }
  return {};
}

static Expected<llvm::SmallVector<const Activation *, 6>> activationsOf(const OpView &op, Cell cell,
                                                                        int64_t directions) {
  llvm::SmallVector<StringRef, 6> names;
  auto given = op.attr("activations");
  if (given && !given->strings.empty())
    names.assign(given->strings.begin(), given->strings.end());
  else
    for (int64_t d = 0; d < directions; ++d)
      llvm::append_range(names, defaultActivations(cell));
  size_t expected = activationUses(cell).size() * directions;
  if (names.size() != expected)
    return op.error("attribute 'activations' has " + Twine(names.size()) + " values, expected " +
                    Twine(expected));
  llvm::SmallVector<const Activation *, 6> activations;
  for (StringRef name : names) {
    const Activation *activation = findActivation(name);
    if (!activation)
      return op.error("unknown activation '" + name + "'");
    activations.push_back(activation);
  }
  return activations;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static Expected<int64_t> directionsOf(const OpView &op) {
  std::string direction = op.stringAttr("direction", "forward");
  if (Error error =
          requireOneOf(op, "direction", direction, {"forward", "reverse", "bidirectional"}))
    return std::move(error);
  return direction == "bidirectional" ? 2 : 1;
}

/// Dim `axis` of input `input` must be `size`.
static Error requireDim(const OpView &op, unsigned input, size_t axis, const Expr &size) {
  if (!op.ranked(input) || op.ctx->unify(size, op.in(input).dim(axis)))
    return Error::success();
  return op.error("input " + Twine(input) + " has " + op.in(input).dim(axis).str() + " in dim " +
                  Twine(axis) + ", expected " + size.str());
}

static Error checkWeights(const OpView &op, Cell cell, const RecurrentDims &dims) {
  Expr rows = Expr(gatesOf(cell)) * dims.hiddenSize;
  for (unsigned weight : {W, R}) {
    if (Error error = requireDim(op, weight, 0, dims.directions))
      return error;
    if (Error error = requireDim(op, weight, 1, rows))
      return error;
  }
  if (Error error = requireDim(op, W, 2, dims.inputSize))
    return error;
  if (Error error = requireRank(op, B, 2))
    return error;
  return requireDim(op, B, 1, Expr(2) * rows);
}

/// Needs the ranks of X and R.
static Expected<RecurrentDims> recurrentDims(const OpView &op, Cell cell) {
  for (unsigned input : {X, W, R})
    if (Error error = requireRank(op, input, 3))
      return std::move(error);
  auto directions = directionsOf(op);
  if (!directions)
    return directions.takeError();
  bool batchFirst = op.intAttr("layout", 0);
  const Shape &x = *op.in(X).shape;
  RecurrentDims dims;
  dims.directions = *directions;
  dims.steps = x[batchFirst ? 1 : 0];
  dims.batch = x[batchFirst ? 0 : 1];
  dims.inputSize = x[2];
  dims.hiddenSize = op.in(R).dim(2);
  if (op.hasAttr("hidden_size")) {
    auto hidden = op.ctx->unify(dims.hiddenSize, op.intAttr("hidden_size", 0));
    if (!hidden)
      return op.error("attribute 'hidden_size' is " + Twine(op.intAttr("hidden_size", 0)) +
                      ", the recurrence weight has " + dims.hiddenSize.str());
    dims.hiddenSize = *hidden;
  }
  if (Error error = checkWeights(op, cell, dims))
    return std::move(error);
  return dims;
}

static Error recurrentShape(OpView &op, const RuleParams &params) {
  Cell cell = static_cast<Cell>(params.a);
  if (Error error = requireInputs(op, 3))
    return error;
  if (Error error = requireSameType(op, {X, W, R, B, InitialH, InitialC}))
    return error;
  for (unsigned i = 0; i < op.outputs.size(); ++i)
    setOutput(op, i, op.in(X).dtype);
  auto directions = directionsOf(op);
  if (!directions)
    return directions.takeError();
  if (auto activations = activationsOf(op, cell, *directions); !activations)
    return activations.takeError();
  if (!op.ranked(X) || !op.ranked(R))
    return Error::success();
  auto dims = recurrentDims(op, cell);
  if (!dims)
    return dims.takeError();
  bool batchFirst = op.intAttr("layout", 0);
  const RecurrentDims &d = *dims;
  Shape states = batchFirst ? Shape{d.batch, d.steps, d.directions, d.hiddenSize}
                            : Shape{d.steps, d.directions, d.batch, d.hiddenSize};
  Shape last = batchFirst ? Shape{d.batch, d.directions, d.hiddenSize}
                          : Shape{d.directions, d.batch, d.hiddenSize};
  setOutput(op, 0, op.in(X).dtype, states);
  setOutput(op, 1, op.in(X).dtype, last);
  setOutput(op, 2, op.in(X).dtype, last);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

void energyopt::addRecurrentProducts(const OpView &op, Work &work, DType dtype, Cell cell,
                                     const RecurrentDims &dims) {
  Expr columns = Expr(gatesOf(cell)) * dims.hiddenSize;
  ContractionDims inputs = {dims.directions, dims.steps * dims.batch, columns, dims.inputSize};
  ContractionDims states = {dims.directions * dims.steps, dims.batch, columns, dims.hiddenSize};
  work.add(WorkClass::MatMul, dtype, contractionMacs(inputs), inputs);
  work.add(WorkClass::MatMul, dtype, contractionMacs(states), states);
  explainProduct(op, work, "macs = D*T*B*gates*H*(I + H)",
                 {dims.directions, dims.steps, dims.batch, gatesOf(cell), dims.hiddenSize,
                  dims.inputSize + dims.hiddenSize});
}

/// M35: operations per state besides products and activations. Each gate adds
/// its two products and, if given, the bias. GRU: reset*h, and (1-z)*n + z*h.
/// LSTM: f*c + i*n, o*h(c), and three peepholes of a multiplication and an
/// addition. Clipping is a comparison and a select at both ends of each gate.
static int64_t gateOps(const OpView &op, Cell cell) {
  int64_t gates = gatesOf(cell);
  int64_t ops = gates + (op.has(B) ? gates : 0) + (op.floatAttr("clip", 0) > 0 ? 4 * gates : 0);
  if (cell == Cell::Gru)
    ops += 1 + 4 + (op.intAttr("linear_before_reset", 0) && op.has(B) ? 1 : 0);
  if (cell == Cell::Lstm)
    ops += 4 + (op.has(Peephole) ? 6 : 0);
  return ops;
}

static Work recurrentWork(const OpView &op, const RuleParams &params) {
  Cell cell = static_cast<Cell>(params.a);
  if (!op.ranked(X) || !op.ranked(R))
    return unknownShape(op);
  auto dims = recurrentDims(op, cell);
  if (!dims)
    return unmodelledError(dims.takeError());
  int64_t directions = dims->directions.constant().value_or(1);
  auto activations = activationsOf(op, cell, directions);
  if (!activations)
    return unmodelledError(activations.takeError());
  Work work = wholeTensorWork(op);
  DType type = op.in(X).dtype;
  addRecurrentProducts(op, work, type, cell, *dims);
  addElementwise(work, type, dims->states(), gateOps(op, cell));
  Expr statesOfDirection = dims->steps * dims->batch * dims->hiddenSize;
  llvm::ArrayRef<int64_t> uses = activationUses(cell);
  for (auto [index, activation] : llvm::enumerate(*activations)) {
    int64_t times = uses[index % uses.size()];
    addElementwise(work, type, statesOfDirection, times * activation->ops,
                   times * activation->transcendentals);
  }
  auto lengths = op.constIntData(Lengths);
  bool whole =
      lengths && llvm::all_of(*lengths, [&](int64_t length) { return dims->steps.is(length); });
  if (op.has(Lengths) && !whole)
    markBounded(work, "sequences may be shorter than the longest");
  return work;
}

const Family energyopt::recurrentFamily = {
    "recurrent", "M34: macs = D*T*B*gates*H*(I + H), gates 1 (RNN), 3 (GRU), 4 (LSTM)",
    recurrentShape, recurrentWork};
