//===- Residuals.h - What a model missed, summed up -------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_CALIBRATE_RESIDUALS_H
#define ENERGY_OPT_LIB_CALIBRATE_RESIDUALS_H

#include "Calibrate/Calibrate.h"

namespace energyopt {

/// One measured row and how far a model was from it.
struct Residual {
  const Dataset::Entry *entry;
  LogErrors errors;
};

/// Devices weigh the same, whatever their number of rows.
ErrorSummary summarize(llvm::ArrayRef<Residual> residuals);

/// What residuals say the errors of.
enum class Scope : uint8_t {
  NewRows,   // of devices that the fit has seen
  NewDevices // what their ranges are beyond `sheets` counts beside the sigmas
};

/// The sigmas (UN1) that make intervals as wide as the residuals are.
OwnSigmas coveringSigmas(llvm::ArrayRef<Residual> residuals, Scope scope,
                         const OwnSigmas &sheets = {});

/// What the ranges of the targets make (UN1) of time and energy, on the chip with
/// the widest ones.
OwnSigmas sheetSigmas(llvm::ArrayRef<Residual> residuals);

/// The sigma of a new device (UN1), from the sigma found on `chips` that were
/// left out and the one that was assumed before.
double sigmaOfNext(double found, size_t chips, double assumed);

/// Chips that have a figure of that kind.
size_t countChips(llvm::ArrayRef<Residual> residuals, std::optional<double> LogErrors::*figure);

/// Boards of one chip have it in common: equal numbers of units at one node.
std::string chipOf(const Target &target);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_CALIBRATE_RESIDUALS_H
