//===- Table.cpp - Aligned columns for the text view ----------------------===//

#include "Table.h"

#include "Format.h"

using namespace llvm;

namespace energyopt {

static constexpr unsigned kGap = 2;
static constexpr unsigned kNarrowest = 8; // of a flexible column

void styled(raw_ostream &os, const ViewOptions &options, Style style,
            StringRef text) {
  static constexpr const char *codes[] = {"", "1", "2", "31", "32", "33", "34"};
  if (!options.color || style == Style::Plain) {
    os << text;
    return;
  }
  os << "\x1b[" << codes[unsigned(style)] << 'm' << text << "\x1b[0m";
}

void Table::column(StringRef title, Align align, bool flexible) {
  columns.push_back({title.str(), align, flexible, columnsOf(title)});
}

void Table::row(std::vector<std::string> cells, Style style) {
  for (size_t i = 0; i < cells.size(); ++i)
    columns[i].width = std::max(columns[i].width, columnsOf(cells[i]));
  rows.push_back({std::move(cells), style, /*isLine=*/false});
}

void Table::line(std::string text) {
  rows.push_back({{std::move(text)}, Style::Plain, /*isLine=*/true});
}

unsigned Table::naturalWidth() const {
  unsigned width = 0;
  for (const Column &column : columns)
    width += column.width + kGap;
  return width ? width - kGap : 0;
}

/// As many words as fit, at least one; they are taken from `text`.
static std::string takeWords(StringRef &text, unsigned width) {
  size_t end = text.find(' ');
  for (size_t next = end; next != StringRef::npos; next = text.find(' ', next + 1))
    if (columnsOf(text.take_front(next)) <= width)
      end = next;
  if (columnsOf(text) <= width)
    end = StringRef::npos;
  std::string line = text.take_front(end).str();
  text = text.substr(line.size()).ltrim(' ');
  return line;
}

void Table::printRow(raw_ostream &os, const Row &row, unsigned indent,
                     ArrayRef<unsigned> widths) const {
  if (row.isLine) {
    os << row.cells.front() << '\n';
    return;
  }
  std::string text(indent, ' ');
  StringRef rest;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    std::string cell = row.cells[i];
    if (wraps && i + 1 == columns.size() && columnsOf(cell) > widths[i]) {
      rest = row.cells[i];
      cell = takeWords(rest, widths[i]);
    }
    cell = fit(cell, widths[i], options.unicode);
    unsigned padding = widths[i] - std::min(widths[i], columnsOf(cell));
    if (columns[i].align == Right)
      text.append(padding, ' ');
    text += cell;
    if (columns[i].align == Left)
      text.append(padding, ' ');
    text.append(kGap, ' ');
  }
  styled(os, options, row.style, StringRef(text).rtrim(' '));
  os << '\n';
  unsigned column = indent;
  for (unsigned width : widths.drop_back())
    column += width + kGap;
  while (!rest.empty()) {
    std::string line = fit(takeWords(rest, widths.back()), widths.back(), options.unicode);
    styled(os, options, row.style, std::string(column, ' ') + line);
    os << '\n';
  }
}

void Table::print(raw_ostream &os, unsigned indent) const {
  SmallVector<unsigned, 10> widths;
  unsigned total = indent + naturalWidth();
  unsigned excess = total > options.width ? total - options.width : 0;
  Row header{{}, Style::Dim, false};
  for (const Column &column : columns) {
    unsigned cut = 0;
    unsigned least = std::max(kNarrowest, columnsOf(column.title));
    if (column.flexible && column.width > least)
      cut = std::min(excess, column.width - least);
    widths.push_back(column.width - cut);
    header.cells.push_back(column.title);
  }
  printRow(os, header, indent, widths);
  for (const Row &row : rows)
    printRow(os, row, indent, widths);
}

} // namespace energyopt
