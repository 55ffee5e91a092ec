//===- Grid.h - Tables of serving and sweeps --------------------*- C++ -*-===//
//
// What text and Markdown show of them, made once.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_REPORT_GRID_H
#define ENERGY_OPT_REPORT_GRID_H

#include "energy-opt/Report.h"

namespace energyopt {

/// A table with a title above and sentences below it.
struct Grid {
  std::string title;
  std::vector<std::string> header; // the first column is text
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> remarks;
};

std::vector<Grid> servingGrids(const ServingReport &serving, bool unicode);
std::vector<Grid> sweepGrids(const SweepReport &sweep, bool unicode);
/// Those of what a report holds.
std::vector<Grid> gridsOf(const Report &report, bool unicode);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_GRID_H
