//===- HtmlView.cpp - The report as a page that works offline -------------===//
//
// The page holds the JSON of docs/json.md and draws everything from it: the
// files of html/ are its style and code. Only its size is decided here.
//
//===----------------------------------------------------------------------===//

#include "HtmlParts.h"
#include "JsonOps.h"
#include "JsonView.h"
#include "OpSums.h"

#include "energy-opt/Views.h"

using namespace llvm;

namespace energyopt {

/// Pairs of a row and a target in a page, about 300 bytes each: what a browser
/// opens at once. Of larger reports the costliest rows remain.
static constexpr size_t kMostCells = 30'000;

namespace {
/// Inside a <script> nothing may look like its end, so characters of markup
/// are escaped. In JSON they stand in strings alone.
class ScriptStream : public raw_ostream {
public:
  explicit ScriptStream(raw_ostream &os) : os(os) { SetBufferSize(1 << 16); }
  ~ScriptStream() override { flush(); }

private:
  void write_impl(const char *text, size_t size) override {
    position += size;
    StringRef rest(text, size);
    while (true) {
      size_t plain = std::min(rest.find_first_of("<>&"), rest.size());
      os << rest.take_front(plain);
      if (plain == rest.size())
        return;
      os << (rest[plain] == '<' ? "\\u003c" : rest[plain] == '>' ? "\\u003e" : "\\u0026");
      rest = rest.drop_front(plain + 1);
    }
  }
  uint64_t current_pos() const override { return position; }

  raw_ostream &os;
  uint64_t position = 0;
};
} // namespace

/// The rows that a page shows of one of `reports` reports, in execution order.
static std::vector<size_t> shownRows(const Report &report, size_t reports) {
  size_t most = kMostCells / reports / std::max<size_t>(1, report.targets.size());
  if (report.graph.rows.size() <= most)
    return allRows(report.graph);
  std::vector<size_t> rows;
  for (const OpLine &line : rankOps(report, static_cast<unsigned>(most)))
    if (line.kind == OpLine::Op)
      rows.push_back(static_cast<size_t>(line.row));
  llvm::sort(rows);
  return rows;
}

static void printReports(ArrayRef<Report> reports, const ViewOptions &options, raw_ostream &os) {
  ScriptStream script(os);
  VisibleStream visible(script);
  JsonWriter json(visible, /*IndentSize=*/0);
  json.OStream::array([&] {
    for (const Report &report : reports)
      reportJson(json, report, shownRows(report, reports.size()), options);
  });
}

static StringRef partOf(StringRef name) {
  for (const HtmlPart &part : htmlParts())
    if (part.name == name)
      return part.text;
  return "";
}

void printHtml(ArrayRef<Report> reports, const ViewOptions &options, raw_ostream &os) {
  StringRef rest = partOf("frame");
  while (!rest.empty()) {
    auto [text, marked] = rest.split("@@");
    os << text;
    auto [name, after] = marked.split("@@");
    if (name == "reports")
      printReports(reports, options, os);
    else if (name == "beside")
      os << (options.beside ? "yes" : "");
    else
      os << partOf(name);
    rest = after;
  }
}

} // namespace energyopt
