//===- OpSums.cpp - The costliest ops, and all the others -----------------===//

#include "OpSums.h"

#include "Format.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>
#include <map>
#include <numeric>

using namespace llvm;

namespace energyopt {

static void addRow(OpLine &line, const Report &report, size_t row) {
  const GraphRow &r = report.graph.rows[row];
  if (AddOverflow(line.macs, r.macs, line.macs))
    line.macs = std::numeric_limits<int64_t>::max();
  if (report.targets.empty())
    line.memoryBytes += static_cast<double>(r.bytesMax);
  for (auto [i, target] : enumerate(report.targets)) {
    if (row >= target.rows.size())
      continue;
    line.energyJ[i] += target.rows[row].energyJ;
    if (i == 0)
      line.memoryBytes += target.rows[row].dramBytes;
  }
}

static std::vector<size_t> byCost(const Report &report) {
  std::vector<double> cost;
  for (auto [i, row] : enumerate(report.graph.rows)) {
    if (report.targets.empty())
      cost.push_back(static_cast<double>(row.macs) + static_cast<double>(row.bytesMax));
    else
      cost.push_back(i < report.targets.front().rows.size() ? report.targets.front().rows[i].energyJ
                                                            : 0);
  }
  std::vector<size_t> order(cost.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](size_t a, size_t b) { return cost[a] > cost[b]; });
  return order;
}

std::vector<OpLine> rankOps(const Report &report, unsigned top) {
  std::vector<size_t> order = byCost(report);
  std::vector<OpLine> lines;
  if (order.empty())
    return lines;
  auto newLine = [&](OpLine::Kind kind, std::string label) {
    OpLine line;
    line.kind = kind;
    line.label = std::move(label);
    line.energyJ.resize(report.targets.size());
    return line;
  };
  size_t named = std::min<size_t>(top, order.size());
  size_t rest = order.size() - named;
  OpLine total = newLine(OpLine::Total, "total");
  OpLine others =
      newLine(OpLine::Others, "[" + std::to_string(rest) + (rest == 1 ? " other]" : " others]"));
  for (auto [rank, row] : enumerate(order)) {
    addRow(total, report, row);
    if (rank >= named) {
      addRow(others, report, row);
      continue;
    }
    OpLine line = newLine(OpLine::Op, "");
    line.row = static_cast<int32_t>(row);
    addRow(line, report, row);
    lines.push_back(std::move(line));
  }
  if (rest)
    lines.push_back(std::move(others));
  if (!report.targets.empty()) {
    OpLine waiting = newLine(OpLine::Static, kStaticRow.str());
    for (auto [i, target] : enumerate(report.targets)) {
      waiting.energyJ[i] = target.staticRowJ;
      total.energyJ[i] += target.staticRowJ;
    }
    lines.push_back(std::move(waiting));
  }
  lines.push_back(std::move(total));
  return lines;
}

std::vector<std::pair<std::string, double>> energyByType(const Report &report) {
  if (report.targets.empty())
    return {};
  const TargetReport &target = report.targets.front();
  std::map<std::string, double> sums; // sorted: ties are in order of name
  for (auto [row, cost] : zip(report.graph.rows, target.rows))
    sums[qualifiedOp(row.op, row.domain)] += cost.energyJ;
  sums[kStaticRow.str()] += target.staticRowJ;
  std::vector<std::pair<std::string, double>> types(sums.begin(), sums.end());
  llvm::stable_sort(types, [](const auto &a, const auto &b) { return a.second > b.second; });
  return types;
}

} // namespace energyopt
