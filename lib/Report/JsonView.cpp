//===- JsonView.cpp - The report for programs -----------------------------===//
//
// The contract is docs/json.md: fields may be added, not renamed. Order is
// fixed, numbers are plain SI units in their shortest exact form, so equal
// reports are equal bytes.
//
//===----------------------------------------------------------------------===//

#include "Format.h"
#include "JsonSuggestions.h"
#include "TrainingView.h"

#include "energy-opt/Views.h"

using namespace llvm;

namespace energyopt {

static constexpr StringLiteral kSchemaVersion = "1.0";

namespace {
class ReportJson {
public:
  ReportJson(JsonWriter &json, const Report &report)
      : json(json), report(report), graph(report.graph) {}

  void print();

private:
  void interval(StringRef key, const Interval &interval);
  void ports(StringRef key, ArrayRef<GraphPort> ports);
  void model();
  void coverage();
  void totals();
  void target(const TargetReport &target);
  void op(size_t index);
  void opOnTarget(const TargetReport &target, size_t index);
  void staticRow();
  void extras();

  JsonWriter &json;
  const Report &report;
  const WorkGraph &graph;
};
} // namespace

void ReportJson::interval(StringRef key, const Interval &interval) {
  json.object(key, [&] {
    json.number("value", interval.value);
    json.number("low", interval.low);
    json.number("high", interval.high);
  });
}

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
  interval("latency_s", t.latencyS);
  json.number("power_w", t.powerW);
  json.number("dram_bytes", t.dramBytes);
  interval("energy_j", t.energyJ);
  json.object("breakdown_j", [&] {
    json.number("compute", t.breakdownJ.computeJ);
    json.number("dram", t.breakdownJ.dramJ);
    json.number("onchip", t.breakdownJ.onchipJ);
    json.number("static", t.breakdownJ.staticJ);
  });
  interval("host_j", t.hostJ);
  json.number("facility_j", t.facilityJ);
  interval("carbon_g", t.carbonG);
  json.text("bound", name(t.bound));
  json.boolean("fits_in_memory", t.fitsInMemory);
  json.integer("kernels", t.kernels.size());
  if (graph.step)
    trainingJson(json, *graph.step, t);
  json.array("notes", [&] {
    for (const std::string &note : t.notes)
      json.element(note);
  });
}

void ReportJson::opOnTarget(const TargetReport &target, size_t index) {
  const RowCost cost =
      index < target.rows.size() ? target.rows[index] : RowCost();
  const KernelCost *kernel = kernelOf(target, index);
  json.number("energy_j", cost.energyJ);
  json.number("latency_s", cost.latencyS);
  json.number("dram_bytes", cost.dramBytes);
  json.text("bound", name(cost.bound));
  if (!kernel) {
    json.raw("kernel", "null");
    return;
  }
  json.text("kernel", kernel->name);
  json.integer("kernel_id", cost.kernel);
}

void ReportJson::op(size_t index) {
  const GraphRow &row = graph.rows[index];
  auto shapes = [&](ArrayRef<TensorUse> uses) {
    std::string text;
    for (const TensorUse &use : uses)
      text +=
          (text.empty() ? "" : ", ") + shapeJson(tensorOf(graph, use.tensor));
    return "[" + text + "]";
  };
  json.text("name", row.name);
  json.text("op", row.op);
  json.text("domain", row.domain);
  json.text("dtype", name(computeType(row, graph)));
  json.raw("inputs", shapes(row.reads));
  json.raw("outputs", shapes(row.writes));
  json.text("status", name(row.status));
  if (!row.reason.empty())
    json.text("reason", row.reason);
  json.integer("count", row.count);
  json.integer("macs", row.macs);
  json.integer("flops", row.flops);
  json.integer("int_ops", row.intOps);
  json.integer("transcendentals", row.transcendentals);
  json.object("bytes", [&] {
    json.integer("min", row.bytesMin);
    json.integer("max", row.bytesMax);
  });
  json.integer("weight_bytes", row.weightBytes);
  json.object("targets", [&] {
    for (const TargetReport &target : report.targets)
      json.object(target.name, [&] { opOnTarget(target, index); });
  });
}

/// What no op owns, in the form of an op, so that the energies of "ops" sum to
/// a target's total.
void ReportJson::staticRow() {
  json.text("name", kStaticRow);
  json.text("op", kStaticRow);
  json.text("domain", "");
  json.text("dtype", "");
  json.raw("inputs", "[]");
  json.raw("outputs", "[]");
  json.text("status", "static");
  for (StringRef count :
       {"count", "macs", "flops", "int_ops", "transcendentals"})
    json.integer(count, 0);
  json.object("bytes", [&] {
    json.integer("min", 0);
    json.integer("max", 0);
  });
  json.integer("weight_bytes", 0);
  json.object("targets", [&] {
    for (const TargetReport &target : report.targets) {
      json.object(target.name, [&] {
        json.number("energy_j", target.staticRowJ);
        json.number("latency_s", 0);
        json.number("dram_bytes", 0);
        json.text("bound", name(Bound::Overhead));
        json.raw("kernel", "null");
      });
    }
  });
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
    json.text("schema_version", kSchemaVersion);
    json.object("tool", [&] {
      json.text("name", "energy-opt");
      json.text("version", toolVersion());
    });
    json.object("model", [&] { model(); });
    json.object("coverage", [&] { coverage(); });
    json.object("totals", [&] { totals(); });
    json.array("targets", [&] {
      for (const TargetReport &t : report.targets)
        json.OStream::object([&] { target(t); });
    });
    json.array("ops", [&] {
      for (size_t i = 0; i < graph.rows.size(); ++i)
        json.OStream::object([&] { op(i); });
      if (!report.targets.empty())
        json.OStream::object([&] { staticRow(); });
    });
    suggestionsJson(json, report);
    extras();
  });
}

static void printDocument(function_ref<void(JsonWriter &)> contents,
                          unsigned indent, raw_ostream &os) {
  {
    VisibleStream stream(os);
    JsonWriter json(stream, indent);
    contents(json);
  }
  os << '\n';
}

void printJson(ArrayRef<Report> reports, const ViewOptions &, raw_ostream &os) {
  printDocument(
      [&](JsonWriter &json) {
        if (reports.size() == 1)
          return ReportJson(json, reports.front()).print();
        json.OStream::array([&] {
          for (const Report &report : reports)
            ReportJson(json, report).print();
        });
      },
      /*indent=*/2, os);
}

void printNdjson(ArrayRef<Report> reports, const ViewOptions &,
                 raw_ostream &os) {
  for (const Report &report : reports)
    printDocument([&](JsonWriter &json) { ReportJson(json, report).print(); },
                  /*indent=*/0, os);
}

} // namespace energyopt
