//===- Optimizer.cpp - Optimizer steps and Gradient -----------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Explain.h"
#include "Cost/Families/Loss.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

//===----------------------------------------------------------------------===//
// Optimizers
//===----------------------------------------------------------------------===//

int64_t energyopt::optimizerOps(OptimizerKind kind, bool nesterov) {
  // All regularize the gradient: g = c*x + g (2).
  switch (kind) {
  case OptimizerKind::Adagrad:
    // h += g*g (2), sqrt(h) + e (2), x -= r*g/h (3).
    return 2 + 2 + 2 + 3;
  case OptimizerKind::Adam:
    // v = a*v + (1-a)*g (3), h = b*h + (1-b)*g*g (4), sqrt(h) + e (2),
    // x -= r*v/h (3), final decay (1).
    return 2 + 3 + 4 + 2 + 3 + 1;
  case OptimizerKind::Momentum:
    // v = a*v + b*g (3), x -= r*v (2); Nesterov: x -= r*(g + a*v) (4).
    return 2 + 3 + (nesterov ? 4 : 2);
  }
  return 0;
}

/// Tensors that a step holds per parameter: the parameter, its gradient, and
/// the moments; it writes all but the gradient.
static unsigned groupsOf(const RuleParams &params) {
  return static_cast<OptimizerKind>(params.a) == OptimizerKind::Adam ? 4 : 3;
}

/// Inputs are R, T, then the parameters, their gradients and each moment, in
/// groups of the same length.
static Error optimizerShape(OpView &op, const RuleParams &params) {
  unsigned groups = groupsOf(params);
  if (Error error = requireInputs(op, 2 + groups))
    return error;
  unsigned tensors = op.numInputs() - 2, count = tensors / groups;
  if (tensors % groups != 0)
    return op.error("has " + Twine(tensors) + " tensors, expected a multiple of " + Twine(groups));
  for (unsigned i = 0; i < count; ++i)
    for (unsigned output = 0; output + 1 < groups; ++output) {
      unsigned input = 2 + i + count * (output ? output + 1 : 0);
      setOutput(op, i + count * output, op.in(input).dtype, op.in(input).shape);
    }
  return Error::success();
}

/// M45: a fixed number of operations per parameter.
static Work optimizerWork(const OpView &op, const RuleParams &params) {
  OptimizerKind kind = static_cast<OptimizerKind>(params.a);
  bool nesterov = op.stringAttr("mode", "standard") == "nesterov";
  unsigned count = (op.numInputs() - 2) / groupsOf(params);
  Work work = wholeTensorWork(op);
  for (unsigned i = 0; i < count; ++i) {
    if (!op.ranked(2 + i))
      return unknownShape(op);
    const ValueInfo &parameter = op.in(2 + i);
    addElementwise(work, parameter.dtype, parameter.elements(), optimizerOps(kind, nesterov));
    explainProduct(op, work, "ops = per parameter*parameters",
                   {optimizerOps(kind, nesterov), parameter.elements()});
  }
  return work;
}

const Family energyopt::optimizerFamily = {
    "optimizer", "M45: ops per parameter: Adagrad 9, Adam 15, Momentum 7 (Nesterov 9)",
    optimizerShape, optimizerWork};

//===----------------------------------------------------------------------===//
// Gradient
//===----------------------------------------------------------------------===//

/// One derivative per name of `xs`, each like the input of that name.
static Error gradientShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  auto xs = op.attr("xs");
  if (!xs || xs->strings.empty())
    return op.error("attribute 'xs' names nothing to differentiate by");
  if (xs->strings.size() > op.numInputs())
    return op.error("attribute 'xs' has " + Twine(xs->strings.size()) + " names for " +
                    Twine(op.numInputs()) + " inputs");
  for (unsigned i = 0; i < xs->strings.size(); ++i)
    setOutput(op, i, op.in(i).dtype, op.in(i).shape);
  return Error::success();
}

/// Its work is that of the subgraph between `xs` and `y`, which an op alone
/// does not show.
static Work gradientWork(const OpView &, const RuleParams &) {
  return Work::unmodelled("its cost is that of the graph it differentiates");
}

const Family energyopt::gradientFamily = {"gradient", "priced where the graph is known",
                                          gradientShape, gradientWork};
