//===- Help.cpp - energy-opt help -----------------------------------------===//

#include "Commands/Help.h"

#include "Commands/Commands.h"
#include "Options/OptionFacts.h"
#include "Options/OptionValues.h"
#include "Output/Output.h"

#include "Report/Format.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace energyopt {

namespace {
/// Headings, and terms with their explanations beside them.
class HelpPage {
public:
  explicit HelpPage(raw_ostream &os) : os(os), width(screenColumns()) {}

  void text(StringRef words) { paragraph(os, "", words, width); }
  void heading(StringRef title) { os << '\n' << title << '\n'; }
  void line(StringRef words) { paragraph(os, "  ", words, width, /*hang=*/4); }
  void term(StringRef name, StringRef words, unsigned column) {
    std::string left = ("  " + name + "  ").str();
    if (left.size() > column) {
      os << StringRef(left).rtrim() << '\n';
      left.clear();
    }
    left.resize(column, ' ');
    paragraph(os, left, words, width);
  }

private:
  raw_ostream &os;
  unsigned width;
};
} // namespace

static void printTopic(const HelpTopic &topic, HelpPage &page) {
  unsigned column = 0;
  for (const auto &[term, words] : topic.lines)
    column = std::max<unsigned>(column, term.size() + 4);
  page.heading(topic.title);
  for (const auto &[term, words] : topic.lines)
    term.empty() ? page.line(words) : page.term(term, words, column);
}

static void printExamples(ArrayRef<StringLiteral> examples, HelpPage &page) {
  page.heading("Examples");
  for (StringRef example : examples)
    page.line(example);
}

void printHelp(raw_ostream &os) {
  HelpPage page(os);
  page.text(overview());
  page.heading("Usage");
  for (const CommandFacts &facts : allCommands())
    page.line(("energy-opt " + facts.usage).str());
  page.heading("Subcommands");
  for (const CommandFacts &facts : allCommands())
    page.term(facts.name, facts.title, /*column=*/14);
  page.line("energy-opt SUBCOMMAND --help tells its options, with examples; energy-opt --version "
            "which version this is.");
  for (const HelpTopic &topic : helpTopics())
    printTopic(topic, page);
  SmallVector<StringLiteral> first;
  for (const CommandFacts &facts : allCommands())
    if (takesModels(facts.command))
      first.push_back(facts.examples.front());
  printExamples(first, page);
}

void printHelp(Command command, raw_ostream &os) {
  constexpr unsigned kColumn = 30;
  const CommandFacts &facts = factsOf(command);
  HelpPage page(os);
  page.text(("energy-opt " + facts.name + ": " + facts.title).str());
  page.heading("Usage");
  page.line(("energy-opt " + facts.usage).str());
  if (!facts.about.empty()) {
    os << '\n';
    page.text(facts.about);
  }
  StringRef group;
  for (const OptionFacts &option : optionsOf(command)) {
    if (option.group != group)
      page.heading(option.group);
    group = option.group;
    page.term(option.spelled(), option.help, kColumn);
  }
  printExamples(facts.examples, page);
}

int runHelp(const Options &options) {
  const CommandFacts *asked = nullptr;
  if (!options.arguments.empty()) {
    StringRef name = options.arguments.front();
    asked = findCommand(name);
    if (!asked) {
      std::vector<StringRef> known;
      for (const CommandFacts &facts : allCommands())
        known.push_back(facts.name);
      printError("energy-opt",
                 usageError("there is no subcommand '" + name + "'", chooseFrom(name, known)));
      return kUnusable;
    }
  }
  return deliver(options, [&](raw_ostream &os) {
    if (options.format == "man")
      printManual(os);
    else if (asked)
      printHelp(asked->command, os);
    else
      printHelp(os);
  });
}

} // namespace energyopt
