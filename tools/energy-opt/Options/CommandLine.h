//===- CommandLine.h - The options as llvm::cl has them ---------*- C++ -*-===//
//
// Values are texts here: Options.cpp checks them, so that every complaint about
// one has the same form. What --help, the manual and completion tell of an option
// stands here too; its value_desc says which names it takes (OptionFacts.h).
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TOOL_OPTIONS_COMMANDLINE_H
#define ENERGY_OPT_TOOL_OPTIONS_COMMANDLINE_H

#include "Options/CommandFacts.h"
#include "Options/Options.h"
#include "Options/SiteLine.h"

#include "llvm/Support/CommandLine.h"

namespace energyopt {

/// Made on first use, so that the program starts without constructors.
class CommandLine {
public:
  CommandLine();

  Command command() const;
  std::vector<std::string> arguments() const;

private:
  /// A subcommand as CommandFacts tells of it.
  struct Sub : llvm::cl::SubCommand {
    explicit Sub(Command command) : SubCommand(factsOf(command).name, factsOf(command).title) {}
  };
  using Group = llvm::cl::SubCommandGroup;
  // Registered before the options that refer to them.
  Sub analyze{Command::Analyze}, listTargets{Command::Targets}, listOps{Command::Ops};
  Sub fit{Command::Calibrate}, rewrite{Command::Optimize}, listChecks{Command::Checks};
  Sub judge{Command::Check}, compareTwo{Command::Diff}, place{Command::Compare};
  Sub help{Command::Help}, complete{Command::Completion};
  llvm::cl::SubCommand &none = llvm::cl::SubCommand::getTopLevel();
  /// Those that read models, and of them those that look for suggestions, take files
  /// of several, tell of training, list ops, or fail on checks or coverage.
  Group analysing{&none, &analyze, &rewrite, &judge, &compareTwo, &place};
  Group advising{&none, &analyze, &rewrite, &judge, &compareTwo};
  Group several{&none, &analyze, &judge};
  Group training{&none, &analyze, &rewrite, &judge, &compareTwo};
  Group ranking{&none, &analyze, &compareTwo};
  Group failing{&none, &analyze, &judge};
  Group covering{&none, &analyze, &judge, &place};
  Group sweeping{&none, &analyze};
  Group targeting{&none, &analyze, &fit, &rewrite, &judge, &compareTwo};
  Group waiting{&none, &analyze, &fit, &rewrite, &judge, &compareTwo, &place};
  Group every{&none,       &analyze, &listTargets, &listOps, &fit,  &rewrite,
              &listChecks, &judge,   &compareTwo,  &place,   &help, &complete};
  llvm::cl::OptionCategory modelCategory{"Model"};
  llvm::cl::OptionCategory trainingCategory{"Training"};
  llvm::cl::OptionCategory hardwareCategory{"Hardware"};
  llvm::cl::OptionCategory siteCategory{"Site"};
  llvm::cl::OptionCategory placeCategory{"Placement"};
  llvm::cl::OptionCategory projectCategory{"Project"};
  llvm::cl::OptionCategory reportCategory{"Report"};

  using Text = llvm::cl::opt<std::string>;
  using Texts = llvm::cl::list<std::string>;
  using Flag = llvm::cl::opt<bool>;

  Texts models;
  Text targetName, checkName, table, topic, kind;

public:
  Texts dims;
  Text batch;
  Texts shapes, values, opLike;
  Text mode;
  Text optimizer, checkpointing, parallel, microbatches, globalBatch;
  Text samples, tokens, epochs, price, pricePerHour;
  Texts sweeps;
  Text prompt, generate, decode;
  Flag strict, trustExternal;
  Texts limits;
  Flag splitInput;

  Texts targets, exclude;
  Texts apply;
  Text graphs;
  Text precision, runtime, memory, powerLimit, devices;
  Text region, carbon, hourlyCarbon, pue;

  Text config, base, failOn, threshold;
  Text checks;
  Text format, output, top, explain;
  Flag symbolic;
  Text minCoverage, color;
  Flag quiet, noProgress;
  Text jobs, modelList, skipDone;
  Flag keepGoing;
  SiteLine site;
};

/// What belongs to --mode=training; after mode and precision.
llvm::Error readTrainingOptions(const CommandLine &line, Options &options);

/// The parsed command line; an Error's text is "what is wrong", '\n', "how to
/// mend it".
llvm::Expected<const CommandLine &> parseCommandLine(int argc, char **argv);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OPTIONS_COMMANDLINE_H
