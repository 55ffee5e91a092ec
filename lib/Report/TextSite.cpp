//===- TextSite.cpp - Footprint and lifetime on the screen ----------------===//
//
//   Site
//     nvidia-t4
//     - making of the device: 4.1 ug (1.2-19) more: 9.9 kg over 26280 h ...
//
//   Lifetime on nvidia-t4
//     Part       Energy  Carbon  90 % interval  Share
//
//===----------------------------------------------------------------------===//

#include "SiteText.h"
#include "Table.h"
#include "TextView.h"

using namespace llvm;

namespace energyopt {

void TextScreen::site() const {
  bool first = true;
  for (const TargetReport &target : report.targets) {
    if (target.footprint.empty())
      continue;
    if (first)
      title("Site");
    first = false;
    paragraph("  ", safe(target.name) + ", " + safe(siteOf(target)));
    for (const std::string &line : footprintLines(target, options.unicode))
      paragraph("  - ", safe(line));
  }
}

void TextScreen::lifetime() const {
  for (const TargetReport &target : report.targets) {
    if (!target.lifetime)
      continue;
    title("Lifetime on " + safe(target.name));
    Table table(options);
    for (StringRef column : kLifetimeColumns)
      table.column(column, column == "Part" ? Table::Left : Table::Right);
    for (std::vector<std::string> &row : lifetimeRows(*target.lifetime, options.unicode))
      table.row(std::move(row));
    table.print(os, 2);
    for (const std::string &line : lifetimeLines(*target.lifetime, options.unicode))
      paragraph("  - ", safe(line));
  }
}

} // namespace energyopt
