//===- CycloneDxView.cpp - A machine-learning bill of materials -----------===//
//
// CycloneDX 1.6 (ECMA-424): a component per model, whose model card states the
// energy of an inference, or of training, on each target. The schema has no place for interval,
// method and boundary: they are properties.
//
//===----------------------------------------------------------------------===//

#include "Disclosure.h"
#include "JsonText.h"

#include "energy-opt/Views.h"

#include "llvm/Support/Path.h"

using namespace llvm;

namespace energyopt {

static void property(StringRef name, StringRef value, JsonWriter &json) {
  json.OStream::object([&] {
    json.text("name", ("energy-opt:" + name).str());
    json.text("value", value);
  });
}

static void printConsumption(const Report &report, const TargetReport &target, JsonWriter &json) {
  Disclosure d = disclose(target);
  json.text("activity", d.training ? "training" : "inference");
  // Who provides the electricity is not known here.
  json.array("energyProviders", [] {});
  json.object("activityEnergyCost", [&] {
    json.number("value", d.facilityKwh.value);
    json.text("unit", "kWh");
  });
  json.object("co2CostEquivalent", [&] {
    json.number("value", d.carbonTonnes.value);
    json.text("unit", "tCO2eq");
  });
  json.array("properties", [&] {
    property("of", ("one " + d.what).str(), json);
    property("target", d.target, json);
    property("precision", d.precision, json);
    property("runtime", d.runtime, json);
    property("method", methodText(report), json);
    property("boundary", boundaryText(report), json);
    property("uncertainty", uncertaintyText(), json);
    property("energy_low_kwh", plainDecimal(d.facilityKwh.low), json);
    property("energy_high_kwh", plainDecimal(d.facilityKwh.high), json);
    property("device_kwh", plainDecimal(d.deviceKwh), json);
    property("host_kwh", plainDecimal(d.hostKwh), json);
    property("carbon_low_tonnes", plainDecimal(d.carbonTonnes.low), json);
    property("carbon_high_tonnes", plainDecimal(d.carbonTonnes.high), json);
  });
}

static void printComponent(const Report &report, size_t index, JsonWriter &json) {
  const ModelSummary &model = report.graph.model;
  json.text("type", "machine-learning-model");
  json.text("bom-ref", "model-" + std::to_string(index + 1));
  json.text("name", sys::path::filename(model.path));
  json.object("modelCard", [&] {
    json.object("considerations", [&] {
      json.object("environmentalConsiderations", [&] {
        json.array("energyConsumptions", [&] {
          for (const TargetReport &target : report.targets)
            json.OStream::object([&] { printConsumption(report, target, json); });
        });
      });
    });
  });
  json.array("properties", [&] {
    property("path", model.path, json);
    property("parameters", std::to_string(model.parameters), json);
    property("macs", std::to_string(report.totals.macs), json);
    property("flops", std::to_string(report.totals.flops), json);
  });
}

void printCycloneDx(ArrayRef<Report> reports, const ViewOptions &, raw_ostream &os) {
  VisibleStream visible(os);
  JsonWriter json(visible, 2);
  json.objectBegin();
  json.text("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
  json.text("bomFormat", "CycloneDX");
  json.text("specVersion", "1.6");
  json.integer("version", 1);
  json.object("metadata", [&] {
    json.object("tools", [&] {
      json.array("components", [&] {
        json.OStream::object([&] {
          json.text("type", "application");
          json.text("name", "energy-opt");
          json.text("version", toolVersion());
        });
      });
    });
  });
  json.array("components", [&] {
    for (size_t i = 0; i < reports.size(); ++i)
      json.OStream::object([&] { printComponent(reports[i], i, json); });
  });
  json.objectEnd();
  visible << '\n';
}

} // namespace energyopt
