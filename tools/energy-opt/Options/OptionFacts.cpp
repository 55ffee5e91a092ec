//===- OptionFacts.cpp - What people are told of the options --------------===//

#include "Options/OptionFacts.h"

#include "Options/OpNames.h"
#include "Options/Options.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"

using namespace llvm;

namespace energyopt {

StringRef name(Names names) {
  switch (names) {
  case Names::Targets:
    return "targets";
  case Names::Regions:
    return "regions";
  case Names::Checks:
    return "checks";
  case Names::Ops:
    return "ops";
  case Names::Fixed:
  case Names::Files:
  case Names::Folders:
  case Names::None:
    break;
  }
  return "";
}

std::vector<std::string> listNames(Names names) {
  std::vector<std::string> list;
  if (names == Names::Targets)
    for (const TargetEntry &entry : builtinTargets())
      list.push_back(entry.name.str());
  if (names == Names::Regions)
    visitRegions([&](const Region &region) { list.push_back(region.code.str()); });
  if (names == Names::Checks)
    for (const Check *check : allChecks())
      list.push_back(check->id.str());
  if (names == Names::Ops)
    list = spelledOps();
  return list;
}

/// The names of a value that is called like them.
static std::vector<StringRef> fixedNames(StringRef value, Command command) {
  if (value == "FORMAT")
    return formatsOf(command);
  for (const auto &[called, names] : {std::pair(StringRef("PRECISION"), precisionNames()),
                                      {"RUNTIME", runtimeNames()},
                                      {"OPTIMIZER", optimizerNames()}})
    if (value == called)
      return names.vec();
  return {};
}

static Names namesOf(StringRef value) {
  if (value.starts_with("TARGET"))
    return Names::Targets;
  if (value == "REGION")
    return Names::Regions;
  if (value.starts_with("CHECK"))
    return Names::Checks;
  if (value == "FILE" || value == "PATH")
    return Names::Files;
  return value == "FOLDER" ? Names::Folders : Names::None;
}

/// What can stand for the value of an option, by what it is called.
static void addValues(OptionFacts &option, Command command) {
  option.isList = option.value.contains("[,") || option.value == "CHECKS";
  option.names = namesOf(option.value);
  std::vector<StringRef> fixed = fixedNames(option.value, command);
  if (!fixed.empty())
    option.help += ": " + join(fixed, ", ");
  // "none|selective|full" names them itself; a number among them is an example.
  SmallVector<StringRef> choices;
  if (option.value.contains('|'))
    option.value.split(choices, '|');
  copy_if(choices, std::back_inserter(fixed), [](StringRef text) {
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == StringRef::npos;
  });
  for (StringRef text : fixed)
    option.fixed.push_back(text.str());
  if (!fixed.empty())
    option.names = Names::Fixed;
}

std::string OptionFacts::spelled() const {
  if (name.size() == 1)
    return ("-" + name + (value.empty() ? "" : " ") + value).str();
  return ("--" + name + (value.empty() ? "" : "=") + value).str();
}

/// The registry's entries of a subcommand that are options of ours, as declared:
/// they are members of one object.
static std::vector<cl::Option *> registered(StringRef command) {
  std::vector<cl::Option *> options;
  for (cl::SubCommand *sub : cl::getRegisteredSubcommands())
    if (sub->getName() == command)
      for (auto &entry : cl::getRegisteredOptions(*sub))
        if (!is_contained({"help", "h", "version"}, entry.first()))
          options.push_back(entry.second);
  sort(options, std::less<>());
  return options;
}

std::vector<OptionFacts> optionsOf(Command command) {
  std::vector<OptionFacts> facts;
  for (cl::Option *option : registered(factsOf(command).name)) {
    OptionFacts each;
    each.name = option->ArgStr;
    each.value = option->ValueStr;
    each.group = option->Categories.front()->getName();
    each.help = option->HelpStr.str();
    addValues(each, command);
    // Behind the last of its group, which may have been left for another.
    auto last = find_if(reverse(facts), [&](auto &f) { return f.group == each.group; });
    facts.insert(last == facts.rend() ? facts.end() : last.base(), std::move(each));
  }
  return facts;
}

bool takesModels(Command command) {
  return is_contained(
      {Command::Analyze, Command::Check, Command::Diff, Command::Optimize, Command::Compare},
      command);
}

} // namespace energyopt
