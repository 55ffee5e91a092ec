//===- Diff.cpp - What changed between two models -------------------------===//

#include "energy-opt/Diff.h"

#include "Causes.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace energyopt;

namespace energyopt {

llvm::StringRef name(ChangeKind kind) {
  static constexpr llvm::StringRef kNames[] = {"added", "removed", "changed"};
  return kNames[unsigned(kind)];
}

/// Change as a share of what it was; of nothing, all of it.
static double relative(double from, double to) {
  if (from == to)
    return 0;
  return from != 0 ? std::abs(to - from) / std::abs(from) : 1;
}

double ModelDiff::largestChange() const {
  const ReportTotals &a = base->totals, &b = changed->totals;
  const ModelSummary &m = base->graph.model, &n = changed->graph.model;
  double largest = 0;
  auto add = [&](double from, double to) { largest = std::max(largest, relative(from, to)); };
  add(a.macs, b.macs);
  add(a.flops, b.flops);
  add(m.parameters, n.parameters);
  add(m.parameterBytes, n.parameterBytes);
  add(a.peakActivationBytes, b.peakActivationBytes);
  for (auto [from, to] : llvm::zip_equal(base->targets, changed->targets)) {
    add(from.energyJ.value, to.energyJ.value);
    add(from.latencyS.value, to.latencyS.value);
  }
  return largest;
}

namespace {

class Differ {
public:
  Differ(const Report &base, const Report &changed) : base(base), changed(changed) {
    diff.base = &base;
    diff.changed = &changed;
  }

  ModelDiff run() {
    Alignment alignment = alignGraphs(base.graph, changed.graph);
    for (size_t row = 0; row < alignment.forward.size(); ++row)
      addPair(static_cast<int32_t>(row), alignment.forward[row]);
    for (size_t row = 0; row < alignment.backward.size(); ++row)
      if (alignment.backward[row] < 0)
        addAdded(static_cast<int32_t>(row));
    addRest();
    llvm::stable_sort(diff.changes, [](const OpChange &a, const OpChange &b) {
      return weightOf(a) > weightOf(b);
    });
    return std::move(diff);
  }

private:
  static double weightOf(const OpChange &change) {
    double sum = 0;
    for (double joules : change.deltaJ)
      sum += std::abs(joules);
    return sum;
  }

  static double energyOf(const TargetReport &target, int32_t row) {
    return row < 0 ? 0 : target.rows[row].energyJ;
  }

  void addPair(int32_t row, int32_t other) {
    const GraphRow &from = base.graph.rows[row];
    if (other < 0) {
      add({ChangeKind::Removed, row, -1, shapesOf(from, base.graph), {}, -from.macs});
      return;
    }
    const GraphRow &to = changed.graph.rows[other];
    std::string cause = causeOf(from, base.graph, to, changed.graph);
    if (!cause.empty()) {
      add({ChangeKind::Changed, row, other, cause, {}, to.macs - from.macs});
      return;
    }
    ++diff.unchanged;
    diff.renamed += from.name != to.name;
  }

  void addAdded(int32_t row) {
    const GraphRow &to = changed.graph.rows[row];
    add({ChangeKind::Added, -1, row, shapesOf(to, changed.graph), {}, to.macs});
  }

  void add(OpChange change) {
    for (auto [from, to] : llvm::zip_equal(base.targets, changed.targets))
      change.deltaJ.push_back(energyOf(to, change.newRow) - energyOf(from, change.baseRow));
    diff.changes.push_back(std::move(change));
  }

  /// What is left of each target's difference.
  void addRest() {
    for (size_t i = 0; i < base.targets.size(); ++i) {
      double rest = changed.targets[i].energyJ.value - base.targets[i].energyJ.value;
      for (const OpChange &change : diff.changes)
        rest -= change.deltaJ[i];
      diff.unchangedDeltaJ.push_back(rest);
    }
  }

  const Report &base, &changed;
  ModelDiff diff;
};

} // namespace

ModelDiff diffReports(const Report &base, const Report &changed) {
  return Differ(base, changed).run();
}

} // namespace energyopt
