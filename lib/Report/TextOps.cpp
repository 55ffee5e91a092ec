//===- TextOps.cpp - The table of ops on the screen -----------------------===//

#include "Format.h"
#include "OpSums.h"
#include "Table.h"
#include "TextView.h"

using namespace llvm;

namespace energyopt {

static std::string opLabel(const TextScreen &screen, const GraphRow &row) {
  bool u = screen.options.unicode;
  std::string label = fit(screen.safe(row.op), 24, u);
  if (row.count != 1)
    label += (u ? " ×" : " x") + std::to_string(row.count);
  if (row.status == WorkStatus::Bounded)
    label += u ? " ≤" : " <=";
  return label;
}

static Table buildTable(const TextScreen &screen, ArrayRef<OpLine> lines, unsigned shares) {
  const Report &report = screen.report;
  bool u = screen.options.unicode;
  bool priced = !report.targets.empty();
  Table table(screen.options);
  table.column("Op", Table::Left);
  table.column("Name", Table::Left, /*flexible=*/true);
  table.column("MAC");
  table.column(priced ? "DRAM" : "Bytes");
  if (priced)
    table.column("Energy");
  for (unsigned i = 0; i < shares; ++i)
    table.column(report.targets.size() > 1 ? "[" + std::to_string(i + 1) + "]" : "Share");
  for (const OpLine &line : lines) {
    const GraphRow *row = line.kind == OpLine::Op ? &report.graph.rows[line.row] : nullptr;
    std::vector<std::string> cells{row ? opLabel(screen, *row) : line.label,
                                   row ? screen.safe(row->name) : "", siCount(line.macs, "", u),
                                   si(line.memoryBytes, "B", u)};
    if (priced)
      cells.push_back(si(line.energyJ.front(), "J", u));
    for (unsigned i = 0; i < shares; ++i)
      cells.push_back(percent(line.energyJ[i], report.targets[i].energyJ.value, u));
    table.row(std::move(cells), line.kind == OpLine::Total ? Style::Bold : Style::Plain);
  }
  return table;
}

void TextScreen::topOps() const {
  std::vector<OpLine> lines = rankOps(report, options.top);
  if (lines.empty())
    return;
  unsigned named = 0, longest = 4;
  for (const OpLine &line : lines) {
    if (line.kind != OpLine::Op)
      continue;
    ++named;
    longest = std::max(longest, columnsOf(safe(report.graph.rows[line.row].name)));
  }
  std::string text =
      "Top " + std::to_string(named) + " of " + std::to_string(report.graph.rows.size()) + " ops";
  if (report.targets.size() > 1)
    text += " by energy on [1], with their share on each target";
  title(text);

  // A screen too narrow for all shares and a readable name loses the last
  // shares; the other formats have them.
  constexpr unsigned kReadable = 24, kShareWidth = 8;
  unsigned shares = report.targets.size();
  unsigned spare = longest > kReadable ? longest - kReadable : 0;
  unsigned width = buildTable(*this, lines, shares).naturalWidth() + 2;
  for (; shares > 1 && width > options.width + spare; --shares)
    width -= kShareWidth;
  buildTable(*this, lines, shares).print(os, 2);
  if (report.graph.rows.size() > named)
    opTypes();
}

/// One line, for graphs whose energy lies in many small ops.
void TextScreen::opTypes() const {
  constexpr size_t kListed = 5;
  std::vector<std::pair<std::string, double>> types = energyByType(report);
  if (types.empty())
    return;
  double total = report.targets.front().energyJ.value, rest = total;
  std::string text = report.targets.size() > 1 ? "by type on [1]: " : "by type: ";
  for (const auto &[type, joules] : ArrayRef(types).take_front(kListed)) {
    text += safe(type) + " " + percent(joules, total, options.unicode) + ", ";
    rest -= joules;
  }
  if (types.size() > kListed)
    text += "others " + percent(std::max(rest, 0.0), total, options.unicode); // rounding
  paragraph("  ", StringRef(text).rtrim(", "));
}

} // namespace energyopt
