//===- Sheet.h - The numbers that an estimate rests on ----------*- C++ -*-===//

#ifndef ENERGY_OPT_SHEET_H
#define ENERGY_OPT_SHEET_H

#include "energy-opt/Target.h"

namespace energyopt {

struct EnergyOptions;

/// A number under its key in the YAML file.
struct NamedQuantity {
  std::string path;
  Quantity quantity;
};

/// What a target is priced with: the numbers of its file, and the constants of
/// its class.
struct TargetSheet {
  std::string name, title, cls, hash, constantsHash;
  std::vector<NamedQuantity> numbers, constants;
};

TargetSheet sheetOf(const Target &target, const EnergyOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_SHEET_H
