//===- Ops.cpp - energy-opt ops -------------------------------------------===//

#include "Commands/Commands.h"

using namespace llvm;

namespace energyopt {

int runOps(const Options &options) {
  std::string text;
  raw_string_ostream os(text);
  if (options.format == "json")
    printRulesJson(allRules(), os);
  else if (options.format == "markdown")
    printRulesMarkdown(allRules(), os);
  else
    printRulesText(allRules(), os);
  return deliver(options, os.str());
}

} // namespace energyopt
