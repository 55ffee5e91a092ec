//===- JsonSite.h - Footprint, lifetime and placement as JSON ---*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_JSONSITE_H
#define ENERGY_OPT_REPORT_JSONSITE_H

#include "JsonText.h"

#include "energy-opt/Report.h"

namespace energyopt {

/// The members "footprint" and "lifetime" of a target, where they were asked
/// for.
void siteJson(JsonWriter &json, const TargetReport &target);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_JSONSITE_H
