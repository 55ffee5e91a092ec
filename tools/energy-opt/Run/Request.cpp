//===- Request.cpp - What a program asks, instead of a terminal -----------===//

#include "Run/Request.h"

#include "Options/OptionValues.h"

#include <mutex>

using namespace llvm;

namespace energyopt {

Expected<Options> parseRequest(ArrayRef<std::string> arguments) {
  std::vector<std::string> all{"energy-opt"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char *> argv;
  for (std::string &argument : all)
    argv.push_back(argument.data());
  // llvm::cl has one set of options for all.
  static std::mutex parsing;
  std::lock_guard<std::mutex> lock(parsing);
  return parseOptions(static_cast<int>(argv.size()), argv.data());
}

Expected<std::string> Answer::render(StringRef format) const {
  const View *view = findView(format);
  if (!view) {
    std::vector<StringRef> known;
    for (const View &each : allViews())
      known.push_back(each.name);
    return usageError("unknown format '" + format + "'", chooseFrom(format, known));
  }
  ViewOptions options;
  options.sheets = sheets;
  options.top = top;
  std::string text;
  raw_string_ostream os(text);
  view->print(report, options, os);
  return text;
}

} // namespace energyopt
