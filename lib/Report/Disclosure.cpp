//===- Disclosure.cpp - What a declaration of energy has to say -----------===//

#include "Disclosure.h"

#include "energy-opt/Views.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

static constexpr double kJoulePerKwh = 3.6e6, kGramPerTonne = 1e6;

Disclosure disclose(const TargetReport &target) {
  Disclosure result;
  result.target = target.name;
  result.precision = target.precision;
  result.runtime = target.runtime;
  // Carbon is the facility's energy times a constant: both have one interval.
  double perGram = target.carbonG.value > 0 ? target.facilityJ / target.carbonG.value : 0;
  result.facilityKwh = perGram > 0 ? scaled(target.carbonG, perGram / kJoulePerKwh)
                                   : Interval{target.facilityJ / kJoulePerKwh,
                                              target.facilityJ / kJoulePerKwh,
                                              target.facilityJ / kJoulePerKwh};
  result.deviceKwh = target.energyJ.value / kJoulePerKwh;
  result.hostKwh = target.hostJ.value / kJoulePerKwh;
  result.carbonTonnes = scaled(target.carbonG, 1 / kGramPerTonne);
  result.latencyS = target.latencyS.value;
  return result;
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
    text += " One run at " + dims + ".";
  if (report.coverage.unmodelled)
    text += " " + std::to_string(report.coverage.unmodelled) + " of " +
            std::to_string(report.coverage.opsTotal) + " ops could not be modelled and count nothing.";
  return text;
}

StringRef boundaryText() {
  return "Operational energy of one run of the graph: device (chip and memory), its share of the "
         "host, and the facility's overhead (PUE). Not included: network, storage, idle machines, "
         "manufacture.";
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
