//===- JsonFootprint.h - Serving and sweeps, for programs -------*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_JSONFOOTPRINT_H
#define ENERGY_OPT_REPORT_JSONFOOTPRINT_H

#include "JsonText.h"

#include "energy-opt/Report.h"

namespace energyopt {

/// The fields `serving` and `sweep`, where a report has them.
void footprintJson(JsonWriter &json, const Report &report);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_JSONFOOTPRINT_H
