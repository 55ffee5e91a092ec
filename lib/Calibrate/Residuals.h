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

/// `onNewDevices`: what the targets' ranges add counts beside the sigmas.
OwnSigmas coveringSigmas(llvm::ArrayRef<Residual> residuals, bool onNewDevices);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_CALIBRATE_RESIDUALS_H
