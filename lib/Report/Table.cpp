//===- Table.cpp - Aligned columns for the text view ----------------------===//

#include "Table.h"

#include "Format.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

static constexpr unsigned kGap = 2;
static constexpr unsigned kNarrowest = 8; // of a flexible column
static constexpr unsigned kReadable = 20; // of other texts
static constexpr unsigned kHang = 4;      // of the further lines of a row

void styled(raw_ostream &os, const ViewOptions &options, Style style, StringRef text) {
  static constexpr const char *codes[] = {"", "1", "2", "31", "32", "33", "34"};
  if (!options.color || style == Style::Plain) {
    os << text;
    return;
  }
  os << "\x1b[" << codes[unsigned(style)] << 'm' << text << "\x1b[0m";
}

void heading(raw_ostream &os, const ViewOptions &options, StringRef text) {
  std::string wrapped;
  raw_string_ostream out(wrapped);
  paragraph(out, "", text, options.width);
  SmallVector<StringRef, 4> lines;
  StringRef(wrapped).rtrim('\n').split(lines, '\n');
  for (StringRef line : lines) {
    styled(os, options, Style::Bold, line);
    os << '\n';
  }
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

/// Takes `excess` columns, or as many as can be, from the widest of `widths` for
/// which `may` holds, down to `least` of each.
static void narrow(MutableArrayRef<unsigned> widths, unsigned &excess,
                   function_ref<bool(size_t)> may, function_ref<unsigned(size_t)> least) {
  while (excess) {
    size_t widest = widths.size();
    for (size_t i = 0; i < widths.size(); ++i)
      if (may(i) && widths[i] > least(i) && (widest == widths.size() || widths[i] > widths[widest]))
        widest = i;
    if (widest == widths.size())
      return;
    --widths[widest];
    --excess;
  }
}

/// Fills lines with as many columns as have room; later ones stand further in.
void Table::breakRows(Layout &layout, unsigned indent) const {
  unsigned end = indent;
  for (size_t i = 0; i < columns.size(); ++i) {
    unsigned &width = layout.widths[i];
    if (i && end + width > options.width) {
      layout.breaks.push_back(i);
      end = indent + kHang;
    }
    width = std::min(width, options.width > end ? options.width - end : kNarrowest);
    end += width + kGap;
  }
}

Table::Layout Table::layOut(unsigned indent) const {
  Layout layout;
  for (const Column &column : columns)
    layout.widths.push_back(column.width);
  unsigned total = indent + naturalWidth();
  if (total <= options.width)
    return layout;
  unsigned excess = total - options.width;
  size_t last = columns.size() - 1;
  auto least = [&](size_t i) { return std::max(kNarrowest, columnsOf(columns[i].title)); };
  auto narrowWhere = [&](function_ref<bool(size_t)> may, function_ref<unsigned(size_t)> to) {
    narrow(layout.widths, excess, may, to);
  };
  narrowWhere([&](size_t i) { return columns[i].flexible; }, least);
  if (excess && columns[last].align == Left && !columns[last].flexible) {
    narrowWhere([&](size_t i) { return i == last; },
                [&](size_t i) { return std::max(least(i), kReadable); });
    layout.wrapsLast = true;
  }
  narrowWhere([&](size_t i) { return i && i != last && columns[i].align == Left; },
              [&](size_t i) { return std::max(least(i), kReadable); });
  if (excess)
    breakRows(layout, indent);
  return layout;
}

void Table::printRow(raw_ostream &os, const Row &row, unsigned indent, const Layout &layout) const {
  if (row.isLine) {
    os << row.cells.front() << '\n';
    return;
  }
  std::string text(indent, ' ');
  auto flush = [&] {
    styled(os, options, row.style, StringRef(text).rtrim(' '));
    os << '\n';
  };
  for (size_t i = 0; i < row.cells.size(); ++i) {
    unsigned width = layout.widths[i];
    if (is_contained(layout.breaks, i)) {
      flush();
      text.assign(indent + kHang, ' ');
    }
    if (layout.wrapsLast && i + 1 == columns.size()) {
      std::string wrapped;
      raw_string_ostream out(wrapped);
      paragraph(out, text, row.cells[i], columnsOf(text) + width);
      text = StringRef(wrapped).rtrim('\n').str();
      continue;
    }
    std::string cell = fit(row.cells[i], width, options.unicode);
    unsigned padding = width - std::min(width, columnsOf(cell));
    if (columns[i].align == Right)
      text.append(padding, ' ');
    text += cell;
    if (columns[i].align == Left)
      text.append(padding, ' ');
    text.append(kGap, ' ');
  }
  // What holds nothing of this row takes no line of its own.
  if (StringRef(text).trim().empty() && !layout.breaks.empty())
    return;
  flush();
}

void Table::print(raw_ostream &os, unsigned indent) const {
  if (columns.empty())
    return;
  Layout layout = layOut(indent);
  Row header{{}, Style::Dim, false};
  for (const Column &column : columns)
    header.cells.push_back(column.title);
  printRow(os, header, indent, layout);
  for (const Row &row : rows)
    printRow(os, row, indent, layout);
}

} // namespace energyopt
