//===- DiffViews.cpp - What `energy-opt diff` prints ----------------------===//

#include "energy-opt/Diff.h"

#include "Report/Format.h"
#include "Report/JsonText.h"
#include "Report/Markdown.h"
#include "Report/Table.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

namespace {

/// One figure of both models.
struct Figure {
  std::string what, target; // target "" where it is the same on all
  std::string unit;
  double from = 0, to = 0;
};

} // namespace

static std::vector<Figure> figuresOf(const ModelDiff &diff) {
  const ReportTotals &a = diff.base->totals, &b = diff.changed->totals;
  const ModelSummary &m = diff.base->graph.model, &n = diff.changed->graph.model;
  std::vector<Figure> figures = {
      {"nodes", "", "", double(m.nodes), double(n.nodes)},
      {"parameters", "", "", double(m.parameters), double(n.parameters)},
      {"parameter bytes", "", "B", double(m.parameterBytes), double(n.parameterBytes)},
      {"MACs", "", "", double(a.macs), double(b.macs)},
      {"FLOPs", "", "", double(a.flops), double(b.flops)},
      {"peak activations", "", "B", double(a.peakActivationBytes), double(b.peakActivationBytes)},
  };
  for (auto [from, to] : zip_equal(diff.base->targets, diff.changed->targets)) {
    figures.push_back({"energy", from.name, "J", from.energyJ.value, to.energyJ.value});
    figures.push_back({"latency", from.name, "s", from.latencyS.value, to.latencyS.value});
    figures.push_back({"carbon", from.name, "g", from.carbonG.value, to.carbonG.value});
  }
  return figures;
}

static std::string text(const Figure &figure, double value, bool unicode) {
  return figure.unit.empty() ? siCount(std::llround(value), "", unicode)
                             : si(value, figure.unit, unicode);
}

/// "+31.2 %", "new" of what was not there, "=" of what did not change.
static std::string changeText(double from, double to, bool unicode) {
  if (from == to)
    return "=";
  if (from == 0)
    return "new";
  return (to > from ? "+" : "") + percent(to - from, from, unicode);
}

/// The name in the new model, or the old one's of an op that went.
static const GraphRow &rowOf(const OpChange &change, const ModelDiff &diff) {
  return change.newRow >= 0 ? diff.changed->graph.rows[change.newRow]
                            : diff.base->graph.rows[change.baseRow];
}

/// Joules that an op costs more, and what share of the base's that is.
static std::string deltaText(double joules, const TargetReport &base, bool unicode) {
  if (joules == 0)
    return "0 J";
  std::string sign = joules > 0 ? "+" : "";
  return sign + si(joules, "J", unicode) + " (" + sign +
         percent(joules, base.energyJ.value, unicode) + ")";
}

/// "3 ops added, 1 changed; 170 the same, 12 of them under other names".
static std::string summaryOf(const ModelDiff &diff) {
  int64_t counts[3] = {};
  for (const OpChange &change : diff.changes)
    ++counts[unsigned(change.kind)];
  std::string summary;
  for (ChangeKind kind : {ChangeKind::Added, ChangeKind::Removed, ChangeKind::Changed})
    if (int64_t count = counts[unsigned(kind)])
      summary += (summary.empty() ? "" : ", ") + std::to_string(count) + " " + name(kind).str();
  summary = "ops: " + (summary.empty() ? "" : summary + ", ") + std::to_string(diff.unchanged) +
            " unchanged";
  if (diff.renamed)
    summary += ", " + std::to_string(diff.renamed) + " of them under other names";
  return summary;
}

/// The arrow of a cause, as the screen can show it.
static std::string causeText(const OpChange &change, bool unicode) {
  std::string text = printable(change.cause, /*unicode=*/true);
  if (unicode)
    return text;
  std::string ascii;
  StringRef rest = text;
  while (!rest.empty()) {
    auto [head, tail] = rest.split("→");
    ascii += head;
    if (head.size() < rest.size())
      ascii += "->";
    rest = tail;
  }
  return ascii;
}

static void printChanges(const ModelDiff &diff, const ViewOptions &options, raw_ostream &os) {
  bool u = options.unicode;
  Table table(options);
  table.column("Op", Table::Left);
  table.column("Name", Table::Left, /*flexible=*/true);
  for (const TargetReport &target : diff.changed->targets)
    table.column(target.name);
  size_t listed = std::min<size_t>(diff.changes.size(), options.top);
  for (const OpChange &change : ArrayRef(diff.changes).take_front(listed)) {
    const GraphRow &row = rowOf(change, diff);
    std::vector<std::string> cells = {printable(row.op, u), printable(row.name, u)};
    for (auto [joules, base] : zip_equal(change.deltaJ, diff.base->targets))
      cells.push_back(deltaText(joules, base, u));
    table.row(std::move(cells), change.kind == ChangeKind::Removed ? Style::Green : Style::Plain);
    table.line("  " + name(change.kind).str() + ": " + causeText(change, u));
  }
  std::vector<double> others = diff.unchangedDeltaJ;
  for (const OpChange &change : ArrayRef(diff.changes).drop_front(listed))
    for (auto [sum, joules] : zip_equal(others, change.deltaJ))
      sum += joules;
  if (any_of(others, [](double joules) { return joules != 0; })) {
    std::vector<std::string> cells = {"", listed < diff.changes.size()
                                              ? std::to_string(diff.changes.size() - listed) +
                                                    " more, unchanged ops, and constant power"
                                              : "unchanged ops, and constant power"};
    for (auto [joules, base] : zip_equal(others, diff.base->targets))
      cells.push_back(deltaText(joules, base, u));
    table.row(std::move(cells), Style::Dim);
  }
  table.print(os, 2);
}

void printDiffText(const ModelDiff &diff, const ViewOptions &options, raw_ostream &os) {
  bool u = options.unicode;
  styled(os, options, Style::Bold,
         printable(diff.base->graph.model.path, u) + (u ? " → " : " -> ") +
             printable(diff.changed->graph.model.path, u));
  os << "\n\n";
  Table table(options);
  table.column("", Table::Left);
  table.column("Target", Table::Left);
  for (StringRef title : {"Base", "New", "Change"})
    table.column(title);
  for (const Figure &f : figuresOf(diff))
    table.row({f.what, printable(f.target, u), text(f, f.from, u), text(f, f.to, u),
               changeText(f.from, f.to, u)});
  table.print(os, 2);
  os << '\n' << summaryOf(diff) << '\n';
  if (diff.changes.empty())
    return;
  os << '\n';
  printChanges(diff, options, os);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static void printSide(StringRef key, const Report &report, JsonWriter &json) {
  const ModelSummary &model = report.graph.model;
  json.object(key, [&] {
    json.text("path", model.path);
    json.integer("nodes", model.nodes);
    json.integer("parameters", model.parameters);
    json.integer("parameter_bytes", model.parameterBytes);
    json.integer("macs", report.totals.macs);
    json.integer("flops", report.totals.flops);
    json.integer("peak_activation_bytes", report.totals.peakActivationBytes);
  });
}

static void printTarget(const TargetReport &from, const TargetReport &to, double rest,
                        JsonWriter &json) {
  json.text("name", to.name);
  auto pair = [&](StringRef key, double a, double b) {
    json.object(key, [&] {
      json.number("base", a);
      json.number("new", b);
      json.number("delta", b - a);
    });
  };
  pair("energy_j", from.energyJ.value, to.energyJ.value);
  pair("latency_s", from.latencyS.value, to.latencyS.value);
  pair("carbon_g", from.carbonG.value, to.carbonG.value);
  json.number("unchanged_ops_delta_j", rest);
}

static void printChange(const OpChange &change, const ModelDiff &diff, JsonWriter &json) {
  const GraphRow &row = rowOf(change, diff);
  json.text("change", name(change.kind));
  json.text("name", row.name);
  if (change.kind == ChangeKind::Changed) {
    const GraphRow &before = diff.base->graph.rows[change.baseRow];
    if (before.name != row.name)
      json.text("base_name", before.name);
  }
  json.text("op", row.op);
  json.text("domain", row.domain);
  json.text("cause", change.cause);
  json.integer("delta_macs", change.deltaMacs);
  json.object("delta_j", [&] {
    for (auto [joules, target] : zip_equal(change.deltaJ, diff.changed->targets))
      json.number(target.name, joules);
  });
}

void printDiffJson(const ModelDiff &diff, const ViewOptions &, raw_ostream &os) {
  std::string document;
  raw_string_ostream stream(document);
  JsonWriter json(stream, 2);
  json.objectBegin();
  json.head();
  printSide("base", *diff.base, json);
  printSide("new", *diff.changed, json);
  json.array("targets", [&] {
    for (auto [from, to, rest] :
         zip_equal(diff.base->targets, diff.changed->targets, diff.unchangedDeltaJ))
      json.OStream::object(
          [&, &from = from, &to = to, rest = rest] { printTarget(from, to, rest, json); });
  });
  json.integer("unchanged", diff.unchanged);
  json.integer("renamed", diff.renamed);
  json.array("ops", [&] {
    for (const OpChange &change : diff.changes)
      json.OStream::object([&] { printChange(change, diff, json); });
  });
  json.objectEnd();
  stream << '\n';
  writeVisible(stream.str(), os);
}

//===----------------------------------------------------------------------===//
// Markdown
//===----------------------------------------------------------------------===//

static std::string code(StringRef text) { return markdownCode(printable(text)); }

void printDiffMarkdown(const ModelDiff &diff, const ViewOptions &options, raw_ostream &os) {
  os << "### Energy of " << code(diff.changed->graph.model.path) << "\n\n"
     << "| | Target | Base | New | Change |\n|---|---|--:|--:|--:|\n";
  for (const Figure &f : figuresOf(diff)) {
    bool changed = f.from != f.to;
    os << "| " << f.what << " | " << (f.target.empty() ? "" : code(f.target)) << " | "
       << text(f, f.from, true) << " | " << text(f, f.to, true) << " | " << (changed ? "**" : "")
       << changeText(f.from, f.to, true) << (changed ? "**" : "") << " |\n";
  }
  os << '\n' << summaryOf(diff) << ".\n";
  size_t listed = std::min<size_t>(diff.changes.size(), options.top);
  if (listed == 0)
    return;
  os << "\n<details><summary>Costliest differences</summary>\n\n| Op | Name | Why |";
  for (const TargetReport &target : diff.changed->targets)
    os << ' ' << code(target.name) << " |";
  os << "\n|---|---|---|";
  for (size_t i = 0; i < diff.changed->targets.size(); ++i)
    os << "--:|";
  os << '\n';
  for (const OpChange &change : ArrayRef(diff.changes).take_front(listed)) {
    const GraphRow &row = rowOf(change, diff);
    os << "| " << markdownText(printable(row.op)) << " | " << code(row.name) << " | "
       << name(change.kind) << ": " << markdownText(printable(change.cause)) << " |";
    for (auto [joules, base] : zip_equal(change.deltaJ, diff.base->targets))
      os << ' ' << deltaText(joules, base, true) << " |";
    os << '\n';
  }
  if (diff.changes.size() > listed)
    os << "\n… and " << diff.changes.size() - listed << " more.\n";
  os << "\n</details>\n";
}

} // namespace energyopt
