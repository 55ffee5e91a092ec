//===- Disclosure.cpp - What a declaration of energy has to say -----------===//

#include "Disclosure.h"

#include "energy-opt/Views.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

static constexpr double kJoulePerKwh = 3.6e6, kGramPerTonne = 1e6, kTonnePerKg = 1e-3,
                        kSecondPerHour = 3600;

/// `value` with the shape of `like`'s interval.
static Interval shaped(double value, const Interval &like) {
  return like.value > 0 ? scaled(like, value / like.value) : Interval{value, value, value};
}

static void discloseRun(const TrainingRun &run, Disclosure &result) {
  result.what = "training run";
  result.facilityKwh = run.facilityKwh;
  result.deviceKwh = run.deviceKwh;
  result.hostKwh = run.hostKwh;
  result.carbonTonnes = scaled(run.carbonKg, kTonnePerKg);
  result.timeS = run.hours.value * kSecondPerHour;
}

/// The same joules of a step, of all devices, or of an inference.
static void discloseJoules(double deviceJ, double hostJ, double facilityJ, double carbonG,
                           const Interval &like, Disclosure &result) {
  // Carbon is the facility's energy times a constant: both have one interval.
  result.facilityKwh = shaped(facilityJ / kJoulePerKwh, like);
  result.carbonTonnes = shaped(carbonG / kGramPerTonne, like);
  result.deviceKwh = deviceJ / kJoulePerKwh;
  result.hostKwh = hostJ / kJoulePerKwh;
}

Disclosure disclose(const TargetReport &target) {
  Disclosure result;
  result.target = target.name;
  result.precision = target.precision;
  result.runtime = target.runtime;
  result.training = target.training.has_value();
  if (!result.training) {
    result.what = "inference";
    result.timeS = target.latencyS.value;
    discloseJoules(target.energyJ.value, target.hostJ.value, target.facilityJ, target.carbonG.value,
                   target.carbonG, result);
  } else if (target.training->run) {
    discloseRun(*target.training->run, result);
  } else {
    const TrainingJob &job = target.training->job;
    result.what = "training step";
    result.timeS = job.stepS;
    discloseJoules(job.deviceJ, job.hostJ, job.facilityJ, job.carbonG, target.carbonG, result);
  }
  return result;
}

static StringRef whatOf(const Report &report) {
  return report.targets.empty() ? "inference" : disclose(report.targets.front()).what;
}

std::string dimsText(const ModelSummary &model) {
  std::string text;
  for (const NamedDim &dim : model.dims)
    text += (text.empty() ? "" : ", ") + dim.symbol + " = " + std::to_string(dim.value);
  return text;
}

std::string methodText(const Report &report) {
  std::string text = "Estimated from the model graph by static analysis, not measured "
                     "(energy-opt " +
                     toolVersion().str() +
                     "): operations and memory traffic of every op, priced with published and "
                     "calibrated figures of the device.";
  std::string dims = dimsText(report.graph.model);
  if (!dims.empty())
    text += " One " + whatOf(report).str() + " at " + dims + ".";
  if (report.coverage.unmodelled)
    text += " " + std::to_string(report.coverage.unmodelled) + " of " +
            std::to_string(report.coverage.opsTotal) +
            " ops could not be modelled and count nothing.";
  return text;
}

std::string boundaryText(const Report &report) {
  return "Operational energy of one " + whatOf(report).str() +
         ": devices (chip and memory), their share of the host, and the facility's overhead (PUE). "
         "Not included: network, storage, idle machines, manufacture.";
}

StringRef uncertaintyText() {
  return "Low and high bound a 90 % interval of the estimate, found by leaving devices out of the "
         "calibration.";
}

std::string plainDecimal(double value) {
  constexpr int kSignificant = 6;
  if (!(value > 0) || !std::isfinite(value))
    return "0";
  int places = std::max(0, kSignificant - 1 - static_cast<int>(std::floor(std::log10(value))));
  std::string text;
  raw_string_ostream(text) << format("%.*f", places, value);
  StringRef digits = text;
  if (digits.contains('.'))
    digits = digits.rtrim('0').rtrim('.');
  return digits.str();
}

} // namespace energyopt
