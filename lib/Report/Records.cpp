//===- Records.cpp - One line per model, for tables -----------------------===//

#include "energy-opt/Records.h"

#include "Format.h"
#include "JsonText.h"

#include "energy-opt/Views.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

namespace {
/// Writes columns: a null keeps its place, and a number its type.
class RecordWriter {
public:
  explicit RecordWriter(JsonWriter &json) : json(json) {}

  void text(StringRef key, std::optional<StringRef> value) {
    value ? json.text(key, *value) : json.raw(key, "null");
  }
  void integer(StringRef key, std::optional<int64_t> value) {
    value ? json.integer(key, *value) : json.raw(key, "null");
  }
  void boolean(StringRef key, std::optional<bool> value) {
    value ? json.boolean(key, *value) : json.raw(key, "null");
  }
  /// Always with a point or an exponent, so that no reader takes it for an integer.
  void real(StringRef key, std::optional<double> value) {
    std::string text = value ? exactNumber(*value) : "null";
    if (StringRef(text).find_first_not_of("-0123456789") == StringRef::npos)
      text += ".0";
    json.raw(key, text);
  }
  void interval(StringRef stem, StringRef unit, const Interval &interval) {
    real((stem + unit).str(), interval.value);
    real((stem + "_low" + unit).str(), interval.low);
    real((stem + "_high" + unit).str(), interval.high);
  }
  void objects(StringRef key, size_t count, function_ref<void(size_t)> print) {
    json.array(key, [&] {
      for (size_t i = 0; i < count; ++i)
        json.OStream::object([&] { print(i); });
    });
  }

  JsonWriter &json;
};
} // namespace

static void printLine(raw_ostream &os, function_ref<void(RecordWriter &)> columns) {
  {
    VisibleStream stream(os);
    JsonWriter json(stream, /*Indent=*/0);
    RecordWriter record(json);
    json.OStream::object([&] { columns(record); });
  }
  os << '\n';
}

static std::optional<StringRef> orNull(StringRef text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// The columns that every line begins with; of a report `failure` is null.
static void head(RecordWriter &record, StringRef path, int exitStatus,
                 const ModelFailure *failure) {
  record.text("path", path);
  record.integer("exit_status", exitStatus);
  record.text("error", failure ? orNull(failure->message) : std::nullopt);
  record.text("error_node", failure ? orNull(failure->node) : std::nullopt);
  record.text("hint", failure ? orNull(failure->hint) : std::nullopt);
  record.text("schema_version", StringRef(kSchemaVersion));
  record.text("tool_version", toolVersion());
}

/// What a report has to say of the model; nulls without one.
static void model(RecordWriter &record, const Report *report) {
  const ModelSummary *m = report ? &report->graph.model : nullptr;
  std::optional<int64_t> opset;
  if (m)
    for (const auto &[domain, version] : m->opsets)
      if (domain == "ai.onnx")
        opset = version;
  auto of = [&](int64_t ModelSummary::*field) {
    return m ? std::optional<int64_t>(m->*field) : std::nullopt;
  };
  record.text("format", m ? orNull(m->format) : std::nullopt);
  record.text("producer", m ? orNull(m->producer) : std::nullopt);
  record.integer("ir_version", of(&ModelSummary::irVersion));
  record.integer("opset", opset);
  record.integer("nodes", of(&ModelSummary::nodes));
  record.integer("parameters", of(&ModelSummary::parameters));
  record.integer("weight_parameters", of(&ModelSummary::weightParameters));
  record.integer("parameter_bytes", of(&ModelSummary::parameterBytes));
  size_t dims = m ? m->dims.size() : 0;
  record.objects("dims", dims, [&](size_t i) {
    record.text("name", StringRef(m->dims[i].symbol));
    record.integer("size", m->dims[i].value);
  });
  record.json.array("assumptions", [&] {
    if (m)
      for (const std::string &text : m->assumptions)
        record.json.element(text);
  });
}

static void counts(RecordWriter &record, const Report *report) {
  auto covered = [&](int64_t Coverage::*field) {
    return report ? std::optional<int64_t>(report->coverage.*field) : std::nullopt;
  };
  record.integer("ops_total", covered(&Coverage::opsTotal));
  record.integer("modelled", covered(&Coverage::modelled));
  record.integer("free", covered(&Coverage::free));
  record.integer("bounded", covered(&Coverage::bounded));
  record.integer("unmodelled", covered(&Coverage::unmodelled));
  auto total = [&](int64_t ReportTotals::*field) {
    return report ? std::optional<int64_t>(report->totals.*field) : std::nullopt;
  };
  record.integer("macs", total(&ReportTotals::macs));
  record.integer("flops", total(&ReportTotals::flops));
  record.integer("int_ops", total(&ReportTotals::intOps));
  record.integer("transcendentals", total(&ReportTotals::transcendentals));
  record.integer("bytes_min", total(&ReportTotals::bytesMin));
  record.integer("bytes_max", total(&ReportTotals::bytesMax));
  record.integer("peak_activation_bytes", total(&ReportTotals::peakActivationBytes));
  record.boolean("saturated", report ? std::optional(report->totals.saturated) : std::nullopt);
}

static void target(RecordWriter &record, const TargetReport &t) {
  record.text("name", StringRef(t.name));
  record.text("precision", StringRef(t.precision));
  record.text("runtime", StringRef(t.runtime));
  record.interval("energy", "_j", t.energyJ);
  record.interval("latency", "_s", t.latencyS);
  record.real("power_w", t.powerW);
  record.real("dram_bytes", t.dramBytes);
  record.real("compute_j", t.breakdownJ.computeJ);
  record.real("dram_j", t.breakdownJ.dramJ);
  record.real("onchip_j", t.breakdownJ.onchipJ);
  record.real("static_j", t.breakdownJ.staticJ);
  record.interval("host", "_j", t.hostJ);
  record.real("facility_j", t.facilityJ);
  record.interval("carbon", "_g", t.carbonG);
  record.real("pue", t.pue);
  record.real("carbon_intensity_g_per_kwh", t.gramsPerKwh);
  record.text("bound", name(t.bound));
  record.boolean("fits_in_memory", t.fitsInMemory);
  record.integer("kernels", t.kernels.size());
}

/// A line for each suggestion on each target that it applies to.
static void suggestions(RecordWriter &record, const Report *report, bool sought) {
  if (!sought)
    return record.json.raw("suggestions", "null");
  struct Saving {
    const Suggestion *suggestion;
    const TargetReport *target;
    double joules;
  };
  std::vector<Saving> savings;
  for (const Suggestion &each : report->suggestions)
    for (auto [saving, target] : zip_equal(each.savingJ, report->targets))
      if (saving)
        savings.push_back({&each, &target, *saving});
  record.objects("suggestions", savings.size(), [&](size_t i) {
    const auto &[suggestion, target, joules] = savings[i];
    record.text("id", StringRef(suggestion->id));
    record.text("target", StringRef(target->name));
    record.real("saving_j", joules);
    record.real("saving_pct", target->energyJ.value > 0 ? 100 * joules / target->energyJ.value : 0);
    record.text("risk", StringRef(suggestion->risk));
    record.boolean("exact", suggestion->exact);
  });
}

static void body(RecordWriter &record, const Report *report, bool sought) {
  model(record, report);
  counts(record, report);
  size_t targets = report ? report->targets.size() : 0;
  record.objects("targets", targets, [&](size_t i) { target(record, report->targets[i]); });
  suggestions(record, report, sought && report);
}

void printRecord(const Report &report, int exitStatus, bool sought, raw_ostream &os) {
  printLine(os, [&](RecordWriter &record) {
    head(record, report.graph.model.path, exitStatus, nullptr);
    body(record, &report, sought);
  });
}

void printRecord(const ModelFailure &failure, int exitStatus, raw_ostream &os) {
  printLine(os, [&](RecordWriter &record) {
    head(record, failure.path, exitStatus, &failure);
    body(record, nullptr, false);
  });
}

void printNdjsonFailure(const ModelFailure &failure, int exitStatus, raw_ostream &os) {
  printLine(os, [&](RecordWriter &record) {
    record.json.head();
    record.json.object("model", [&] { record.json.text("path", failure.path); });
    record.json.object("error", [&] {
      record.text("message", StringRef(failure.message));
      record.text("node", orNull(failure.node));
      record.text("hint", orNull(failure.hint));
      record.integer("exit_status", exitStatus);
    });
  });
}

std::optional<std::string> recordPath(StringRef line) {
  // The path stands before anything that a model names. Lines can be many
  // megabytes long: only its string is parsed.
  constexpr StringLiteral kKey = "\"path\":";
  constexpr size_t kWithin = 256;
  size_t at = line.take_front(kWithin).find(kKey);
  bool begins = line.starts_with("{\"path\":") || line.starts_with("{\"schema_version\":");
  if (!begins || at == StringRef::npos)
    return std::nullopt;
  StringRef rest = line.drop_front(at + kKey.size());
  if (!rest.starts_with("\"")) // a list in lists would take the parser's stack
    return std::nullopt;
  size_t end = 1;
  while (end < rest.size() && rest[end] != '"')
    end += rest[end] == '\\' ? 2 : 1;
  auto value = json::parse(rest.take_front(end + 1));
  if (!value) {
    consumeError(value.takeError());
    return std::nullopt;
  }
  auto text = value->getAsString();
  return text ? std::optional(text->str()) : std::nullopt;
}

} // namespace energyopt
