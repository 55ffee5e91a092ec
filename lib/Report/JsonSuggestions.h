//===- JsonSuggestions.h - What would save, for programs --------*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_JSONSUGGESTIONS_H
#define ENERGY_OPT_REPORT_JSONSUGGESTIONS_H

#include "JsonText.h"

#include "energy-opt/Report.h"

namespace energyopt {

/// The fields `suggestions`, `not_advised` and `plans`.
void suggestionsJson(JsonWriter &json, const Report &report);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_JSONSUGGESTIONS_H
