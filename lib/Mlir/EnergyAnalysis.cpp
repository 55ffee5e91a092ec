//===- EnergyAnalysis.cpp - What IR costs, for passes ---------------------===//

#include "energy-opt/EnergyAnalysis.h"

#include "Analysis/Saturating.h"
#include "Mlir/ModuleWalk.h"

using namespace energyopt;
using llvm::StringRef;

EnergyAnalysis::EnergyAnalysis(mlir::Operation *root, const AnalysisOptions &options) : top(root) {
  if (llvm::Error error = analyse(options))
    failure = llvm::toString(std::move(error));
}

llvm::Error EnergyAnalysis::analyse(const AnalysisOptions &options) {
  mlir::Operation *root = top;
  std::vector<EntryPoint> entries;
  if (root->hasTrait<mlir::OpTrait::SymbolTable>() || mlir::isa<mlir::FunctionOpInterface>(root))
    entries = entryPoints(root);
  std::vector<DeclaredInput> inputs;
  for (const EntryPoint &entry : entries)
    inputs.insert(inputs.end(), entry.inputs.begin(), entry.inputs.end());
  if (llvm::Error error = checkNames(options, inputs))
    return error;
  auto given = givenDims(options, inputs);
  if (!given)
    return given.takeError();
  ShapeFacts facts(*given, /*symbolic=*/false);
  GraphBuilder builder(facts, /*symbolic=*/false);
  ModuleWalk walk(facts, builder, options);
  bool wholeFunctions = !entries.empty() || root->hasTrait<mlir::OpTrait::SymbolTable>();
  if (llvm::Error error = wholeFunctions ? walk.run(entries) : walk.runOp(root))
    return error;
  if (llvm::Error error = checkDims(options, facts))
    return error;
  ModelSummary summary;
  summary.format = "mlir";
  if (auto at = root->getLoc()->findInstanceOf<mlir::FileLineColLoc>())
    summary.path = at.getFilename().str();
  summary.nodes = builder.graph.rows.size();
  summary.dims = facts.dims();
  summary.assumptions = facts.assumptions();
  work = builder.finish(std::move(summary));
  rowOps = std::move(walk.rowOps);
  rowCalls = std::move(walk.rowCalls);
  return llvm::Error::success();
}

llvm::Expected<const TargetReport &> EnergyAnalysis::on(StringRef target,
                                                        const EnergyOptions &options) {
  if (!failure.empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(), failure);
  std::string key =
      (target + "/" + options.runtime + "/" + (options.precision ? name(*options.precision) : "") +
       "/" + llvm::Twine(options.devices) + "/" +
       (options.powerLimitW ? std::to_string(*options.powerLimitW) : ""))
          .str();
  std::unique_ptr<TargetReport> &slot = reports[key];
  if (slot)
    return *slot;
  auto loaded = loadTarget(target);
  if (!loaded)
    return loaded.takeError();
  auto priced = estimate(work, *loaded, options);
  if (!priced)
    return priced.takeError();
  slot = std::make_unique<TargetReport>(std::move(*priced));
  return *slot;
}

/// A row is under an op if its own op is, or the call that it was inlined for.
bool EnergyAnalysis::isUnder(int32_t row, mlir::Operation *op) const {
  for (; row >= 0; row = rowCalls[row])
    if (op->isAncestor(rowOps[row]))
      return true;
  return false;
}

static void add(OpCost &cost, const GraphRow &row, const RowCost *price) {
  auto add = [&](int64_t &sum, int64_t count) { sum = plusHeld(sum, count, cost.saturated); };
  add(cost.macs, row.macs);
  add(cost.flops, row.flops);
  add(cost.intOps, row.intOps);
  add(cost.transcendentals, row.transcendentals);
  add(cost.bytesMin, row.bytesMin);
  add(cost.bytesMax, row.bytesMax);
  cost.saturated |= row.saturated;
  ++cost.ops;
  cost.unmodelled += row.status == WorkStatus::Unmodelled;
  if (cost.reason.empty())
    cost.reason = row.reason;
  if (!price)
    return;
  cost.energyJ += price->energyJ;
  cost.latencyS += price->latencyS;
  cost.dramBytes += price->dramBytes;
}

OpCost EnergyAnalysis::sum(mlir::Operation *op, const TargetReport *report) const {
  OpCost cost;
  for (size_t i = 0; i < work.rows.size(); ++i)
    if (isUnder(static_cast<int32_t>(i), op))
      add(cost, work.rows[i], report ? &report->rows[i] : nullptr);
  return cost;
}

llvm::Expected<OpCost> EnergyAnalysis::costOf(mlir::Operation *op, StringRef target,
                                              const EnergyOptions &options) {
  auto report = on(target, options);
  if (!report)
    return report.takeError();
  return sum(op, &*report);
}

llvm::DenseMap<mlir::Operation *, OpCost>
EnergyAnalysis::ownCosts(const TargetReport &report) const {
  llvm::DenseMap<mlir::Operation *, OpCost> costs;
  for (size_t i = 0; i < work.rows.size(); ++i)
    add(costs[rowOps[i]], work.rows[i], &report.rows[i]);
  return costs;
}
