//===- TextView.cpp - The screen that people read -------------------------===//
//
//   resnet50.onnx
//     onnx, pytorch 2.3, opset ai.onnx 17; 176 nodes, 25.6 M parameters, 102 MB
//
//   Assumptions          what the figures rest on comes before the figures
//   Totals               what any hardware has to do
//   Targets              energy with its interval, time, and where it goes
//   Training             of a training step: memory, job and run
//   Savings              the best plan, suggestions, and what does not pay
//   Top ops              the costliest, then the others, so that it adds up
//   Coverage             what is modelled, and what is not and why
//
//===----------------------------------------------------------------------===//

#include "TextView.h"

#include "Format.h"
#include "Grid.h"
#include "Table.h"
#include "TrainingView.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

void TextScreen::title(StringRef text) const {
  os << '\n';
  heading(os, options, text);
}

void TextScreen::paragraph(StringRef bullet, StringRef text, unsigned hang) const {
  energyopt::paragraph(os, bullet, text, options.width, hang);
}

void TextScreen::model() const {
  const ModelSummary &model = report.graph.model;
  // Whole, to be copied: a terminal breaks it by itself.
  styled(os, options, Style::Bold, safe(model.path));
  os << '\n';
  std::string text = safe(model.format);
  if (!model.producer.empty())
    text += " from " + safe(model.producer);
  if (model.irVersion)
    text += ", IR " + std::to_string(model.irVersion);
  if (!model.opsets.empty())
    text += ", opset " + safe(opsetsText(model));
  bool u = options.unicode;
  text += "; " + countOf(model.nodes, "node", u) + ", " +
          countOf(model.parameters, "parameter", u) + ", " + siCount(model.parameterBytes, "B", u);
  paragraph("  ", text);
  std::string dims;
  for (const NamedDim &dim : model.dims)
    dims += (dims.empty() ? "" : ", ") + safe(dim.symbol) + " = " + std::to_string(dim.value);
  if (!dims.empty())
    paragraph("  ", "at " + dims);
}

void TextScreen::assumptions() const {
  const auto &list = report.graph.model.assumptions;
  if (list.empty())
    return;
  title("Assumptions");
  for (const std::string &text : list)
    paragraph("  - ", safe(text));
}

void TextScreen::totals() const {
  const ReportTotals &t = report.totals;
  bool u = options.unicode;
  title("Totals");
  std::string text = siCount(t.macs, "MAC", u) + ", " + siCount(t.flops, "FLOP", u);
  if (t.intOps)
    text += ", " + countOf(t.intOps, "integer op", u);
  if (t.transcendentals)
    text += ", " + countOf(t.transcendentals, "transcendental", u);
  paragraph("  ", text);
  paragraph("  ", "memory traffic from " + siCount(t.bytesMin, "B", u) +
                      " (each tensor of the model once) to " + siCount(t.bytesMax, "B", u) +
                      " (every operand of every op); peak activations " +
                      siCount(t.peakActivationBytes, "B", u));
  if (t.saturated)
    paragraph("  ", "some counts do not fit 64 bits and are held at the "
                    "maximum: read these figures as lower bounds");
}

void TextScreen::symbolic() const {
  if (report.symbolic.empty())
    return;
  title("Closed forms");
  for (const auto &[figure, formula] : report.symbolic)
    paragraph("  ", safe(figure) + " = " + safe(formula));
}

//===----------------------------------------------------------------------===//
// Targets
//===----------------------------------------------------------------------===//

namespace {
struct Share {
  StringLiteral label;
  StringLiteral block, letter; // of the bar, in Unicode and in ASCII
  double EnergyBreakdown::*joules;
  Style style;
};
} // namespace

static constexpr Share kShares[] = {
    {"compute", "█", "#", &EnergyBreakdown::computeJ, Style::Blue},
    {"DRAM", "▓", "=", &EnergyBreakdown::dramJ, Style::Yellow},
    {"on-chip", "▒", "+", &EnergyBreakdown::onchipJ, Style::Green},
    {"static", "░", ".", &EnergyBreakdown::staticJ, Style::Plain},
};

/// "████▓▓░░  █ compute 51.0 %  ▓ DRAM 24.1 % …": one bar, cut
/// at the rounded running sums, so that it has the same length for all.
static std::string energyBar(const TargetReport &target, const ViewOptions &options) {
  // The legend takes some 60 columns, and on narrow screens its own line.
  constexpr unsigned kLegend = 66, kLeastCells = 8, kCells = 30;
  const bool beside = options.width >= kLegend + kLeastCells;
  const unsigned cells = beside ? std::min(options.width - kLegend, kCells) : kCells;
  double total = target.energyJ.value;
  std::string bar, legend;
  raw_string_ostream barOs(bar), legendOs(legend);
  double sum = 0;
  unsigned drawn = 0;
  for (const Share &share : kShares) {
    double joules = target.breakdownJ.*share.joules;
    StringRef cell = options.unicode ? share.block : share.letter;
    sum += joules;
    double position = total > 0 ? std::round(cells * sum / total) : 0;
    unsigned end = std::clamp(position, 0.0, double(cells));
    std::string piece;
    for (; drawn < end; ++drawn)
      piece += cell;
    if (!piece.empty())
      styled(barOs, options, share.style, piece);
    legendOs << (beside ? "  " : " ");
    styled(legendOs, options, share.style, cell);
    legendOs << ' ' << share.label << ' ' << percent(joules, total, options.unicode, 0);
  }
  return beside ? bar + legend : bar + "\n    " + StringRef(legend).ltrim().str();
}

static std::string modeText(const TextScreen &screen, const TargetReport &target) {
  std::string text = screen.safe(target.precision) + ", " + screen.safe(target.runtime) + ", " +
                     (target.bound == Bound::Overhead ? "bound by overhead per kernel"
                                                      : "bound by " + name(target.bound).str());
  if (!target.fitsInMemory)
    text += ", DOES NOT FIT in its memory";
  return text;
}

static std::vector<std::string> figures(const TargetReport &target, bool u) {
  return {si(target.energyJ.value, "J", u),  range(target.energyJ, u),
          si(target.latencyS.value, "s", u), si(target.powerW, "W", u),
          si(target.hostJ.value, "J", u),    si(target.facilityJ, "J", u),
          si(target.carbonG.value, "g", u)};
}

void TextScreen::targets() const {
  if (report.targets.empty())
    return;
  unsigned longest = 0;
  for (const TargetReport &target : report.targets)
    longest = std::max(longest, columnsOf(safe(target.name)));
  // The figures take some 68 columns; a name that does not fit beside them
  // gets a line of its own.
  bool beside = longest + 74 <= options.width;
  Table table(options);
  table.column(beside ? "Target" : "", Table::Left);
  for (const char *header :
       {"Energy", "90 % interval", "Latency", "Power", "Host", "Facility", "Carbon"})
    table.column(header);
  for (auto [i, target] : enumerate(report.targets)) {
    std::string label = safe(target.name);
    if (report.targets.size() > 1)
      label = "[" + std::to_string(i + 1) + "] " + label;
    std::vector<std::string> cells = figures(target, options.unicode);
    if (!beside)
      table.line("  " + fit(label, options.width - 2, options.unicode));
    cells.insert(cells.begin(), beside ? label : "");
    table.row(std::move(cells), Style::Bold);
    table.line("    " + modeText(*this, target));
    table.line("    " + energyBar(target, options));
  }
  title("Targets");
  table.print(os, 2);
}

void TextScreen::training() const {
  if (!report.graph.step)
    return;
  title("Training");
  paragraph("  ", describeStep(*report.graph.step));
  for (const TargetReport &target : report.targets) {
    os << "  " << safe(target.name) << '\n';
    for (const std::string &line : trainingLines(target, options.unicode))
      paragraph("    - ", line);
  }
}

//===----------------------------------------------------------------------===//
// Coverage and notes
//===----------------------------------------------------------------------===//

void TextScreen::coverage() const {
  const Coverage &c = report.coverage;
  title("Coverage");
  std::string text = percent(c.opsTotal - c.unmodelled, c.opsTotal, options.unicode) + " of " +
                     std::to_string(c.opsTotal) + (c.opsTotal == 1 ? " op: " : " ops: ") +
                     std::to_string(c.modelled) + " modelled, " + std::to_string(c.free) +
                     " free, " + std::to_string(c.bounded) + " bounded, " +
                     std::to_string(c.unmodelled) + " unmodelled";
  if (c.opsTotal == 0)
    text = "the graph has no ops";
  paragraph("  ", text);
  constexpr size_t kListed = 20;
  ArrayRef<Coverage::Op> ops = c.unmodelledOps;
  for (const Coverage::Op &op : ops.take_front(kListed)) {
    paragraph("  - ", std::to_string(op.count) + " x " + safe(qualifiedOp(op.op, op.domain)) +
                          ": " + safe(op.reason));
  }
  int64_t others = 0;
  for (const Coverage::Op &op : ops.drop_front(std::min(kListed, ops.size())))
    others += op.count;
  if (others)
    paragraph("  - ", "[" + std::to_string(others) + " others]");
}

void TextScreen::notes() const {
  bool first = true;
  for (const TargetReport &target : report.targets) {
    for (const std::string &note : target.notes) {
      if (first)
        title("Notes");
      first = false;
      paragraph("  - ", safe(target.name) + ": " + safe(note));
    }
  }
}

void TextScreen::grids() const {
  for (const Grid &grid : gridsOf(report, options.unicode)) {
    title(safe(grid.title));
    Table table(options);
    for (auto [i, header] : enumerate(grid.header))
      table.column(safe(header), i ? Table::Right : Table::Left);
    for (const std::vector<std::string> &row : grid.rows) {
      std::vector<std::string> cells;
      for (const std::string &cell : row)
        cells.push_back(safe(cell));
      table.row(std::move(cells));
    }
    if (!grid.rows.empty())
      table.print(os, 2);
    for (const std::string &remark : grid.remarks)
      paragraph("  ", safe(remark), /*hang=*/2);
  }
}

void TextScreen::explanation() const {
  for (const ReportSection &section : report.explanation) {
    title(safe(section.title));
    for (StringRef line : section.lines) {
      // Lines keep their indent, and hang under their first word when broken.
      size_t indent = line.size() - line.ltrim(' ').size();
      paragraph(std::string(2 + std::min<size_t>(indent, 20), ' '), safe(line.ltrim(' ')),
                /*hang=*/2);
    }
  }
}

void printText(ArrayRef<Report> reports, const ViewOptions &options, raw_ostream &os) {
  for (const Report &report : reports) {
    if (&report != reports.begin())
      os << '\n';
    TextScreen screen{os, options, report};
    screen.model();
    screen.assumptions();
    // Who asks about one op is not served by a screen about all of them.
    if (!report.explanation.empty()) {
      screen.explanation();
      continue;
    }
    // Their figures are of many runs, and the rest is of one.
    if (report.serving || report.sweep) {
      screen.grids();
      screen.coverage();
      continue;
    }
    screen.totals();
    screen.symbolic();
    screen.targets();
    screen.training();
    screen.site();
    screen.lifetime();
    screen.suggestions();
    screen.topOps();
    screen.coverage();
    screen.notes();
  }
}

} // namespace energyopt
