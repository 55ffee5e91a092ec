//===- SpdxView.cpp - SPDX 3.0 with the energy of its AI profile ----------===//
//
// JSON-LD of SPDX 3.0.1: an ai_AIPackage per model. The AI profile has a
// quantity and a unit per activity; which target, which interval, method and
// boundary stand in ai_metric and ai_informationAboutApplication.
//
//===----------------------------------------------------------------------===//

#include "Disclosure.h"
#include "Format.h"
#include "JsonText.h"

#include "energy-opt/Views.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace energyopt {

static constexpr StringLiteral kCreation = "_:creation";

/// Ids are the same for the same model and figures.
static std::string idOf(const Report &report, StringRef what) {
  std::string seed = report.graph.model.path;
  for (const TargetReport &target : report.targets)
    seed += target.name + plainDecimal(target.facilityJ);
  return ("urn:energy-opt:" + utohexstr(xxh3_64bits(seed), /*LowerCase=*/true, 16) + ":" + what)
      .str();
}

/// What every element has.
static void element(StringRef type, StringRef id, JsonWriter &json) {
  json.text("type", type);
  json.text("spdxId", id);
  json.text("creationInfo", kCreation);
}

static void entry(StringRef key, StringRef value, JsonWriter &json) {
  json.OStream::object([&] {
    json.text("type", "DictionaryEntry");
    json.text("key", key);
    json.text("value", value);
  });
}

static void printEnergy(const Report &report, JsonWriter &json) {
  json.object("ai_energyConsumption", [&] {
    json.text("type", "ai_EnergyConsumption");
    bool training = !report.targets.empty() && report.targets.front().training;
    json.array(training ? "ai_trainingEnergyConsumption" : "ai_inferenceEnergyConsumption", [&] {
      for (const TargetReport &target : report.targets)
        json.OStream::object([&] {
          json.text("type", "ai_EnergyConsumptionDescription");
          json.text("ai_energyQuantity", plainDecimal(disclose(target).facilityKwh.value));
          json.text("ai_energyUnit", "kilowattHour");
        });
    });
  });
  json.array("ai_metric", [&] {
    for (const TargetReport &target : report.targets) {
      Disclosure d = disclose(target);
      auto add = [&](StringRef key, double value) {
        entry(("energy-opt:" + d.target + ":" + key).str(), plainDecimal(value), json);
      };
      add("energy_kwh", d.facilityKwh.value);
      add("energy_low_kwh", d.facilityKwh.low);
      add("energy_high_kwh", d.facilityKwh.high);
      add("device_kwh", d.deviceKwh);
      add("host_kwh", d.hostKwh);
      add("carbon_tonnes", d.carbonTonnes.value);
    }
  });
}

static void printPackage(const Report &report, JsonWriter &json) {
  const ModelSummary &model = report.graph.model;
  element("ai_AIPackage", idOf(report, "package"), json);
  json.text("name", sys::path::filename(model.path));
  json.text("software_primaryPurpose", "model");
  json.text("ai_informationAboutApplication",
            methodText(report) + " " + boundaryText(report) + " " + uncertaintyText().str());
  printEnergy(report, json);
}

void printSpdx(ArrayRef<Report> reports, const ViewOptions &, raw_ostream &os) {
  std::string document =
      reports.empty() ? "urn:energy-opt:document" : idOf(reports.front(), "document");
  VisibleStream visible(os);
  JsonWriter json(visible, 2);
  json.objectBegin();
  json.text("@context", "https://spdx.org/rdf/3.0.1/spdx-context.jsonld");
  json.array("@graph", [&] {
    json.OStream::object([&] {
      json.text("type", "CreationInfo");
      json.text("@id", kCreation);
      json.text("specVersion", "3.0.1");
      json.text("created", utcNow("%Y-%m-%dT%H:%M:%SZ"));
      json.array("createdBy", [&] { json.element("urn:energy-opt:tool"); });
    });
    json.OStream::object([&] {
      element("SoftwareAgent", "urn:energy-opt:tool", json);
      json.text("name", "energy-opt " + toolVersion().str());
    });
    for (const Report &report : reports)
      json.OStream::object([&] { printPackage(report, json); });
    json.OStream::object([&] {
      element("SpdxDocument", document, json);
      json.array("profileConformance", [&] {
        json.element("core");
        json.element("software");
      });
      json.array("rootElement", [&] {
        for (const Report &report : reports)
          json.element(idOf(report, "package"));
      });
    });
  });
  json.objectEnd();
  visible << '\n';
}

} // namespace energyopt
