//===- Targets.cpp - energy-opt targets -----------------------------------===//

#include "Commands/Commands.h"
#include "Output/Output.h"

#include "Report/Format.h"
#include "Report/JsonSheet.h"
#include "Report/Table.h"

using namespace llvm;

namespace energyopt {

static void listText(const Options &options, raw_ostream &os) {
  ViewOptions view = viewOptions(options);
  Table table(view);
  table.column("Target", Table::Left);
  table.column("Class", Table::Left);
  table.column("What it is", Table::Left);
  table.column("Also called", Table::Left, /*flexible=*/true);
  for (const TargetEntry &entry : builtinTargets())
    table.row({entry.name.str(), entry.cls.str(), entry.title.str(), entry.aliases.str()});
  table.print(os, 0);
}

static void listJson(raw_ostream &os) {
  JsonWriter json(os, 2);
  json.OStream::object([&] {
    json.array("targets", [&] {
      for (const TargetEntry &entry : builtinTargets()) {
        json.OStream::object([&] {
          json.text("name", entry.name);
          json.text("title", entry.title);
          json.text("class", entry.cls);
          json.array("aliases", [&] {
            SmallVector<StringRef, 4> aliases;
            entry.aliases.split(aliases, ' ', -1, /*KeepEmpty=*/false);
            for (StringRef alias : aliases)
              json.element(alias);
          });
        });
      }
    });
  });
  os << '\n';
}

static void sheetJson(const Target &target, raw_ostream &os) {
  JsonWriter json(os, 2);
  json.OStream::object([&] {
    json.text("name", target.name);
    json.text("title", target.title);
    json.text("class", name(target.cls));
    json.text("runtime", target.runtime);
    json.text("hash", target.hash);
    json.object("quantities", [&] {
      visitQuantities(target, [&](StringRef path, const Quantity &quantity) {
        quantityJson(json, path, quantity);
      });
    });
  });
  os << '\n';
}

/// The sheet with its columns; on a screen what is too long goes on further in.
static void sheetText(const Target &target, const Options &options, raw_ostream &os) {
  std::string sheet = describe(target);
  std::optional<unsigned> width = screenWidth(options);
  SmallVector<StringRef, 0> lines;
  StringRef(sheet).rtrim('\n').split(lines, '\n');
  for (StringRef line : lines) {
    size_t end = width && columnsOf(line) > *width ? line.rfind(' ', *width) : StringRef::npos;
    if (end == StringRef::npos || line.take_front(end).trim().empty()) {
      os << line << '\n';
      continue;
    }
    os << line.take_front(end).rtrim() << '\n';
    paragraph(os, "      ", line.drop_front(end), *width);
  }
}

int runTargets(const Options &options) {
  std::string text;
  raw_string_ostream os(text);
  bool json = options.format == "json";
  if (options.arguments.empty()) {
    if (json)
      listJson(os);
    else
      listText(options, os);
    return deliver(options, os.str());
  }
  Expected<Target> target = loadTarget(options.arguments.front());
  if (!target) {
    printError("energy-opt", target.takeError());
    return kUnusable;
  }
  if (json)
    sheetJson(*target, os);
  else
    sheetText(*target, options, os);
  return deliver(options, os.str());
}

} // namespace energyopt
