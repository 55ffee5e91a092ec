//===- XlaRegions.cpp - Ops of stablehlo that apply a region --------------===//

#include "Cost/Families/Xla.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Declared.h"
#include "Cost/Families/Einsum.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Reduce.h"
#include "Cost/Families/Select.h"

using namespace energyopt;
using llvm::Error;

/// What the region does, or why that is not known.
static std::optional<Work> failed(const OpView &op) {
  if (!op.body)
    return Work::unmodelled("its region is missing");
  if (op.body->status == WorkStatus::Unmodelled)
    return *op.body;
  return std::nullopt;
}

static Error reduceShape(OpView &op, const RuleParams &) {
  auto axes = op.intsAttr("dimensions");
  if (!axes || !op.ranked(0))
    return Error::success();
  auto normal = normalizeAxes(op, *axes, op.in(0).rank());
  if (!normal)
    return normal.takeError();
  for (unsigned i = 0; i < op.outputs.size() && op.ranked(i); ++i)
    setOutput(op, i, op.in(i).dtype, reducedShape(*op.in(i).shape, *normal, /*keepDims=*/false));
  return Error::success();
}

static Work reduceWork(const OpView &op, const RuleParams &) {
  if (auto unknown = failed(op))
    return *unknown;
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addBody(work, *op.body, op.in(0).elements());
  return work;
}

const Family energyopt::xlaReduceFamily = {"reduce", "C2: the region once per input element",
                                           reduceShape, reduceWork};

static Expr windowSize(const OpView &op) {
  Expr size = 1;
  for (int64_t dim : op.intsAttr("window_dimensions").value_or(std::vector<int64_t>()))
    size *= Expr(dim);
  return size;
}

static Work reduceWindowWork(const OpView &op, const RuleParams &) {
  if (auto unknown = failed(op))
    return *unknown;
  if (!op.outputs[0].hasRank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addBody(work, *op.body, op.outputs[0].elements() * windowSize(op));
  return work;
}

const Family energyopt::xlaReduceWindowFamily = {"pool", "C2: the region once per window element",
                                                 asDeclared, reduceWindowWork};

/// The two regions come as one body; each is applied once per window element,
/// though the second only to the element selected: a bound.
static Work selectAndScatterWork(const OpView &op, const RuleParams &) {
  if (auto unknown = failed(op))
    return *unknown;
  if (!op.ranked(1))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addBody(work, *op.body, op.in(1).elements() * windowSize(op));
  work.status = WorkStatus::Bounded;
  work.reason = "one element of each window is updated";
  return work;
}

const Family energyopt::selectAndScatterFamily = {
    "pool", "C2: both regions once per window element, at most", asDeclared, selectAndScatterWork};

/// Operands: inputs, indices, updates, as many inputs as updates.
static Work scatterWork(const OpView &op, const RuleParams &) {
  if (auto unknown = failed(op))
    return *unknown;
  unsigned updates = op.numInputs() - 1;
  if (op.numInputs() < 3 || !op.ranked(updates))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addBody(work, *op.body, op.in(updates).elements());
  return work;
}

const Family energyopt::xlaScatterFamily = {
    "scatter", "D6: bytes of all operands; the region once per update", asDeclared, scatterWork};

static Work sortWork(const OpView &op, const RuleParams &) {
  if (auto unknown = failed(op))
    return *unknown;
  if (!op.ranked(0) || op.in(0).rank() == 0)
    return unknownShape(op);
  int64_t axis = op.intAttr("dimension", -1);
  if (axis < 0)
    axis += op.in(0).rank();
  if (axis < 0 || axis >= op.in(0).rank())
    return Work::unmodelled("its dimension is out of range");
  Work work = wholeTensorWork(op);
  addBody(work, *op.body, sortComparisons(op.in(0).elements(), op.in(0).dim(axis)));
  return work;
}

const Family energyopt::xlaSortFamily = {"sort", "D7: elements*ceil(log2 n) comparisons",
                                         asDeclared, sortWork};

static Work topKWork(const OpView &op, const RuleParams &) {
  if (!op.ranked(0))
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addElementwise(work, op.in(0).dtype, sortComparisons(op.in(0).elements(), op.intAttr("k", 1)), 1);
  return work;
}

const Family energyopt::xlaTopKFamily = {"sort", "D7: elements*ceil(log2 k) comparisons",
                                         asDeclared, topKWork};

/// The region works on whole slices.
static Work scanWork(const OpView &op, const RuleParams &) {
  if (auto unknown = failed(op))
    return *unknown;
  int64_t axis = op.intAttr("dimension", 0);
  if (!op.ranked(0) || axis < 0 || axis >= op.in(0).rank())
    return unknownShape(op);
  Work work = wholeTensorWork(op);
  addBody(work, *op.body, op.in(0).dim(axis));
  return work;
}

const Family energyopt::xlaScanFamily = {"scan", "C2: the region once per slice", asDeclared,
                                         scanWork};

static Work collectiveWork(const OpView &op, const RuleParams &) {
  Work work = wholeTensorWork(op);
  if (op.body && op.body->status != WorkStatus::Unmodelled && op.ranked(0))
    addBody(work, *op.body, op.in(0).elements());
  return work;
}

const Family energyopt::collectiveFamily = {
    "collective", "D1: local bytes; what crosses the network is not priced", asDeclared,
    collectiveWork};

//===----------------------------------------------------------------------===//
// einsum
//===----------------------------------------------------------------------===//

namespace {
/// `equation` under the name that stablehlo gives it.
struct EinsumAttrs : public AttrSource {
  explicit EinsumAttrs(const AttrSource &base) : base(base) {}
  std::optional<AttrValue> find(llvm::StringRef name) const override {
    return base.find(name == "equation" ? "einsum_config" : name);
  }
  const AttrSource &base;
};
} // namespace

static Error einsumShape(OpView &op, const RuleParams &params) {
  EinsumAttrs attrs(*op.attrs);
  const AttrSource *own = std::exchange(op.attrs, &attrs);
  Error error = einsumFamily.shape(op, params);
  op.attrs = own;
  return error;
}

static Work einsumWork(const OpView &op, const RuleParams &params) {
  EinsumAttrs attrs(*op.attrs);
  OpView view = op;
  view.attrs = &attrs;
  return einsumFamily.work(view, params);
}

const Family energyopt::xlaEinsumFamily = {
    "einsum", "M4: macs = product of all labels of a contracted pair", einsumShape, einsumWork};
