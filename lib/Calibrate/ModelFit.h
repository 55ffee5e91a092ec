//===- ModelFit.h - A class's constants as parameters of a fit --*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_CALIBRATE_MODELFIT_H
#define ENERGY_OPT_LIB_CALIBRATE_MODELFIT_H

#include "Calibrate/Fit.h"
#include "Calibrate/Residuals.h"

#include "llvm/ADT/StringSet.h"

namespace energyopt {

/// The constants of one class, and two factors of a target, that rows depend on.
class ModelFit {
public:
  /// `settled`: numbers that several classes share, fitted with an earlier one.
  /// `own`: the target whose factors are fitted; may be null.
  ModelFit(DeviceClass cls, const Constants &prior, const llvm::StringSet<> &settled,
           const Target *own, Freedom freedom)
      : cls(cls), prior(prior), settled(settled), own(own), freedom(freedom) {}

  /// Takes as parameters what moves any of `entries`.
  void chooseParameters(const Dataset::Entries &entries);

  /// The parameters' values that meet `entries` best, searched from `from`.
  std::vector<double> fit(const Dataset::Entries &entries, llvm::ArrayRef<double> from = {}) const;

  /// What the model misses with these values; none: as it starts.
  std::vector<Residual> residuals(const Dataset::Entries &entries,
                                  llvm::ArrayRef<double> values) const;

  /// Ranged numbers of the class, moved or not.
  std::vector<FittedNumber> numbers(llvm::ArrayRef<double> values) const;

private:
  struct Parameter {
    FitParameter fit;
    bool ofTarget = false;
  };

  bool isOurs(llvm::StringRef path, const Quantity &number) const;
  bool matters(const FitParameter &p, const Dataset::Entries &entries) const;
  std::vector<LogErrors> errors(const Dataset::Entries &entries,
                                llvm::ArrayRef<double> values) const;

  DeviceClass cls;
  const Constants &prior;
  const llvm::StringSet<> &settled;
  const Target *own;
  Freedom freedom;
  std::vector<Parameter> parameters;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_CALIBRATE_MODELFIT_H
