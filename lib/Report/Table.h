//===- Table.h - Aligned columns for the text view --------------*- C++ -*-===//
//
//   Target                  Energy  90 % interval  Latency
//   nvidia-a100-sxm-80gb    812 mJ       590–1100  1.24 ms
//
// Widths follow the contents; one column may be declared flexible and is cut, or
// wrapped, when the table would be wider than the screen.
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
void styled(llvm::raw_ostream &os, const ViewOptions &options, Style style,
            llvm::StringRef text);

class Table {
public:
  enum Align : uint8_t { Left, Right };

  explicit Table(const ViewOptions &options) : options(options) {}

  void column(llvm::StringRef title, Align align = Right,
              bool flexible = false);
  /// Texts of the last column that are too long go on below, word by word.
  void wrapLast() { wraps = true; }
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
  void printRow(llvm::raw_ostream &os, const Row &row, unsigned indent,
                llvm::ArrayRef<unsigned> widths) const;

  const ViewOptions &options;
  bool wraps = false;
  llvm::SmallVector<Column, 10> columns;
  std::vector<Row> rows;
};

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_TABLE_H
