//===- Delegate.cpp - Ops that are another op in disguise -----------------===//

#include "Cost/Families/Delegate.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/RunTime.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"

using namespace energyopt;

static const ValueInfo kNone = ValueInfo::none();

InnerOp::InnerOp(const OpView &outer, llvm::ArrayRef<int> inputs) {
  view.name = outer.name;
  view.opset = INT64_MAX; // the newest form
  view.ctx = outer.ctx;
  view.explain = outer.explain;
  view.outputs = outer.outputs;
  if (view.outputs.empty())
    view.outputs.emplace_back();
  attrs.outer = outer.attrs;
  attrs.inputs.assign(inputs.begin(), inputs.end());
  view.attrs = &attrs;
  for (int input : inputs)
    view.inputs.push_back(input >= 0 && outer.has(input) ? outer.inputs[input] : &kNone);
}

void InnerOp::replace(unsigned index, ValueInfo info) {
  owned.push_back(std::move(info));
  view.inputs[index] = &owned.back();
}

void InnerOp::retype(unsigned index, DType type) {
  if (!view.has(index))
    return;
  ValueInfo info = view.in(index);
  info.dtype = type;
  replace(index, std::move(info));
}

std::optional<AttrValue> InnerOp::Attrs::find(llvm::StringRef name) const {
  AttrValue value;
  if (auto it = values.find(name); it != values.end()) {
    value.i = it->second;
    return value;
  }
  auto it = lists.find(name);
  if (it == lists.end())
    return outer->find(name);
  value.kind = AttrValue::Ints;
  value.ints = it->second;
  return value;
}

std::shared_ptr<const TensorData> InnerOp::Attrs::load(unsigned index) const {
  if (index >= inputs.size() || inputs[index] < 0)
    return nullptr;
  return outer->load(inputs[index]);
}

static const OpRule *plainRule(llvm::StringRef op) {
  return findRule(("onnx." + op).str(), INT64_MAX);
}

llvm::Error energyopt::inferAs(InnerOp &inner, llvm::StringRef op) {
  const OpRule *rule = plainRule(op);
  if (!rule)
    return inner.view.error("is priced as " + op + ", which has no rule");
  return inferShapes(*rule, inner.view);
}

Work energyopt::workAs(const InnerOp &inner, llvm::StringRef op) {
  const OpRule *rule = plainRule(op);
  if (!rule)
    return Work::unmodelled(("priced as " + op + ", which has no rule").str());
  return workOf(*rule, inner.view);
}

/// Fused ops spell activations in several ways.
static llvm::StringRef activationOp(llvm::StringRef spelled) {
  return llvm::StringSwitch<llvm::StringRef>(spelled)
      .CasesLower("", "none", "identity", "")
      .CasesLower("silu", "swish", "Swish")
      .CaseLower("relu", "Relu")
      .CaseLower("gelu", "Gelu")
      .CaseLower("tanh", "Tanh")
      .CaseLower("sigmoid", "Sigmoid")
      .Default(spelled);
}

namespace {
struct NoAttrs : AttrSource {
  std::optional<AttrValue> find(llvm::StringRef) const override { return std::nullopt; }
};
} // namespace

bool energyopt::addActivation(const OpView &op, Work &work, llvm::StringRef activation, DType type,
                              const Expr &count) {
  llvm::StringRef plain = activationOp(activation);
  if (plain.empty())
    return true;
  const OpRule *rule = plainRule(plain);
  if (!rule)
    return false;
  static const NoAttrs noAttrs;
  ValueInfo tensor = ValueInfo::tensor(type, Shape{count});
  OpView view;
  view.name = op.name;
  view.opset = INT64_MAX;
  view.attrs = &noAttrs;
  view.ctx = op.ctx;
  view.inputs = {&tensor};
  ValueInfo bound = ValueInfo::tensor(type, Shape{});
  if (rule->use.family == &clipFamily) // fused: both bounds are attributes
    view.inputs.append({&bound, &bound});
  view.outputs = {tensor};
  Work own = workOf(*rule, view);
  if (own.status == WorkStatus::Unmodelled)
    return false;
  work.items.append(own.items);
  return true;
}

Work energyopt::unknownActivation(llvm::StringRef activation) {
  return Work::unmodelled(("no rule for the activation '" + activation + "'").str());
}

Work energyopt::withTrafficOf(const OpView &outer, Work inner) {
  if (inner.status == WorkStatus::Unmodelled)
    return unmodelledWork(outer, std::move(inner.reason));
  Work work = tensorWork(outer);
  if (work.status == WorkStatus::Unmodelled)
    return work;
  work.items = std::move(inner.items);
  work.equations = std::move(inner.equations);
  if (inner.status == WorkStatus::Bounded) {
    work.status = WorkStatus::Bounded;
    work.reason = std::move(inner.reason);
  }
  return work;
}

ValueInfo energyopt::channelsFirst(ValueInfo info) {
  info.data = nullptr;
  if (info.hasRank() && info.rank() >= 3)
    std::rotate(info.shape->begin() + 1, info.shape->end() - 1, info.shape->end());
  return info;
}

ValueInfo energyopt::channelsLast(ValueInfo info) {
  info.data = nullptr;
  if (info.hasRank() && info.rank() >= 3)
    std::rotate(info.shape->begin() + 1, info.shape->begin() + 2, info.shape->end());
  return info;
}
