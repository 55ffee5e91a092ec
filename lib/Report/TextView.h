//===- TextView.h - Parts of the text view ----------------------*- C++ -*-===//

#ifndef ENERGY_OPT_REPORT_TEXTVIEW_H
#define ENERGY_OPT_REPORT_TEXTVIEW_H

#include "energy-opt/Views.h"

namespace energyopt {

/// One report on its way to the screen.
struct TextScreen {
  llvm::raw_ostream &os;
  const ViewOptions &options;
  const Report &report;

  /// A blank line, then a title.
  void title(llvm::StringRef text) const;
  /// `text` in words, broken at the screen's width; later lines go under the
  /// text of the first, `hang` columns further in.
  void paragraph(llvm::StringRef bullet, llvm::StringRef text, unsigned hang = 0) const;
  std::string safe(llvm::StringRef text) const { return printable(text, options.unicode); }

  void model() const;
  void assumptions() const;
  void totals() const;
  void symbolic() const;
  void targets() const;
  void training() const;
  void site() const;
  void lifetime() const;
  void topOps() const;
  void opTypes() const;
  void coverage() const;
  void notes() const;
  void explanation() const;
  void suggestions() const;
  /// Tables of serving and sweeps.
  void grids() const;

private:
  void plan(const Plan &plan) const;
  void suggestionTable() const;
  void refusals() const;
};

} // namespace energyopt

#endif // ENERGY_OPT_REPORT_TEXTVIEW_H
