//===- ParseCommandLine.cpp - From arguments to a CommandLine -------------===//

#include "Options/CommandLine.h"

#include "Commands/Help.h"
#include "Options/OptionFacts.h"
#include "Options/OptionValues.h"
#include "Stamp.h"

#include "Shape/Nearest.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

#include <cstdlib>

using namespace llvm;

namespace energyopt {

/// Takes out the options of the libraries we link: they mean nothing here, one
/// of them is called --color too, and a typo should not be taken for one.
static void removeForeignOptions() {
  for (cl::SubCommand *sub : {&cl::SubCommand::getTopLevel(), &cl::SubCommand::getAll()}) {
    SmallVector<cl::Option *, 64> foreign;
    for (auto &entry : cl::getRegisteredOptions(*sub))
      if (!is_contained({"help", "h", "version"}, entry.first()))
        foreign.push_back(entry.second);
    for (cl::Option *option : foreign)
      option->removeArgument();
  }
}

/// Whether llvm::cl's parser of flags takes `value`.
static bool isFlagValue(StringRef value) {
  return is_contained({"", "true", "TRUE", "True", "1", "false", "FALSE", "False", "0"}, value);
}

/// The subcommand that the arguments begin with; null for the default one.
static const CommandFacts *namedCommand(ArrayRef<const char *> arguments) {
  return arguments.empty() ? nullptr : findCommand(arguments.front());
}

/// Where else an option of that name belongs, as "check, diff".
static std::string ownersOf(StringRef option) {
  std::vector<StringRef> owners;
  for (const CommandFacts &facts : allCommands())
    if (any_of(optionsOf(facts.command), [&](auto &each) { return each.name == option; }))
      owners.push_back(facts.name);
  return join(owners, ", ");
}

/// The whole name before the '=' is no option of the subcommand.
static Error unknownOption(StringRef spelled, const CommandFacts *command,
                           const StringMap<cl::Option *> &options) {
  StringRef name = spelled.ltrim('-');
  std::string help = "energy-opt " + (command ? command->name.str() + " " : "") + "--help";
  std::string owners = ownersOf(name);
  if (command && !owners.empty())
    return usageError("'" + spelled + "' is no option of " + command->name,
                      "it belongs to " + owners + "; " + help + " lists those of " + command->name);
  std::vector<StringRef> known;
  for (const auto &entry : options)
    known.push_back(entry.first());
  sort(known);
  std::vector<std::string> near;
  for (StringRef each : nearest(name, known))
    near.push_back(((each.size() == 1 ? "-" : "--") + each).str());
  std::string question = didYouMean(std::vector<StringRef>(near.begin(), near.end()));
  return usageError("unknown option '" + spelled + "'",
                    question.empty() ? help + " lists the options" : question);
}

/// A word that is neither a subcommand nor a file, and looks like the former.
static Error checkCommand(ArrayRef<const char *> arguments) {
  StringRef word = arguments.empty() ? "" : arguments.front();
  if (word.empty() || word.find_first_of("-@./") != StringRef::npos || findCommand(word) ||
      sys::fs::exists(word))
    return Error::success();
  std::vector<StringRef> known;
  for (const CommandFacts &facts : allCommands())
    known.push_back(facts.name);
  std::string question = didYouMean(word, known);
  if (question.empty())
    return Error::success(); // a model that is not there
  return usageError("'" + word + "' is neither a subcommand nor a file", question);
}

/// Goes over the arguments as llvm::cl is about to, and finds what it would
/// complain about in several lines, some of them straight to stderr.
static Error checkArguments(ArrayRef<const char *> arguments, bool &wantsHelp) {
  if (Error error = checkCommand(arguments))
    return error;
  const CommandFacts *command = namedCommand(arguments);
  cl::SubCommand *sub = &cl::SubCommand::getTopLevel();
  for (cl::SubCommand *named : cl::getRegisteredSubcommands())
    if (command && named->getName() == command->name)
      sub = named;
  StringMap<cl::Option *> &known = cl::getRegisteredOptions(*sub);
  for (size_t i = 0; i < arguments.size(); ++i) {
    StringRef argument = arguments[i];
    if (argument == "--")
      break;
    if (!argument.starts_with("-") || argument == "-")
      continue;
    auto [name, value] = argument.ltrim('-').split('=');
    if (name == "help" || name == "h") {
      wantsHelp = true;
      continue;
    }
    auto found = known.find(name);
    if (found == known.end())
      return unknownOption(argument.split('=').first, command, known);
    bool hasValue = argument.contains('=');
    if (found->second->getValueExpectedFlag() == cl::ValueRequired) {
      if (!hasValue && ++i == arguments.size())
        return usageError("--" + name + " lacks a value",
                          "give it as in --" + name + "=" + found->second->ValueStr);
    } else if (hasValue && !isFlagValue(value)) {
      return usageError("--" + name + " takes no value", "leave out '=" + value + "'");
    }
  }
  return Error::success();
}

/// The options, registered once and for all.
static const CommandLine &registered() {
  static const CommandLine &all = []() -> const CommandLine & {
    cl::getRegisteredOptions(); // makes LLVM register its own
    removeForeignOptions();
    // Never freed: to take back each option of each subcommand takes time at every exit.
    CommandLine &line = *new CommandLine;
    cl::SetVersionPrinter([](raw_ostream &os) {
      os << "energy-opt " << toolVersion() << " (" << buildStamp()
         << (buildStamp().empty() ? "" : ", ") << "LLVM " << LLVM_VERSION_STRING << ")\n";
    });
    return line;
  }();
  return all;
}

Expected<const CommandLine &> parseCommandLine(int argc, char **argv) {
  const CommandLine &line = registered();
  ArrayRef<const char *> arguments(argv + 1, argv + argc);
  bool wantsHelp = false;
  if (Error error = checkArguments(arguments, wantsHelp))
    return error;
  if (wantsHelp) {
    const CommandFacts *command = namedCommand(arguments);
    command ? printHelp(command->command, outs()) : printHelp(outs());
    std::exit(0);
  }
  cl::ResetAllOptionOccurrences(); // a program may ask more than once
  // What is left to complain about are arguments that a command has no use for.
  raw_null_ostream nowhere;
  if (!cl::ParseCommandLineOptions(argc, argv, "", &nowhere))
    return usageError("too many arguments", "energy-opt --help shows the usage");
  return line;
}

} // namespace energyopt
