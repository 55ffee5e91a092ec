//===- Annotate.cpp - Costs as attributes of the IR -----------------------===//

#include "Mlir/Annotate.h"

#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace energyopt;

/// The figures that are not 0.
static mlir::DictionaryAttr costAttr(const OpCost &cost, mlir::MLIRContext *context) {
  mlir::Builder builder(context);
  mlir::NamedAttrList figures;
  auto real = [&](llvm::StringRef name, double value) {
    if (value != 0)
      figures.set(name, builder.getF64FloatAttr(value));
  };
  auto whole = [&](llvm::StringRef name, int64_t value) {
    if (value != 0)
      figures.set(name, builder.getI64IntegerAttr(value));
  };
  real("joules", cost.energyJ);
  real("seconds", cost.latencyS);
  real("dram_bytes", cost.dramBytes);
  whole("macs", cost.macs);
  whole("flops", cost.flops);
  whole("int_ops", cost.intOps);
  whole("bytes_min", cost.bytesMin);
  whole("bytes_max", cost.bytesMax);
  if (cost.saturated)
    figures.set("saturated", builder.getUnitAttr());
  return figures.getDictionary(context);
}

void energyopt::annotate(mlir::ModuleOp module, const EnergyAnalysis &analysis,
                         const TargetReport &report) {
  module.walk([](mlir::Operation *op) { op->removeAttr("energy.cost"); });
  mlir::Builder builder(module.getContext());
  for (auto &[op, cost] : analysis.ownCosts(report)) {
    mlir::NamedAttrList figures(costAttr(cost, module.getContext()));
    if (cost.unmodelled)
      figures.set("unmodelled", builder.getStringAttr(cost.reason));
    if (!figures.empty())
      op->setAttr("energy.cost", figures.getDictionary(module.getContext()));
  }
  module.walk([&](mlir::FunctionOpInterface function) {
    OpCost cost = analysis.sum(function, &report);
    if (cost.ops)
      function->setAttr("energy.cost", costAttr(cost, module.getContext()));
  });
  OpCost total = analysis.sum(module, &report);
  // Of the whole: waiting included, which no op owns.
  total.energyJ = report.energyJ.value;
  total.latencyS = report.latencyS.value;
  module->setAttr("energy.cost", costAttr(total, module.getContext()));
  module->setAttr("energy.target", builder.getStringAttr(report.name));
  double covered = total.ops ? 1.0 - double(total.unmodelled) / double(total.ops) : 1.0;
  module->setAttr("energy.coverage", builder.getF64FloatAttr(covered));
}
