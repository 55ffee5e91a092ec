//===- CsvText.h - Cells that stay text in a spreadsheet --------*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_CSVTEXT_H
#define ENERGY_OPT_REPORT_CSVTEXT_H

#include "energy-opt/Report.h"

#include "llvm/Support/raw_ostream.h"

namespace energyopt {

/// A cell of RFC 4180, with an apostrophe in front of what a spreadsheet would
/// take for a formula.
std::string csvCell(llvm::StringRef text);

/// One line per target that a model is served on, or per point of a sweep.
void servingCsv(llvm::ArrayRef<Report> reports, llvm::raw_ostream &os);
void sweepCsv(llvm::ArrayRef<Report> reports, llvm::raw_ostream &os);

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_CSVTEXT_H
