//===- MarkdownView.cpp - The report as a review comment ------------------===//
//
// GitHub's flavour. Short: totals and targets are in sight, the ops fold.
//
//===----------------------------------------------------------------------===//

#include "Format.h"
#include "Grid.h"
#include "Markdown.h"
#include "OpSums.h"
#include "SiteText.h"
#include "TrainingView.h"

#include "energy-opt/Views.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

static std::string code(StringRef text) { return markdownCode(printable(text)); }
static std::string prose(StringRef text) { return markdownText(printable(text)); }

static void printTotals(const Report &report, raw_ostream &os) {
  const ReportTotals &t = report.totals;
  const ModelSummary &m = report.graph.model;
  os << "**" << siCount(t.macs, "MAC", true) << "**, " << siCount(t.flops, "FLOP", true) << ", "
     << countOf(m.parameters, "parameter", true) << " (" << siCount(m.parameterBytes, "B", true)
     << "), memory traffic " << siCount(t.bytesMin, "B", true) << " to "
     << siCount(t.bytesMax, "B", true) << ", peak activations "
     << siCount(t.peakActivationBytes, "B", true) << ".\n";
  for (const std::string &text : m.assumptions)
    os << "- Assumed: " << prose(text) << '\n';
}

static void printTargets(const Report &report, raw_ostream &os) {
  if (report.targets.empty())
    return;
  os << "\n| Target | Energy | 90 % interval | Latency | Power | Host | "
        "Facility | Carbon | Compute / DRAM / on-chip / static |\n"
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|\n";
  for (const TargetReport &t : report.targets) {
    double total = t.energyJ.value;
    const EnergyBreakdown &b = t.breakdownJ;
    os << "| " << code(t.name) << " (" << prose(t.precision) << ", " << prose(t.runtime) << ") | **"
       << si(t.energyJ.value, "J", true) << "** | " << range(t.energyJ, true) << " | "
       << si(t.latencyS.value, "s", true) << " | " << si(t.powerW, "W", true) << " | "
       << si(t.hostJ.value, "J", true) << " | " << si(t.facilityJ, "J", true) << " | "
       << si(t.carbonG.value, "g", true) << " | " << percent(b.computeJ, total, true) << " / "
       << percent(b.dramJ, total, true) << " / " << percent(b.onchipJ, total, true) << " / "
       << percent(b.staticJ, total, true) << " |\n";
  }
}

static void printTraining(const Report &report, raw_ostream &os) {
  if (!report.graph.step)
    return;
  os << "\nTraining: " << prose(describeStep(*report.graph.step)) << ".\n";
  for (const TargetReport &target : report.targets)
    for (const std::string &line : trainingLines(target, true))
      os << "- " << code(target.name) << ": " << prose(line) << '\n';
}

static void printSite(const TargetReport &target, raw_ostream &os) {
  std::vector<std::string> lines = footprintLines(target, true);
  if (!lines.empty())
    os << "\nSite of " << code(target.name) << ", " << prose(siteOf(target)) << ":\n\n";
  for (const std::string &line : lines)
    os << "- " << prose(line) << '\n';
}

static void printLifetime(const TargetReport &target, raw_ostream &os) {
  if (!target.lifetime)
    return;
  os << "\nLifetime on " << code(target.name) << ":\n\n|";
  for (StringRef column : kLifetimeColumns)
    os << ' ' << column << " |";
  os << "\n|---|--:|--:|--:|--:|\n";
  for (const std::vector<std::string> &row : lifetimeRows(*target.lifetime, true)) {
    os << '|';
    for (const std::string &cell : row)
      os << ' ' << prose(cell) << " |";
    os << '\n';
  }
  os << '\n';
  for (const std::string &line : lifetimeLines(*target.lifetime, true))
    os << "- " << prose(line) << '\n';
}

static void printSuggestions(const Report &report, raw_ostream &os) {
  constexpr size_t kListed = 5;
  for (const Plan &plan : report.plans)
    os << "\n**" << code(plan.target)
       << "**: " << percent(plan.afterJ - plan.beforeJ, plan.beforeJ, true) << " energy with "
       << code(plan.apply) << " (risk to accuracy: " << plan.risk << ")\n";
  ArrayRef<Suggestion> listed = ArrayRef(report.suggestions).take_front(kListed);
  if (listed.empty())
    return;
  os << "\n| Suggestion |";
  for (const TargetReport &target : report.targets)
    os << ' ' << code(target.name) << " |";
  os << " Risk | What |\n|---|";
  for (size_t i = 0; i < report.targets.size(); ++i)
    os << "--:|";
  os << "---|---|\n";
  for (const Suggestion &suggestion : listed) {
    os << "| " << code(suggestion.id) << " |";
    for (auto [saving, target] : zip_equal(suggestion.savingJ, report.targets))
      os << ' ' << (saving ? percent(-*saving, target.energyJ.value, true) : "–") << " |";
    os << ' ' << (suggestion.exact ? "exact" : suggestion.risk) << " | " << prose(suggestion.title)
       << " |\n";
  }
}

static void printOps(const Report &report, const ViewOptions &options, raw_ostream &os) {
  std::vector<OpLine> lines = rankOps(report, options.top);
  if (lines.empty())
    return;
  os << "\n<details><summary>Costliest ops</summary>\n\n| Op | Name | MAC |";
  for (const TargetReport &target : report.targets)
    os << ' ' << code(target.name) << " |";
  os << "\n|---|---|--:|";
  for (size_t i = 0; i < report.targets.size(); ++i)
    os << "--:|";
  os << '\n';
  for (const OpLine &line : lines) {
    const GraphRow *row = line.kind == OpLine::Op ? &report.graph.rows[line.row] : nullptr;
    os << "| " << prose(row ? qualifiedOp(row->op, row->domain) : line.label) << " | "
       << (row ? code(row->name) : "") << " | " << siCount(line.macs, "", true) << " |";
    for (auto [i, target] : enumerate(report.targets))
      os << ' ' << si(line.energyJ[i], "J", true) << " ("
         << percent(line.energyJ[i], target.energyJ.value, true) << ") |";
    os << '\n';
  }
  os << "\n</details>\n";
}

static void printCoverage(const Report &report, raw_ostream &os) {
  const Coverage &c = report.coverage;
  os << "\nCoverage: " << percent(c.opsTotal - c.unmodelled, c.opsTotal, true) << " of "
     << c.opsTotal << " ops (" << c.modelled << " modelled, " << c.free << " free, " << c.bounded
     << " bounded, " << c.unmodelled << " unmodelled).\n";
  for (const Coverage::Op &op : c.unmodelledOps)
    os << "- " << op.count << " × " << code(qualifiedOp(op.op, op.domain)) << ": "
       << prose(op.reason) << '\n';
  for (const TargetReport &target : report.targets)
    for (const std::string &note : target.notes)
      os << "- " << code(target.name) << ": " << prose(note) << '\n';
}

static void printGrids(const Report &report, raw_ostream &os) {
  auto line = [&](ArrayRef<std::string> cells) {
    for (const std::string &cell : cells)
      os << "| " << prose(cell) << ' ';
    os << "|\n";
  };
  for (const std::string &text : report.graph.model.assumptions)
    os << "- Assumed: " << prose(text) << '\n';
  for (const Grid &grid : gridsOf(report, /*unicode=*/true)) {
    os << "\n**" << prose(grid.title) << "**\n\n";
    if (!grid.rows.empty()) {
      line(grid.header);
      for (size_t i = 0; i < grid.header.size(); ++i)
        os << (i ? "|--:" : "|---");
      os << "|\n";
      for (const std::vector<std::string> &row : grid.rows)
        line(row);
      os << '\n';
    }
    for (const std::string &remark : grid.remarks)
      os << "- " << prose(remark) << '\n';
  }
}

void printMarkdown(ArrayRef<Report> reports, const ViewOptions &options, raw_ostream &os) {
  for (const Report &report : reports) {
    if (&report != reports.begin())
      os << '\n';
    os << "### " << code(report.graph.model.path) << "\n\n";
    if (report.serving || report.sweep) {
      printGrids(report, os);
      printCoverage(report, os);
      continue;
    }
    printTotals(report, os);
    printTargets(report, os);
    printTraining(report, os);
    for (const TargetReport &target : report.targets) {
      printSite(target, os);
      printLifetime(target, os);
    }
    printSuggestions(report, os);
    printOps(report, options, os);
    printCoverage(report, os);
  }
}

} // namespace energyopt
