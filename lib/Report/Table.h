//===- Table.h - Aligned columns for the text view --------------*- C++ -*-===//
//
//   Target                  Energy  90 % interval  Latency
//   nvidia-a100-sxm-80gb    812 mJ       590–1100  1.24 ms
//
// Widths follow the contents. What would be wider than the screen gets narrower:
// columns that are declared flexible are cut, then text in the last column goes on
// in the next line, other texts are cut, and at last each row takes several lines.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_REPORT_TABLE_H
#define ENERGY_OPT_REPORT_TABLE_H

#include "energy-opt/Views.h"

#include "llvm/ADT/SmallVector.h"

#include <string>
#include <vector>

namespace energyopt {

enum class Style : uint8_t { Plain, Bold, Dim, Red, Green, Yellow, Blue };
/// Writes `text` in a style; plainly unless `options.color`.
void styled(llvm::raw_ostream &os, const ViewOptions &options, Style style, llvm::StringRef text);
/// `text` in bold, in as many lines as it takes.
void heading(llvm::raw_ostream &os, const ViewOptions &options, llvm::StringRef text);

class Table {
public:
  enum Align : uint8_t { Left, Right };

  explicit Table(const ViewOptions &options) : options(options) {}

  void column(llvm::StringRef title, Align align = Right, bool flexible = false);
  /// Cells are printable text; missing ones are blank.
  void row(std::vector<std::string> cells, Style style = Style::Plain);
  /// A line of free text between rows.
  void line(std::string text);

  /// Columns that print() needs when nothing is cut, without the indent.
  unsigned naturalWidth() const;
  void print(llvm::raw_ostream &os, unsigned indent) const;

private:
  struct Column {
    std::string title;
    Align align;
    bool flexible;
    unsigned width;
  };
  struct Row {
    std::vector<std::string> cells;
    Style style;
    bool isLine;
  };
  /// How the columns are laid out on a screen.
  struct Layout {
    llvm::SmallVector<unsigned, 10> widths;
    /// Columns that begin a line of the row.
    llvm::SmallVector<size_t, 4> breaks;
    bool wrapsLast = false;
  };
  Layout layOut(unsigned indent) const;
  void breakRows(Layout &layout, unsigned indent) const;
  void printRow(llvm::raw_ostream &os, const Row &row, unsigned indent, const Layout &layout) const;

  const ViewOptions &options;
  llvm::SmallVector<Column, 10> columns;
  std::vector<Row> rows;
};

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_TABLE_H
