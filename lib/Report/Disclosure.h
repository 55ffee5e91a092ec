//===- Disclosure.h - What a declaration of energy has to say ---*- C++ -*-===//
//
// Bills of materials and model cards state energy and carbon with method,
// boundary and uncertainty. All of them take it from here.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_REPORT_DISCLOSURE_H
#define ENERGY_OPT_REPORT_DISCLOSURE_H

#include "energy-opt/Report.h"

namespace energyopt {

/// Energy of an inference, a training step or a training run on one target, at
/// the meter of the facility.
struct Disclosure {
  std::string target, precision, runtime;
  bool training = false;
  llvm::StringRef what; // "inference", "training step", "training run"
  Interval facilityKwh; // device, host and facility overhead
  double deviceKwh = 0, hostKwh = 0;
  Interval carbonTonnes; // CO2e
  double timeS = 0;
};

Disclosure disclose(const TargetReport &target);

/// How the figures came to be, in a sentence or two.
std::string methodText(const Report &report);
/// What they include and what they leave out.
std::string boundaryText(const Report &report);
/// What the interval means.
llvm::StringRef uncertaintyText();
/// "batch = 8, sequence = 128"; "" of a model without symbolic dims.
std::string dimsText(const ModelSummary &model);

/// A decimal without exponent, as XML Schema's `decimal` wants it, with six
/// significant digits: "0.0000000214".
std::string plainDecimal(double value);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_DISCLOSURE_H
