//===- Completion.cpp - energy-opt completion -----------------------------===//

#include "Commands/Completion.h"

#include "Commands/Commands.h"
#include "Options/OptionFacts.h"
#include "Options/OptionValues.h"
#include "Output/Output.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

using PrintScript = void (*)(raw_ostream &os);
static constexpr std::pair<StringLiteral, PrintScript> kShells[] = {
    {"bash", printBashCompletion}, {"zsh", printZshCompletion}, {"fish", printFishCompletion}};
static constexpr Names kLists[] = {Names::Targets, Names::Regions, Names::Checks, Names::Ops};

/// Prints what `kind` asks for; false if it is none of the kinds.
static bool print(StringRef kind, raw_ostream &os) {
  for (auto [shell, script] : kShells)
    if (kind == shell) {
      script(os);
      return true;
    }
  for (Names names : kLists)
    if (kind == name(names)) {
      for (const std::string &each : listNames(names))
        os << each << '\n';
      return true;
    }
  return false;
}

int runCompletion(const Options &options) {
  StringRef kind = options.arguments.empty() ? "" : StringRef(options.arguments.front());
  std::string text;
  raw_string_ostream os(text);
  if (print(kind, os))
    return deliver(options, text);
  std::vector<StringRef> known;
  for (const auto &[shell, script] : kShells)
    known.push_back(shell);
  for (Names names : kLists)
    known.push_back(name(names));
  printError(
      "energy-opt",
      usageError("completion: " + (kind.empty() ? "of what?" : "unknown word '" + kind + "'"),
                 chooseFrom(kind, known)));
  return kUnusable;
}

} // namespace energyopt
