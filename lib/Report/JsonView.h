//===- JsonView.h - The report as a part of another document ----*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_JSONVIEW_H
#define ENERGY_OPT_REPORT_JSONVIEW_H

#include "JsonText.h"

#include "energy-opt/Views.h"

namespace energyopt {

/// The object of docs/json.md with these rows of the graph, in their order;
/// the others are one row, so that "ops" still sums to the totals.
void reportJson(JsonWriter &json, const Report &report, llvm::ArrayRef<size_t> rows,
                const ViewOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_JSONVIEW_H
