//===- OpSums.h - The costliest ops, and all the others ---------*- C++ -*-===//
//
// The table under every readable format: the first N rows by cost, one line
// for the others, one for what no op owns, one for the total. It adds up.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_REPORT_OPSUMS_H
#define ENERGY_OPT_REPORT_OPSUMS_H

#include "energy-opt/Report.h"

#include <string>
#include <vector>

namespace energyopt {

struct OpLine {
  enum Kind : uint8_t { Op, Others, Static, Total } kind = Op;
  /// Index into the graph's rows; Op only.
  int32_t row = -1;
  /// "[12 others]", "(static)", "total"; empty for an op.
  std::string label;
  int64_t macs = 0;
  /// On the first target; without one, every operand to or from memory.
  double memoryBytes = 0;
  std::vector<double> energyJ; // per target
};

/// The lines, by energy on the first target; without one by memory traffic and
/// MACs. Ties stay in execution order.
std::vector<OpLine> rankOps(const Report &report, unsigned top);

/// Energy on the first target by type of op, the costliest first; without
/// targets nothing. The static energy is a type of its own.
std::vector<std::pair<std::string, double>> energyByType(const Report &report);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_OPSUMS_H
