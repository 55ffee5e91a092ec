//===- PlacementView.cpp - Edge against cloud, for people -----------------===//
//
//   model.onnx
//     one request: 602 kB sent, 4.00 kB received over wifi
//
//   Placement            one column for each side, parts first, then sums
//   Verdict              which side is less, and how sure that is
//   Break-even           what would have to change for the other one
//   Assumptions
//
//===----------------------------------------------------------------------===//

#include "Format.h"
#include "Markdown.h"
#include "Table.h"
#include "TextView.h"

#include "energy-opt/Placement.h"
#include "energy-opt/Views.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

static constexpr StringLiteral kColumns[] = {"", "Edge", "90 % interval", "Cloud", "90 % interval"};

using Rows = std::vector<std::vector<std::string>>;

static const Interval *partOf(const PlacementSide &side, StringRef name) {
  for (const PlacementPart &part : side.parts)
    if (part.name == name)
      return &part.energyJ;
  return nullptr;
}

static void addRow(Rows &rows, StringRef name, StringRef unit, const Interval *edge,
                   const Interval *cloud, bool unicode) {
  std::vector<std::string> row{name.str()};
  for (const Interval *figure : {edge, cloud}) {
    row.push_back(figure ? si(figure->value, unit, unicode) : "-");
    row.push_back(figure ? range(*figure, unicode) : "");
  }
  rows.push_back(std::move(row));
}

static Rows rowsOf(const Placement &p, bool unicode) {
  Rows rows{{"target", p.edge.target, "", p.cloud.target, ""}};
  // The cloud has every part that the edge has, and more.
  for (const PlacementPart &part : p.cloud.parts)
    addRow(rows, part.name, "J", partOf(p.edge, part.name), &part.energyJ, unicode);
  addRow(rows, "energy", "J", &p.edge.energyJ, &p.cloud.energyJ, unicode);
  addRow(rows, "time", "s", &p.edge.timeS, &p.cloud.timeS, unicode);
  addRow(rows, "carbon", "g", &p.edge.carbonG, &p.cloud.carbonG, unicode);
  return rows;
}

static std::string requestLine(const Placement &p, bool unicode) {
  return "one request: " + si(p.upBytes, "B", unicode) + " sent, " + si(p.downBytes, "B", unicode) +
         " received over " + p.network.name + "; the cloud runs batches of " +
         std::to_string(p.cloudBatch);
}

static std::vector<std::string> verdictLines(const Placement &p) {
  std::vector<std::string> lines;
  for (const SideVerdict &v : p.verdicts)
    lines.push_back(v.figure + ": " + (v.edge ? "edge" : "cloud") + ", " + digits(v.ratio) +
                    " times less; the intervals " + (v.sure ? "do not overlap" : "overlap"));
  return lines;
}

static std::vector<std::string> breakEvenLines(const Placement &p, bool unicode) {
  std::vector<std::string> lines;
  lines.push_back(p.breakEvenBytes ? "payload: both take the same energy at " +
                                         si(*p.breakEvenBytes, "B", unicode) + " sent"
                                   : "payload: none; the cloud takes more even if nothing is sent");
  lines.push_back(p.breakEvenKwhPerGb
                      ? "network: both take the same energy at " + digits(*p.breakEvenKwhPerGb) +
                            " kWh/GB, now " + digits(p.network.kwhPerGb.value)
                      : "network: none; the cloud takes more even if the network is free");
  lines.push_back(p.breakEvenBatch ? "batch: the cloud takes less from batches of " +
                                         std::to_string(*p.breakEvenBatch) + " on"
                  : p.mostBatch
                      ? "batch: none up to " + std::to_string(p.mostBatch)
                      : "batch: none; sending alone takes more than computing on the device");
  return lines;
}

namespace {
struct Part {
  StringLiteral title;
  std::vector<std::string> lines;
};
} // namespace

static std::vector<Part> prose(const Placement &p, bool unicode) {
  return {{"Verdict", verdictLines(p)},
          {"Break-even", breakEvenLines(p, unicode)},
          {"Assumptions", p.assumptions}};
}

void printPlacementText(const Placement &p, const ViewOptions &options, raw_ostream &os) {
  bool u = options.unicode;
  Report none; // a screen draws a report
  TextScreen screen{os, options, none};
  styled(os, options, Style::Bold, printable(p.model, u));
  os << '\n';
  screen.paragraph("  ", requestLine(p, u));
  screen.title("Placement");
  Table table(options);
  for (StringRef column : kColumns)
    table.column(column, column.empty() ? Table::Left : Table::Right);
  for (std::vector<std::string> &row : rowsOf(p, u)) {
    bool sum = is_contained({"energy", "time", "carbon"}, row.front());
    for (std::string &cell : row)
      cell = printable(cell, u);
    table.row(std::move(row), sum ? Style::Bold : Style::Plain);
  }
  table.print(os, 2);
  for (const Part &part : prose(p, u)) {
    screen.title(part.title);
    for (const std::string &line : part.lines)
      screen.paragraph("  - ", printable(line, u));
  }
}

void printPlacementMarkdown(const Placement &p, const ViewOptions &, raw_ostream &os) {
  auto text = [](StringRef line) { return markdownText(printable(line)); };
  os << "### " << markdownCode(printable(p.model)) << "\n\n"
     << text(requestLine(p, true)) << "\n\n|";
  for (StringRef column : kColumns)
    os << ' ' << column << " |";
  os << "\n|---|--:|--:|--:|--:|\n";
  for (const std::vector<std::string> &row : rowsOf(p, true)) {
    os << '|';
    for (const std::string &cell : row)
      os << ' ' << text(cell) << " |";
    os << '\n';
  }
  for (const Part &part : prose(p, true)) {
    os << "\n**" << part.title << "**\n\n";
    for (const std::string &line : part.lines)
      os << "- " << text(line) << '\n';
  }
}

} // namespace energyopt
