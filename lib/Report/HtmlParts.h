//===- HtmlParts.h - The page around the JSON of reports --------*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_HTMLPARTS_H
#define ENERGY_OPT_REPORT_HTMLPARTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace energyopt {

/// A text of the page. `frame` is the page itself, with @@NAME@@ where another
/// part goes, and @@reports@@ where the reports do.
struct HtmlPart {
  llvm::StringLiteral name, text;
};

/// Files of html/ and two libraries, embedded at build time.
llvm::ArrayRef<HtmlPart> htmlParts();

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_HTMLPARTS_H
