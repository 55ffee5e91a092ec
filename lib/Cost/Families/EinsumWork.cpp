//===- EinsumWork.cpp - Einsum as a chain of products ---------------------===//

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Einsum.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Expected;

static bool allRanked(const OpView &op) {
  for (unsigned i = 0; i < op.numInputs(); ++i)
    if (!op.ranked(i))
      return false;
  return true;
}

static Expected<EinsumEquation> equationOf(const OpView &op) {
  std::string text = op.stringAttr("equation", "");
  if (text.empty())
    return op.error("attribute 'equation' is missing");
  llvm::SmallVector<int64_t, 4> ranks;
  for (unsigned i = 0; i < op.numInputs(); ++i)
    ranks.push_back(op.in(i).rank());
  return parseEinsum(op, text, ranks);
}

static Error einsumShape(OpView &op, const RuleParams &) {
  if (Error error = requireInputs(op, 1))
    return error;
  setOutput(op, 0, op.in(0).dtype);
  if (!allRanked(op))
    return Error::success();
  auto equation = equationOf(op);
  if (!equation)
    return equation.takeError();
  auto sizes = EinsumSizes::of(op, *equation);
  if (!sizes)
    return sizes.takeError();
  op.outputs[0].shape = sizes->shape(equation->output);
  return Error::success();
}

namespace {
/// Sorts the labels of a pair of terms by where they occur.
struct PairLabels {
  EinsumTerm groups, m, n, k;  // in both and kept; only lhs; only rhs; summed
  EinsumTerm lhsOnly, rhsOnly; // summed over one operand before the product
};
} // namespace

static EinsumTerm distinct(llvm::ArrayRef<int> term) {
  EinsumTerm labels;
  for (int label : term)
    if (!llvm::is_contained(labels, label))
      labels.push_back(label);
  return labels;
}

/// `kept`: labels that a later operand or the output still needs.
static PairLabels classify(llvm::ArrayRef<int> lhs, llvm::ArrayRef<int> rhs,
                           llvm::ArrayRef<int> kept) {
  PairLabels labels;
  for (int label : distinct(lhs)) {
    bool shared = llvm::is_contained(rhs, label), keep = llvm::is_contained(kept, label);
    (shared ? (keep ? labels.groups : labels.k) : (keep ? labels.m : labels.lhsOnly))
        .push_back(label);
  }
  for (int label : distinct(rhs))
    if (!llvm::is_contained(lhs, label))
      (llvm::is_contained(kept, label) ? labels.n : labels.rhsOnly).push_back(label);
  return labels;
}

/// One product of two terms; sets `lhs` to the term of its result.
static void addPair(const OpView &op, Work &work, const EinsumSizes &sizes, EinsumTerm &lhs,
                    llvm::ArrayRef<int> rhs, llvm::ArrayRef<int> kept, bool parameter) {
  PairLabels labels = classify(lhs, rhs, kept);
  DType type = op.in(0).dtype;
  // Labels of a single operand are summed first.
  if (!labels.lhsOnly.empty())
    work.add(WorkClass::Vector, type, sizes.product(distinct(lhs)));
  if (!labels.rhsOnly.empty())
    work.add(WorkClass::Vector, type, sizes.product(distinct(rhs)));
  ContractionDims dims = {sizes.product(labels.groups), sizes.product(labels.m),
                          sizes.product(labels.n), sizes.product(labels.k)};
  // Without a summed label it multiplies and accumulates nothing.
  if (labels.k.empty())
    work.add(WorkClass::Vector, type, contractionMacs(dims));
  else
    addMatMul(op, work, type, parameter, dims);
  lhs = labels.groups;
  lhs.append(labels.m);
  lhs.append(labels.n);
}

/// M4: operands are contracted from left to right; of each pair, labels in
/// both operands that nothing later needs are K, labels in both that are kept
/// are groups, the others M and N.
static Work einsumWork(const OpView &op, const RuleParams &) {
  if (!allRanked(op))
    return unknownShape(op);
  auto equation = equationOf(op);
  if (!equation)
    return unmodelledError(equation.takeError());
  auto sizes = EinsumSizes::of(op, *equation);
  if (!sizes)
    return unmodelledError(sizes.takeError());
  Work work = wholeTensorWork(op);
  EinsumTerm lhs = equation->inputs[0];
  bool parameter = op.in(0).isParameter;
  if (equation->inputs.size() == 1) {
    // A sum over some dims, or a mere view.
    if (distinct(lhs).size() > equation->output.size())
      work.add(WorkClass::Vector, op.in(0).dtype, sizes->product(distinct(lhs)));
    return work;
  }
  for (size_t i = 1; i < equation->inputs.size(); ++i) {
    EinsumTerm kept = equation->output;
    for (size_t later = i + 1; later < equation->inputs.size(); ++later)
      kept.append(equation->inputs[later]);
    addPair(op, work, *sizes, lhs, equation->inputs[i], kept, parameter || op.in(i).isParameter);
    parameter = false;
  }
  return work;
}

const Family energyopt::einsumFamily = {
    "einsum", "M4: macs = product of all labels of a contracted pair", einsumShape, einsumWork};
