//===- Checks.cpp - energy-opt checks -------------------------------------===//

#include "Commands.h"
#include "OptionValues.h"
#include "Output.h"

#include "Report/JsonText.h"
#include "Report/Table.h"
#include "energy-opt/Checks.h"

using namespace llvm;

namespace energyopt {

static StringRef kindOf(const Check &check) { return check.exact ? "exact" : "approximate"; }

static void printList(ArrayRef<Check> checks, const ViewOptions &view, raw_ostream &os) {
  Table table(view);
  for (StringRef title : {"Check", "Kind", "What it does"})
    table.column(title, Table::Left);
  for (const Check &check : checks)
    table.row({check.id.str(), kindOf(check).str(), check.title.str()});
  table.print(os, 0);
}

static void printJson(ArrayRef<Check> checks, raw_ostream &os) {
  JsonWriter json(os, 2);
  json.arrayBegin();
  for (const Check &check : checks) {
    json.objectBegin();
    json.text("id", check.id);
    json.boolean("exact", check.exact);
    json.text("title", check.title);
    json.text("rationale", check.rationale);
    json.text("elsewhere", check.elsewhere);
    json.objectEnd();
  }
  json.arrayEnd();
  os << '\n';
}

/// The page of docs/checks; also what a terminal shows.
static void printPage(const Check &check, raw_ostream &os) {
  os << "# " << check.id << "\n\n"
     << check.title << ". "
     << (check.exact ? "The outputs stay the same for all inputs."
                     : "The outputs change; measure the accuracy afterwards.")
     << "\n\n**Why:** " << check.rationale << "\n\n**Apply it:**\n\n```sh\n"
     << "energy-opt optimize model.onnx --apply=" << check.id << " -o out.onnx\n```\n\n"
     << "**Elsewhere:** " << check.elsewhere << '\n';
}

int runChecks(const Options &options) {
  ArrayRef<Check> checks = allChecks();
  if (!options.arguments.empty()) {
    StringRef id = options.arguments.front();
    const Check *check = findCheck(id);
    if (!check) {
      std::vector<StringRef> known;
      for (const Check &other : checks)
        known.push_back(other.id);
      printError("energy-opt", usageError("there is no check '" + id + "'", didYouMean(id, known)));
      return kUnusable;
    }
    checks = *check;
  }
  std::string text;
  raw_string_ostream os(text);
  if (options.format == "json")
    printJson(checks, os);
  else if (options.arguments.empty())
    printList(checks, viewOptions(options), os);
  else
    printPage(checks.front(), os);
  return deliver(options, os.str());
}

} // namespace energyopt
