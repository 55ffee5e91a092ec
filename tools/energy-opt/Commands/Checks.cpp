//===- Checks.cpp - energy-opt checks -------------------------------------===//

#include "Commands/Commands.h"
#include "Options/OptionValues.h"
#include "Output/Output.h"

#include "Report/Format.h"
#include "Report/JsonText.h"
#include "Report/Table.h"
#include "energy-opt/Checks.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace energyopt {

static StringRef kindOf(const Check &check) { return check.exact ? "exact" : "approximate"; }

static void printList(ArrayRef<const Check *> checks, const ViewOptions &view, raw_ostream &os) {
  Table table(view);
  for (StringRef title : {"Check", "Kind", "What it does"})
    table.column(title, Table::Left);
  for (const Check *check : checks)
    table.row({check->id.str(), kindOf(*check).str(), check->title.str()});
  table.print(os, 0);
}

static void printParameter(const CheckParameter &parameter, JsonWriter &json) {
  json.text("name", parameter.name);
  json.number("default", parameter.fallback);
  json.number("low", parameter.low);
  json.number("high", parameter.high);
  json.text("meaning", parameter.meaning);
}

static void printJson(ArrayRef<const Check *> checks, raw_ostream &os) {
  JsonWriter json(os, 2);
  json.arrayBegin();
  for (const Check *check : checks) {
    json.objectBegin();
    json.text("id", check->id);
    json.boolean("exact", check->exact);
    json.text("title", check->title);
    json.text("rationale", check->rationale);
    json.text("risk", name(check->risk));
    json.text("effort", name(check->effort));
    json.array("parameters", [&] {
      for (const CheckParameter &parameter : check->parameters)
        json.OStream::object([&] { printParameter(parameter, json); });
    });
    json.text("elsewhere", check->elsewhere);
    json.objectEnd();
  }
  json.arrayEnd();
  os << '\n';
}

/// With two decimals, or as many as it has.
static std::string number(double value) {
  std::string text = formatv("{0}", value).str();
  double shown = 0;
  return !StringRef(text).getAsDouble(shown) && shown == value ? text : exactNumber(value);
}

/// The page of docs/checks; also what a terminal shows.
static void printPage(const Check &check, raw_ostream &os) {
  os << "# " << check.id << "\n\n"
     << check.title << ". "
     << (check.exact ? "The outputs stay the same for all inputs."
                     : "The outputs change; measure the accuracy afterwards.")
     << "\n\n**Why:** " << check.rationale << "\n\n**Risk:** " << name(check.risk)
     << " to accuracy. **Effort:** " << name(check.effort) << ".\n";
  if (check.apply)
    os << "\n**Apply it:**\n\n```sh\nenergy-opt optimize model.onnx --apply=" << check.id
       << " -o out.onnx\n```\n";
  if (!check.parameters.empty())
    os << "\n| parameter | default | from | to | meaning |\n|---|---:|---:|---:|---|\n";
  for (const CheckParameter &p : check.parameters)
    os << "| `" << p.name << "` | " << number(p.fallback) << " | " << number(p.low) << " | "
       << number(p.high) << " | " << p.meaning << " |\n";
  if (check.readsWeights)
    os << "\nReads the weights: a report looks for it only if `--checks` names it.\n";
  os << "\n**Elsewhere:** " << check.elsewhere << '\n';
}

int runChecks(const Options &options) {
  ArrayRef<const Check *> checks = allChecks();
  const Check *asked = nullptr;
  if (!options.arguments.empty()) {
    StringRef id = options.arguments.front();
    asked = findCheck(id);
    if (!asked) {
      std::vector<StringRef> known;
      for (const Check *other : checks)
        known.push_back(other->id);
      printError("energy-opt", usageError("there is no check '" + id + "'", chooseFrom(id, known)));
      return kUnusable;
    }
    checks = asked;
  }
  std::string text;
  raw_string_ostream os(text);
  if (options.format == "json")
    printJson(checks, os);
  else if (options.arguments.empty())
    printList(checks, viewOptions(options), os);
  else
    printPage(*asked, os);
  return deliver(options, os.str());
}

} // namespace energyopt
