//===- Summarize.cpp - Coverage and totals of a report --------------------===//

#include "energy-opt/Report.h"

#include "llvm/Support/MathExtras.h"

#include <map>
#include <tuple>

using namespace energyopt;

llvm::StringRef energyopt::name(Bound bound) {
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

static void addTo(int64_t &sum, int64_t value, bool &saturated) {
  int64_t result;
  if (llvm::AddOverflow(sum, value, result)) {
    result = INT64_MAX;
    saturated = true;
  }
  sum = result;
}

static void addTotals(ReportTotals &totals, const GraphRow &row) {
  addTo(totals.macs, row.macs, totals.saturated);
  addTo(totals.flops, row.flops, totals.saturated);
  addTo(totals.intOps, row.intOps, totals.saturated);
  addTo(totals.transcendentals, row.transcendentals, totals.saturated);
  addTo(totals.bytesMin, row.bytesMin, totals.saturated);
  addTo(totals.bytesMax, row.bytesMax, totals.saturated);
  totals.saturated |= row.saturated;
}

void energyopt::summarize(Report &report) {
  Coverage coverage;
  ReportTotals totals;
  std::map<std::tuple<std::string, std::string, std::string>, int64_t> unmodelled;
  for (const GraphRow &row : report.graph.rows) {
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
      ++unmodelled[{row.op, row.domain, row.reason}];
      break;
    }
    addTotals(totals, row);
  }
  for (const auto &[key, count] : unmodelled)
    coverage.unmodelledOps.push_back(
        {std::get<0>(key), std::get<1>(key), std::get<2>(key), count});
  totals.peakActivationBytes = report.graph.peakActivationBytes;
  report.coverage = std::move(coverage);
  report.totals = totals;
}
