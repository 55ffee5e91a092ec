//===- CrossValidation.h - Errors on what the fit has not seen --*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_CALIBRATE_CROSSVALIDATION_H
#define ENERGY_OPT_LIB_CALIBRATE_CROSSVALIDATION_H

#include "Calibrate/ModelFit.h"

namespace energyopt {

/// Rows that are left out together, one list per fit.
using Folds = std::vector<Dataset::Entries>;

/// One fold per device, boards of one chip together.
Folds foldsByChip(const Dataset::Entries &entries);
/// Graphs dealt out to at most `most` folds.
Folds foldsByGraph(const Dataset::Entries &entries, size_t most);
/// Rows dealt out to at most `most` folds.
Folds foldsByRow(const Dataset::Entries &entries, size_t most);

/// Residuals of every fold, predicted by a fit to the rest of `entries`. Rows
/// of `entries` that are in no fold are part of every fit. `values`: the fit to
/// all, where the search begins.
std::vector<Residual> leaveOut(const ModelFit &model, const Dataset::Entries &entries,
                               const Folds &folds, llvm::ArrayRef<double> values);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_CALIBRATE_CROSSVALIDATION_H
