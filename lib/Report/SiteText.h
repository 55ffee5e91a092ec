//===- SiteText.h - Footprint and lifetime in words -------------*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_SITETEXT_H
#define ENERGY_OPT_REPORT_SITETEXT_H

#include "energy-opt/Report.h"

namespace energyopt {

/// "PUE 1.15, 278.6 g/kWh".
std::string siteOf(const TargetReport &target);
/// One line for each thing that was asked of the site; the same for all formats
/// that people read.
std::vector<std::string> footprintLines(const TargetReport &target, bool unicode);

/// A row for each part of a lifetime, under `kLifetimeColumns`.
constexpr llvm::StringLiteral kLifetimeColumns[] = {"Part", "Energy", "Carbon", "90 % interval",
                                                    "Share"};
std::vector<std::vector<std::string>> lifetimeRows(const Lifetime &life, bool unicode);
/// What stands below the table.
std::vector<std::string> lifetimeLines(const Lifetime &life, bool unicode);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_SITETEXT_H
