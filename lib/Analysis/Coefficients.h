//===- Coefficients.h - A target's numbers, ready for the equations -*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_COEFFICIENTS_H
#define ENERGY_OPT_LIB_ANALYSIS_COEFFICIENTS_H

#include "Residency.h"

#include "energy-opt/EnergyModel.h"

#include "llvm/ADT/SmallVector.h"

namespace energyopt {

constexpr unsigned kNumWorkClasses = unsigned(WorkClass::Transcendental) + 1;

/// How one class of work runs in one number format.
struct Rate {
  double operationsPerS = 0; // peak times efficiency, all units busy
  double joulePerOperation = 0;
  Precision ran = Precision::Fp32; // after falling back
  bool matrix = false;             // on matrix units
  double accumulateS = 0;          // TM4: one step of a sum
};

/// Everything the equations need; SI units.
struct Coefficients {
  Rate rates[kNumWorkClasses][kNumPrecisions];
  double arrayRows = 0, arrayColumns = 0; // TM5; 0: not systolic
  double activationBandwidth = 0, weightBandwidth = 0, cacheBandwidth = 0;
  OnChipRoom room; // decides, before the equations run, what moves where
  double activationJPerByte = 0, weightJPerByte = 0, cachedJPerByte = 0;
  double pinnedBandwidth = 0, pinnedJPerByte = 0; // parameters on chip
  double overlap = 1, queue = 4;
  double perOpS = 0, issueS = 0;
  bool asynchronous = false;
  double constantW = 0, limitW = 0;
  double capLinear = 0, capQuadratic = 0, capSharpness = 6;
  double hostW = 0, hostPerW = 0;
  double timeFactor = 1, energyFactor = 1;

  const Rate &rate(WorkClass cls, Precision precision) const {
    return rates[unsigned(cls)][unsigned(precision)];
  }
};

/// The unit and format that work in `wanted` runs on: matrix units first, then
/// vector units, then the next wider format.
struct UnitChoice {
  const ExecutionUnit *unit = nullptr;
  Precision precision = Precision::Fp32;
  bool matrix = false;
};
UnitChoice chooseUnit(const Target &target, WorkClass cls, Precision wanted);

/// What of a run decides coefficients, beside the target.
struct RunContext {
  const RuntimeProfile &runtime;
  /// Samples of a batch can be split over several units.
  bool batched = false;
};

Coefficients resolveCoefficients(const Target &target, const Constants &constants,
                                 const RunContext &run, const EnergyOptions &options);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_COEFFICIENTS_H
