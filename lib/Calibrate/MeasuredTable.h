//===- MeasuredTable.h - Measured energies as a table -----------*- C++ -*-===//
//
// Reads measurements from CSV: one row per device, graph, batch and precision
// ("cell"). The columns are those that test/validation/measure_gpu.py writes;
// docs/calibration.md describes each.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_CALIBRATE_MEASUREDTABLE_H
#define ENERGY_OPT_LIB_CALIBRATE_MEASUREDTABLE_H

#include "energy-opt/EnergyModel.h"

namespace energyopt {

/// What a measurement includes.
enum class Boundary : uint8_t { Device, Board, Pc, Server, TimeOnly };

struct MeasuredCell {
  std::string id, target, graphFile, runtime;
  std::vector<std::string> aliases; // of the target
  std::vector<std::pair<std::string, int64_t>> dims;
  int64_t batch = 1, devices = 1;
  std::optional<Precision> precision; // nullopt: as the graph says
  Mode mode = Mode::Inference;
  std::optional<double> powerLimitW;
  Boundary boundary = Boundary::Device;
  std::optional<double> energyJ;  // per sample
  std::optional<double> secondsS; // per sample
};

/// Cells of the table, those marked `strict = false` left out. Errors name the
/// line and the column.
llvm::Expected<std::vector<MeasuredCell>> parseMeasuredTable(llvm::StringRef text,
                                                             llvm::StringRef path);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_CALIBRATE_MEASUREDTABLE_H
