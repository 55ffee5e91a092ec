//===- OnnxWork.cpp - onnx ops answer WorkOpInterface ---------------------===//
//
// For passes that hold a single op rather than a whole model: the rule by
// name, applied to what the caller knows of the operands.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/WorkOpInterface.h"

#include "Cost/OpsetForms.h"
#include "Graph/OpAdapter.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/OpRule.h"

using namespace energyopt;

/// Version of the op's domain, as the enclosing function or module imports it;
/// the newest if none says.
static int64_t opsetOf(mlir::Operation *op) {
  llvm::StringRef domain = domainAndOp(op->getName().getStringRef()).first;
  for (mlir::Operation *scope = op->getParentOp(); scope; scope = scope->getParentOp())
    if (auto opsets = scope->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets"))
      if (auto version = opsets.getAs<mlir::IntegerAttr>(domain))
        return version.getInt();
  return std::numeric_limits<int64_t>::max();
}

namespace {
struct OnnxWorkModel : public WorkOpInterface::FallbackModel<OnnxWorkModel> {
  Work getWork(mlir::Operation *op, llvm::ArrayRef<const ValueInfo *> operands,
               llvm::SmallVectorImpl<ValueInfo> &results, ShapeContext &context) const {
    OpAttrs attrs(op, /*call=*/nullptr, /*weights=*/nullptr);
    OpView view;
    view.name = op->getName().getStringRef();
    view.opset = opsetOf(op);
    view.inputs.append(operands.begin(), operands.end());
    view.outputs.resize(op->getNumResults());
    view.attrs = &attrs;
    view.ctx = &context;
    const OpRule *rule = findRule(view.name, view.opset);
    if (!rule)
      return Work::unmodelled(("no rule for " + view.name).str());
    normalizeOpset(view);
    Work work;
    if (llvm::Error error = inferShapes(*rule, view))
      work = Work::unmodelled(llvm::toString(std::move(error)));
    else
      work = workOf(*rule, view);
    results.assign(view.outputs.begin(), view.outputs.end());
    return work;
  }

  const char *getWorkFamily(mlir::Operation *op) const {
    const OpRule *rule = findRule(op->getName().getStringRef(), opsetOf(op));
    return rule ? rule->use.family->name : "";
  }
};
} // namespace

void energyopt::attachOnnxWork(mlir::MLIRContext &context) {
  auto model = std::make_shared<OnnxWorkModel>();
  context.getLoadedDialect<OnnxDialect>()->addInterfaceFallback(WorkOpInterface::getInterfaceID(),
                                                                model.get(), model);
}
