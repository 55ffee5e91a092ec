//===- JsonView.cpp - The report for programs -----------------------------===//
//
// The contract is docs/json.md: fields may be added, not renamed. Order is
// fixed, numbers are plain SI units in their shortest exact form, so equal
// reports are equal bytes.
//
//===----------------------------------------------------------------------===//

#include "JsonView.h"
#include "Format.h"
#include "JsonFootprint.h"
#include "JsonOps.h"
#include "JsonSheet.h"
#include "JsonSite.h"
#include "JsonSuggestions.h"
#include "TrainingView.h"

#include "energy-opt/Views.h"

using namespace llvm;

namespace energyopt {

namespace {
class ReportJson {
public:
  ReportJson(JsonWriter &json, const Report &report, ArrayRef<size_t> rows,
             ArrayRef<TargetSheet> sheets)
      : json(json), report(report), graph(report.graph), rows(rows), sheets(sheets) {}

  void print();

private:
  void ports(StringRef key, ArrayRef<GraphPort> ports);
  void model();
  void coverage();
  void totals();
  void target(const TargetReport &target);
  void extras();

  JsonWriter &json;
  const Report &report;
  const WorkGraph &graph;
  ArrayRef<size_t> rows;
  ArrayRef<TargetSheet> sheets;
};
} // namespace

void ReportJson::ports(StringRef key, ArrayRef<GraphPort> ports) {
  json.array(key, [&] {
    for (const GraphPort &port : ports) {
      const GraphTensor *tensor = tensorOf(graph, port.tensor);
      json.OStream::object([&] {
        json.text("name", port.name);
        json.text("dtype", name(tensor ? tensor->dtype : DType::Undefined));
        json.raw("shape", shapeJson(tensor));
      });
    }
  });
}

void ReportJson::model() {
  const ModelSummary &m = graph.model;
  json.text("path", m.path);
  json.text("format", m.format);
  json.text("producer", m.producer);
  json.integer("ir_version", m.irVersion);
  json.object("opsets", [&] {
    for (const auto &[domain, version] : m.opsets)
      json.integer(domain, version);
  });
  json.integer("nodes", m.nodes);
  json.integer("parameters", m.parameters);
  json.integer("weight_parameters", m.weightParameters);
  json.integer("parameter_bytes", m.parameterBytes);
  ports("inputs", graph.inputs);
  ports("outputs", graph.outputs);
  json.object("dims", [&] {
    for (const NamedDim &dim : m.dims)
      json.integer(dim.symbol, dim.value);
  });
  json.array("assumptions", [&] {
    for (const std::string &text : m.assumptions)
      json.element(text);
  });
}

void ReportJson::coverage() {
  const Coverage &c = report.coverage;
  json.integer("ops_total", c.opsTotal);
  json.integer("modelled", c.modelled);
  json.integer("free", c.free);
  json.integer("bounded", c.bounded);
  json.integer("unmodelled", c.unmodelled);
  json.array("unmodelled_ops", [&] {
    for (const Coverage::Op &op : c.unmodelledOps) {
      json.OStream::object([&] {
        json.text("op", op.op);
        json.text("domain", op.domain);
        json.integer("count", op.count);
        json.text("reason", op.reason);
      });
    }
  });
}

void ReportJson::totals() {
  const ReportTotals &t = report.totals;
  json.integer("macs", t.macs);
  json.integer("flops", t.flops);
  json.integer("int_ops", t.intOps);
  json.integer("transcendentals", t.transcendentals);
  json.object("bytes", [&] {
    json.integer("min", t.bytesMin);
    json.integer("max", t.bytesMax);
  });
  json.integer("peak_activation_bytes", t.peakActivationBytes);
  json.boolean("saturated", t.saturated);
}

void ReportJson::target(const TargetReport &t) {
  json.text("name", t.name);
  json.text("precision", t.precision);
  json.text("runtime", t.runtime);
  json.interval("latency_s", t.latencyS);
  json.number("power_w", t.powerW);
  json.number("dram_bytes", t.dramBytes);
  json.interval("energy_j", t.energyJ);
  json.object("breakdown_j", [&] {
    json.number("compute", t.breakdownJ.computeJ);
    json.number("dram", t.breakdownJ.dramJ);
    json.number("onchip", t.breakdownJ.onchipJ);
    json.number("static", t.breakdownJ.staticJ);
  });
  json.interval("host_j", t.hostJ);
  json.number("facility_j", t.facilityJ);
  json.interval("carbon_g", t.carbonG);
  json.number("pue", t.pue);
  json.number("carbon_intensity_g_per_kwh", t.gramsPerKwh);
  json.text("bound", name(t.bound));
  json.boolean("fits_in_memory", t.fitsInMemory);
  json.integer("kernels", t.kernels.size());
  if (graph.step)
    trainingJson(json, *graph.step, t);
  json.array("notes", [&] {
    for (const std::string &note : t.notes)
      json.element(note);
  });
  siteJson(json, t);
}

/// Parts that are there only when they were asked for.
void ReportJson::extras() {
  if (!report.symbolic.empty())
    json.object("symbolic", [&] {
      for (const auto &[figure, formula] : report.symbolic)
        json.text(figure, formula);
    });
  if (!report.explanation.empty())
    json.array("explanation", [&] {
      for (const ReportSection &section : report.explanation)
        json.OStream::object([&] {
          json.text("title", section.title);
          json.array("lines", [&] {
            for (const std::string &line : section.lines)
              json.element(line);
          });
        });
    });
}

void ReportJson::print() {
  json.OStream::object([&] {
    json.head();
    json.object("model", [&] { model(); });
    json.object("coverage", [&] { coverage(); });
    json.object("totals", [&] { totals(); });
    json.array("targets", [&] {
      for (const TargetReport &t : report.targets)
        json.OStream::object([&] { target(t); });
    });
    opsJson(json, report, rows);
    suggestionsJson(json, report);
    footprintJson(json, report);
    extras();
    sheetsJson(json, report.targets, sheets);
  });
}

void reportJson(JsonWriter &json, const Report &report, ArrayRef<size_t> rows,
                const ViewOptions &options) {
  ReportJson(json, report, rows, options.sheets).print();
}

static void wholeReport(JsonWriter &json, const Report &report, const ViewOptions &options) {
  reportJson(json, report, allRows(report.graph), options);
}

static void printDocument(function_ref<void(JsonWriter &)> contents, unsigned indent,
                          raw_ostream &os) {
  {
    VisibleStream stream(os);
    JsonWriter json(stream, indent);
    contents(json);
  }
  os << '\n';
}

void printJson(ArrayRef<Report> reports, const ViewOptions &options, raw_ostream &os) {
  printDocument(
      [&](JsonWriter &json) {
        if (reports.size() == 1)
          return wholeReport(json, reports.front(), options);
        json.OStream::array([&] {
          for (const Report &report : reports)
            wholeReport(json, report, options);
        });
      },
      /*indent=*/2, os);
}

void printNdjson(ArrayRef<Report> reports, const ViewOptions &options, raw_ostream &os) {
  for (const Report &report : reports)
    printDocument([&](JsonWriter &json) { wholeReport(json, report, options); },
                  /*indent=*/0, os);
}

} // namespace energyopt
