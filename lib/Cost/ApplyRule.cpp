//===- ApplyRule.cpp - Calls rules and checks their answers ---------------===//

#include "Cost/ApplyRule.h"

#include "energy-opt/OpRule.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::Twine;

std::optional<int64_t> energyopt::negativeDim(const ValueInfo &value) {
  if (value.shape)
    for (const Expr &dim : *value.shape)
      if (auto size = dim.constant(); size && *size < 0)
        return size;
  return std::nullopt;
}

llvm::Error energyopt::checkOutputs(const OpView &op) {
  for (unsigned i = 0; i < op.outputs.size(); ++i) {
    const ValueInfo &output = op.outputs[i];
    if (auto size = negativeDim(output))
      return op.error("output " + Twine(i) + " would have a dim of " + Twine(*size));
    if (output.hasRank() && output.data &&
        !output.elements().is(static_cast<int64_t>(output.data->size())))
      return op.error("output " + Twine(i) + " would have " + Twine(output.data->size()) +
                      " elements, its shape says " + output.elements().str());
  }
  return llvm::Error::success();
}

static bool lacksResult(const OpRule &rule, const OpView &op) {
  return op.outputs.empty() && !rule.use.family->withoutResults;
}

llvm::Error energyopt::inferShapes(const OpRule &rule, OpView &op) {
  if (op.outputs.empty() && llvm::StringRef(rule.op).starts_with("onnx."))
    return op.error("has no outputs"); // which every ONNX op has
  if (lacksResult(rule, op))
    return llvm::Error::success();
  if (llvm::Error error = rule.use.family->shape(op, rule.use.params))
    return error;
  return checkOutputs(op);
}

static bool isNegative(const OpView &op, const Expr &count) {
  auto most = op.ctx->upperBound(count).constant();
  return most && *most < 0;
}

static bool isNegative(const OpView &op, const WorkItem &item) {
  for (const Expr *count :
       {&item.count, &item.dims.groups, &item.dims.m, &item.dims.n, &item.dims.k})
    if (isNegative(op, *count))
      return true;
  return false;
}

Work energyopt::workOf(const OpRule &rule, const OpView &op) {
  if (lacksResult(rule, op))
    return Work::unmodelled("it has no result to tell its work by");
  Work work = rule.use.family->work(op, rule.use.params);
  auto negative = [&](const auto &counted) { return isNegative(op, counted); };
  if (llvm::any_of(work.items, negative) || llvm::any_of(work.readBytes, negative) ||
      llvm::any_of(work.writeBytes, negative))
    return Work::unmodelled("its attributes and sizes contradict: it would do less than nothing");
  return work;
}
