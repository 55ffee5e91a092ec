//===- JsonSheet.h - The numbers of a target, for programs ------*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_JSONSHEET_H
#define ENERGY_OPT_REPORT_JSONSHEET_H

#include "JsonText.h"

#include "energy-opt/Report.h"
#include "energy-opt/Sheet.h"

namespace energyopt {

/// `{value, low, high, kind, source}`.
void quantityJson(JsonWriter &json, llvm::StringRef key, const Quantity &quantity);

/// The object "sheets" of docs/json.md: those of `targets`.
void sheetsJson(JsonWriter &json, llvm::ArrayRef<TargetReport> targets,
                llvm::ArrayRef<TargetSheet> sheets);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_JSONSHEET_H
