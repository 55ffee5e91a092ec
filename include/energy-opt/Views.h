//===- Views.h - Renderings of a Report -------------------------*- C++ -*-===//
//
// One function per format, all over the same plain Report, so that formats can
// only differ in looks. A view writes to a stream and touches nothing else:
// whether that is a terminal, and how wide, the caller says in ViewOptions.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_VIEWS_H
#define ENERGY_OPT_VIEWS_H

#include "energy-opt/OpRule.h"
#include "energy-opt/Report.h"
#include "energy-opt/Sheet.h"

#include "llvm/Support/raw_ostream.h"

namespace energyopt {

struct ViewOptions {
  /// Rows of the table of costliest ops; the rest is one line, so that the
  /// table still sums to the total.
  unsigned top = 10;
  /// Columns of the text view; it is readable from 80 on.
  unsigned width = 100;
  bool color = false;
  /// False draws with ASCII only and escapes all else.
  bool unicode = true;
  /// Of all targets, for formats that show what figures rest on.
  llvm::ArrayRef<TargetSheet> sheets;
  /// A page opens with the first two reports side by side.
  bool beside = false;
};

/// A format of `--format`. A view takes all reports of one run, so that a
/// format can be one document (a JSON array, a CSV file) whatever their number.
struct View {
  llvm::StringLiteral name;
  llvm::StringLiteral summary;
  void (*print)(llvm::ArrayRef<Report> reports, const ViewOptions &options, llvm::raw_ostream &os);
};

/// Every format, the default one first.
llvm::ArrayRef<View> allViews();
/// The format of that name; null if there is none.
const View *findView(llvm::StringRef name);

void printText(llvm::ArrayRef<Report> reports, const ViewOptions &options, llvm::raw_ostream &os);
void printJson(llvm::ArrayRef<Report> reports, const ViewOptions &options, llvm::raw_ostream &os);
void printNdjson(llvm::ArrayRef<Report> reports, const ViewOptions &options, llvm::raw_ostream &os);
void printCsv(llvm::ArrayRef<Report> reports, const ViewOptions &options, llvm::raw_ostream &os);
void printMarkdown(llvm::ArrayRef<Report> reports, const ViewOptions &options,
                   llvm::raw_ostream &os);
void printHtml(llvm::ArrayRef<Report> reports, const ViewOptions &options, llvm::raw_ostream &os);

/// Suggestions, and ops that could not be modelled, as SARIF 2.1.0.
void printSarif(llvm::ArrayRef<Report> reports, const ViewOptions &options, llvm::raw_ostream &os);
/// Declarations of energy and carbon with method, boundary and uncertainty.
void printCycloneDx(llvm::ArrayRef<Report> reports, const ViewOptions &options,
                    llvm::raw_ostream &os);
void printSpdx(llvm::ArrayRef<Report> reports, const ViewOptions &options, llvm::raw_ostream &os);
void printModelCard(llvm::ArrayRef<Report> reports, const ViewOptions &options,
                    llvm::raw_ostream &os);

struct Placement;

/// What `energy-opt compare` found.
void printPlacementText(const Placement &placement, const ViewOptions &options,
                        llvm::raw_ostream &os);
void printPlacementJson(const Placement &placement, const ViewOptions &options,
                        llvm::raw_ostream &os);
void printPlacementMarkdown(const Placement &placement, const ViewOptions &options,
                            llvm::raw_ostream &os);

/// The rules behind the figures: `energy-opt ops` and docs/ops.md.
using RuleTables = llvm::ArrayRef<llvm::ArrayRef<OpRule>>;
void printRulesJson(RuleTables tables, llvm::raw_ostream &os);
void printRulesMarkdown(RuleTables tables, llvm::raw_ostream &os);
void printRulesText(RuleTables tables, llvm::raw_ostream &os);

/// `text` with everything escaped that a terminal would obey or a reader could
/// be misled by: control characters, bidirectional overrides, invisible and
/// malformed characters, and without `unicode` all but ASCII.
std::string printable(llvm::StringRef text, bool unicode = true);

/// Of every JSON document: fields may be added, not renamed.
constexpr llvm::StringLiteral kSchemaVersion = "1.0";

/// "0.1.0"
llvm::StringRef toolVersion();

} // namespace energyopt

#endif // ENERGY_OPT_VIEWS_H
