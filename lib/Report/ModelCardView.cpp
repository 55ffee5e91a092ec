//===- ModelCardView.cpp - Energy as a section of a model card ------------===//
//
// Markdown to paste: what model cards say of environmental impact, and what
// Annex XI, section 1, point 2(e) of Regulation (EU) 2024/1689 asks providers
// of general-purpose models to document, "known or estimated energy
// consumption of the model".
//
//===----------------------------------------------------------------------===//

#include "Disclosure.h"
#include "Format.h"
#include "Markdown.h"

#include "energy-opt/Views.h"

using namespace llvm;

namespace energyopt {

static std::string code(StringRef text) { return markdownCode(printable(text)); }
static std::string prose(StringRef text) { return markdownText(printable(text)); }

/// "21.4 nWh" and its range, whatever its size.
static std::string wattHours(const Interval &kwh) {
  Interval wh = {kwh.value * 1000, kwh.low * 1000, kwh.high * 1000};
  return si(wh.value, "Wh", true) + " (" + range(wh, true) + ")";
}

static std::string grams(const Interval &tonnes) {
  Interval g = {tonnes.value * 1e6, tonnes.low * 1e6, tonnes.high * 1e6};
  return si(g.value, "g", true) + " (" + range(g, true) + ")";
}

static void printCard(const Report &report, raw_ostream &os) {
  const ModelSummary &model = report.graph.model;
  os << "## Estimated energy consumption\n\nModel: " << code(model.path) << ", "
     << countOf(model.parameters, "parameter", true) << ", "
     << siCount(report.totals.macs, "MAC", true) << " and "
     << siCount(report.totals.flops, "FLOP", true) << " a run of the graph.\n\n"
     << "| Hardware | Precision, runtime | Of one | Energy (90 % interval) | of it devices | "
        "CO2e (90 % interval) | Time |\n|---|---|---|--:|--:|--:|--:|\n";
  for (const TargetReport &target : report.targets) {
    Disclosure d = disclose(target);
    os << "| " << code(d.target) << " | " << prose(d.precision) << ", " << prose(d.runtime) << " | "
       << d.what << " | " << wattHours(d.facilityKwh) << " | " << si(d.deviceKwh * 1000, "Wh", true)
       << " | " << grams(d.carbonTonnes) << " | " << si(d.timeS, "s", true) << " |\n";
  }
  os << "\n- Method: " << prose(methodText(report))
     << "\n- Boundary: " << prose(boundaryText(report))
     << "\n- Uncertainty: " << prose(uncertaintyText()) << '\n';
  for (const std::string &text : model.assumptions)
    os << "- Assumed: " << prose(text) << '\n';
  for (const TargetReport &target : report.targets)
    for (const std::string &note : target.notes)
      os << "- " << code(target.name) << ": " << prose(note) << '\n';
}

void printModelCard(ArrayRef<Report> reports, const ViewOptions &, raw_ostream &os) {
  for (size_t i = 0; i < reports.size(); ++i) {
    if (i)
      os << '\n';
    printCard(reports[i], os);
  }
}

} // namespace energyopt
