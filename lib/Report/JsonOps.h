//===- JsonOps.h - The rows of a report, for programs -----------*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_JSONOPS_H
#define ENERGY_OPT_REPORT_JSONOPS_H

#include "JsonText.h"

#include "energy-opt/Report.h"

#include <vector>

namespace energyopt {

/// 0, 1, … of all rows.
std::vector<size_t> allRows(const WorkGraph &graph);

/// The array "ops" of docs/json.md: `rows`, one row for the sum of those left
/// out, and the static row.
void opsJson(JsonWriter &json, const Report &report, llvm::ArrayRef<size_t> rows);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_JSONOPS_H
