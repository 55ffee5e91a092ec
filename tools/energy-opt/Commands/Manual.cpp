//===- Manual.cpp - The manual page ---------------------------------------===//
//
// For man(7)'s macros; what it says is what --help says.
//
//===----------------------------------------------------------------------===//

#include "Commands/Help.h"
#include "Options/OptionFacts.h"

#include "energy-opt/Views.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace energyopt {

/// Text that roff prints as it is: a hyphen stays one, and nothing is a request.
static std::string roff(StringRef text) {
  std::string out = text.starts_with(".") || text.starts_with("'") ? "\\&" : "";
  for (char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '`')
      out += "\\(ga";
    else if (c == '~')
      out += "\\(ti";
    else if (c == '^')
      out += "\\(ha";
    else
      out += c;
  }
  return out;
}

static void printTerm(StringRef term, StringRef words, raw_ostream &os) {
  os << ".TP\n.B " << roff(term) << '\n' << roff(words) << '\n';
}

static void printExamples(ArrayRef<StringLiteral> examples, raw_ostream &os) {
  os << ".PP\n.nf\n";
  for (StringRef example : examples)
    os << ".B " << roff(example) << '\n';
  os << ".fi\n";
}

namespace {
/// An option, and the subcommands that it looks the same in.
struct SharedOption {
  OptionFacts facts;
  std::vector<StringRef> commands;
};
} // namespace

static std::vector<SharedOption> sharedOptions() {
  std::vector<SharedOption> shared;
  for (const CommandFacts &command : allCommands())
    for (OptionFacts &option : optionsOf(command.command)) {
      auto same = find_if(shared, [&](const SharedOption &other) {
        return other.facts.name == option.name && other.facts.help == option.help;
      });
      if (same == shared.end())
        same = shared.insert(shared.end(), {std::move(option), {}});
      same->commands.push_back(command.name);
    }
  return shared;
}

/// "Of analyze, check." where it is not an option of all.
static std::string ofCommands(const SharedOption &option) {
  if (option.commands.size() == allCommands().size())
    return "";
  return " (" + join(option.commands, ", ") + ")";
}

static void printOptions(raw_ostream &os) {
  std::vector<SharedOption> options = sharedOptions();
  std::vector<StringRef> groups;
  for (const SharedOption &option : options)
    if (!is_contained(groups, option.facts.group))
      groups.push_back(option.facts.group);
  os << ".SH OPTIONS\nOf an option that is given twice the last one counts, where it does not say "
        "that it can be repeated. Behind each stand the subcommands that have it.\n";
  for (StringRef group : groups) {
    os << ".SS " << roff(group) << '\n';
    for (const SharedOption &option : options)
      if (option.facts.group == group)
        printTerm(option.facts.spelled(), option.facts.help + ofCommands(option), os);
  }
  os << ".SS General\n";
  printTerm("--help", "What a subcommand does, its options, and examples", os);
  printTerm("--version", "The version of the program", os);
}

static void printCommand(const CommandFacts &command, raw_ostream &os) {
  os << ".SS " << roff(command.name) << "\n.B " << roff(("energy-opt " + command.usage).str())
     << "\n.PP\n"
     << roff(command.title) << ".\n"
     << roff(command.about) << (command.about.empty() ? "" : "\n");
  printExamples(command.examples, os);
}

void printManual(raw_ostream &os) {
  os << ".\\\" Made by energy-opt help --format=man.\n.TH ENERGY\\-OPT 1 \"\" \"energy\\-opt "
     << roff(toolVersion()) << "\" \"User Commands\"\n"
     << ".SH NAME\nenergy\\-opt \\- tell what a neural network costs in joules\n.SH SYNOPSIS\n";
  for (const CommandFacts &command : allCommands())
    os << (command.command == Command::Analyze ? "" : ".br\n") << ".B "
       << roff(("energy-opt " + command.usage).str()) << '\n';
  os << ".SH DESCRIPTION\n" << roff(overview()) << "\n.SH SUBCOMMANDS\n";
  for (const CommandFacts &command : allCommands())
    printCommand(command, os);
  printOptions(os);
  for (const HelpTopic &topic : helpTopics()) {
    os << ".SH " << StringRef(topic.title).upper() << '\n';
    for (const auto &[term, words] : topic.lines)
      if (term.empty())
        os << ".PP\n" << roff(words) << '\n';
      else
        printTerm(term, words, os);
  }
  os << ".SH EXAMPLES\n";
  for (const CommandFacts &command : allCommands())
    printExamples(command.examples.front(), os);
}

} // namespace energyopt
