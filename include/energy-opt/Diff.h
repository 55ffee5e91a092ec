//===- Diff.h - What changed between two models -----------------*- C++ -*-===//
//
// Aligns the ops of two reports and puts numbers on every difference. Both
// reports are priced on the same targets, in the same order.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_DIFF_H
#define ENERGY_OPT_DIFF_H

#include "energy-opt/Report.h"
#include "energy-opt/Views.h"

namespace energyopt {

enum class ChangeKind : uint8_t { Added, Removed, Changed };
llvm::StringRef name(ChangeKind kind);

/// One op that differs.
struct OpChange {
  ChangeKind kind = ChangeKind::Changed;
  int32_t baseRow = -1, newRow = -1; // -1: not there
  std::string cause;                 // "out channels 64 -> 96"; of an added op, its shapes
  std::vector<double> deltaJ;        // by target
  int64_t deltaMacs = 0;
};

struct ModelDiff {
  const Report *base = nullptr, *changed = nullptr;
  /// The costliest differences first, by joules over all targets.
  std::vector<OpChange> changes;
  /// Ops that are the same but for their names.
  int64_t renamed = 0, unchanged = 0;
  /// By target: what ops that did not change cost more or less, because
  /// kernels and caches around them did, and the device's constant power.
  std::vector<double> unchangedDeltaJ;

  /// The largest change of energy or latency of a target, or of a total, as a
  /// share of what it was.
  double largestChange() const;
};

/// Pairs of rows that are each other's counterpart; -1: none. `forward[i]` is
/// the row of `changed` for row i of `base`.
struct Alignment {
  std::vector<int32_t> forward, backward;
};

/// By name where names survived, by structure where they did not: whichever
/// leaves fewer ops without an equal counterpart.
Alignment alignGraphs(const WorkGraph &base, const WorkGraph &changed);

ModelDiff diffReports(const Report &base, const Report &changed);

/// Errors of reading one of the two are the caller's to print.
void printDiffText(const ModelDiff &diff, const ViewOptions &options, llvm::raw_ostream &os);
void printDiffJson(const ModelDiff &diff, const ViewOptions &options, llvm::raw_ostream &os);
/// A review comment: the totals in sight, the ops below a fold.
void printDiffMarkdown(const ModelDiff &diff, const ViewOptions &options, llvm::raw_ostream &os);

} // namespace energyopt

#endif // ENERGY_OPT_DIFF_H
