//===- Summarize.cpp - Coverage and totals of a report --------------------===//
//
// The only place where rows are added up, so that coverage and totals are sums
// of the rows by construction.
//
//===----------------------------------------------------------------------===//

#include "Format.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

using namespace llvm;

namespace energyopt {

StringRef name(Bound bound) {
  switch (bound) {
  case Bound::Compute:
    return "compute";
  case Bound::Memory:
    return "memory";
  case Bound::Overhead:
    return "overhead";
  }
  return "";
}

static Coverage coverageOf(const WorkGraph &graph) {
  Coverage coverage;
  std::map<std::tuple<std::string, std::string, std::string>, int64_t> missing;
  for (const GraphRow &row : graph.rows) {
    ++coverage.opsTotal;
    switch (row.status) {
    case WorkStatus::Modelled:
      ++coverage.modelled;
      break;
    case WorkStatus::Free:
      ++coverage.free;
      break;
    case WorkStatus::Bounded:
      ++coverage.bounded;
      break;
    case WorkStatus::Unmodelled:
      ++coverage.unmodelled;
      ++missing[{row.domain, row.op, row.reason}];
      break;
    }
  }
  for (const auto &[key, count] : missing) {
    const auto &[domain, op, reason] = key;
    coverage.unmodelledOps.push_back({op, domain, reason, count});
  }
  // The most frequent first; the map has ordered the rest.
  std::stable_sort(coverage.unmodelledOps.begin(), coverage.unmodelledOps.end(),
                   [](const auto &a, const auto &b) { return a.count > b.count; });
  return coverage;
}

void addTo(int64_t &sum, int64_t value, bool &saturated) {
  if (AddOverflow(sum, value, sum)) {
    sum = std::numeric_limits<int64_t>::max();
    saturated = true;
  }
}

void summarize(Report &report) {
  report.coverage = coverageOf(report.graph);
  ReportTotals totals;
  for (const GraphRow &row : report.graph.rows) {
    totals.saturated |= row.saturated;
    addTo(totals.macs, row.macs, totals.saturated);
    addTo(totals.flops, row.flops, totals.saturated);
    addTo(totals.intOps, row.intOps, totals.saturated);
    addTo(totals.transcendentals, row.transcendentals, totals.saturated);
    addTo(totals.bytesMin, row.bytesMin, totals.saturated);
    addTo(totals.bytesMax, row.bytesMax, totals.saturated);
  }
  totals.peakActivationBytes = report.graph.peakActivationBytes;
  report.totals = totals;
}

} // namespace energyopt
