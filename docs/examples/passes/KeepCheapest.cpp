//===- KeepCheapest.cpp - A pass that chooses between loops ---------------===//
//
// Loops that carry the same `example.alternative` compute the same thing in
// different ways. The pass prices each and keeps the one that takes the least
// energy on the target.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/EnergyAnalysis.h"
#include "energy-opt/Register.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/ADT/MapVector.h"

namespace {
struct KeepCheapest : mlir::PassWrapper<KeepCheapest, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(KeepCheapest)
  KeepCheapest() = default;
  KeepCheapest(const KeepCheapest &other) : PassWrapper(other) {}

  llvm::StringRef getArgument() const override { return "keep-cheapest"; }
  llvm::StringRef getDescription() const override {
    return "Keep the alternative that takes the least energy";
  }
  // linalg ops in the loops know their work once their models are attached.
  void getDependentDialects(mlir::DialectRegistry &registry) const override {
    energyopt::registerLinalgWork(registry);
  }
  void runOnOperation() override;

  Option<std::string> target{*this, "target", llvm::cl::desc("Hardware, by name or path"),
                             llvm::cl::init("raspberry-pi-4")};
};
} // namespace

void KeepCheapest::runOnOperation() {
  llvm::MapVector<mlir::Attribute, llvm::SmallVector<mlir::Operation *>> groups;
  getOperation().walk([&](mlir::Operation *op) {
    if (mlir::Attribute group = op->getAttr("example.alternative"))
      groups[group].push_back(op);
  });
  for (auto &[group, alternatives] : groups) {
    mlir::Operation *best = nullptr;
    double least = 0;
    for (mlir::Operation *op : alternatives) {
      // An analysis of this op alone; what it uses from outside is its input.
      energyopt::EnergyAnalysis analysis(op);
      llvm::Expected<energyopt::OpCost> cost = analysis.costOf(op, target);
      if (!cost) {
        op->emitError(llvm::toString(cost.takeError()));
        return signalPassFailure();
      }
      // Figures that leave something out decide nothing.
      if (cost->unmodelled) {
        op->emitWarning("kept, as its cost is unknown: ") << cost->reason;
        best = nullptr;
        break;
      }
      if (!best || cost->energyJ < least) {
        best = op;
        least = cost->energyJ;
      }
    }
    for (mlir::Operation *op : alternatives)
      if (best && op != best)
        op->erase();
  }
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "KeepCheapest", LLVM_VERSION_STRING,
          [] { mlir::PassRegistration<KeepCheapest>(); }};
}
