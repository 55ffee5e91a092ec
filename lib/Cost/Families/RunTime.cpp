//===- RunTime.cpp - Sizes that only the run knows ------------------------===//

#include "Cost/Families/RunTime.h"

#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"

using namespace energyopt;

Expr energyopt::runtimeDim(OpView &op, llvm::StringRef hint, const Expr &nominal) {
  op.ctx->assume(op.name + ": " + hint + " is known at run time only; taken as " + nominal.str());
  return op.ctx->dataDependentDim(hint, nominal);
}

static bool dependsOnData(const OpView &op, const ValueInfo &info) {
  if (!info.hasRank())
    return false;
  for (const Expr &dim : *info.shape)
    if (op.ctx->isDataDependent(dim))
      return true;
  return false;
}

void energyopt::markBounded(const OpView &op, Work &work) {
  if (work.status != WorkStatus::Modelled)
    return;
  for (const ValueInfo *in : op.inputs)
    if (dependsOnData(op, *in))
      return markBounded(work, "an input's size depends on run-time data");
  for (const ValueInfo &out : op.outputs)
    if (dependsOnData(op, out))
      return markBounded(work, "the output's size depends on run-time data");
}

void energyopt::markBounded(Work &work, llvm::StringRef reason) {
  if (work.status != WorkStatus::Modelled)
    return;
  work.status = WorkStatus::Bounded;
  work.reason = reason.str();
}

Shape energyopt::boundedShape(const OpView &op, llvm::ArrayRef<Expr> shape) {
  Shape bounded;
  for (const Expr &dim : shape)
    bounded.push_back(op.ctx->upperBound(dim));
  return bounded;
}

Work energyopt::tensorWork(const OpView &op) {
  for (unsigned i = 0; i < op.numInputs(); ++i)
    if (op.has(i) && !op.ranked(i))
      return unknownShape(op);
  return wholeTensorWork(op);
}

Work energyopt::resultWork(const OpView &op) {
  return op.outputs[0].hasRank() ? tensorWork(op) : unknownShape(op);
}
