//===- CommandLine.h - The options as llvm::cl has them ---------*- C++ -*-===//
//
// Declarations and help. Values are texts here: Options.cpp checks them, so
// that every complaint about one has the same form.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TOOL_COMMANDLINE_H
#define ENERGY_OPT_TOOL_COMMANDLINE_H

#include "Options.h"
#include "SiteLine.h"

#include "llvm/Support/CommandLine.h"

namespace energyopt {

/// Made on first use, so that the program starts without constructors.
class CommandLine {
public:
  CommandLine();

  Command command() const;
  std::vector<std::string> arguments() const;

private:
  // Registered before the options that refer to them.
  llvm::cl::SubCommand analyze{"analyze", "What a model costs (the default)"};
  llvm::cl::SubCommand listTargets{
      "targets", "List targets, or print one with every source"};
  llvm::cl::SubCommand listOps{"ops", "List which ops are modelled, and how"};
  llvm::cl::SubCommand fit{
      "calibrate", "Fit a target, or the constants of all, to measurements"};
  llvm::cl::SubCommand rewrite{
      "optimize", "Write a model that costs less and computes the same"};
  llvm::cl::SubCommand listChecks{"checks", "List rewrites, or explain one"};
  llvm::cl::SubCommand judge{"check", "Whether models keep a project's budgets"};
  llvm::cl::SubCommand compareTwo{"diff", "What changed from one model to another"};
  llvm::cl::SubCommand place{
      "compare", "Place the work: on the device or in a data centre"};
  llvm::cl::SubCommandGroup analysing{&llvm::cl::SubCommand::getTopLevel(),
                                      &analyze, &rewrite, &judge, &compareTwo, &place};
  /// Those that analyze models for what they cost by themselves.
  llvm::cl::SubCommandGroup reporting{&llvm::cl::SubCommand::getTopLevel(),
                                      &analyze, &rewrite, &judge, &compareTwo};
  llvm::cl::SubCommandGroup sweeping{&llvm::cl::SubCommand::getTopLevel(), &analyze};
  llvm::cl::SubCommandGroup every{&llvm::cl::SubCommand::getTopLevel(),
                                  &analyze, &listTargets, &listOps, &fit,
                                  &rewrite, &listChecks, &judge, &compareTwo, &place};
  llvm::cl::SubCommandGroup targeting{&llvm::cl::SubCommand::getTopLevel(),
                                      &analyze, &fit, &rewrite, &judge, &compareTwo};
  llvm::cl::OptionCategory modelCategory{"Model"};
  llvm::cl::OptionCategory trainingCategory{"Training"};
  llvm::cl::OptionCategory hardwareCategory{"Hardware"};
  llvm::cl::OptionCategory siteCategory{"Site"};
  llvm::cl::OptionCategory reportCategory{"Report"};

  using Text = llvm::cl::opt<std::string>;
  using Texts = llvm::cl::list<std::string>;
  using Flag = llvm::cl::opt<bool>;

  std::string runtimeHelp;
  Texts models;
  Text targetName, checkName, table;

public:
  Texts dims;
  Text batch;
  Texts shapes, values, opLike;
  Text mode;
  Text optimizer, checkpointing, parallel, microbatches, globalBatch;
  Text samples, tokens, epochs, price, pricePerHour;
  Texts sweeps;
  Text prompt, generate, decode;
  Flag strict, trustExternal, splitInput;

  Texts targets, exclude;
  Texts apply;
  Text graphs;
  Text precision, runtime, memory, powerLimit, devices;
  Text region, carbon, pue;

  Text config, base, failOn, threshold;
  Text checks;
  Text format, output, top, explain;
  Flag symbolic;
  Text minCoverage, color;
  Flag quiet, noProgress;
  Text jobs;
  SiteLine site;
};

/// What belongs to --mode=training; after mode and precision.
llvm::Error readTrainingOptions(const CommandLine &line, Options &options);

/// The parsed command line; an Error's text is "what is wrong", '\n', "how to
/// mend it".
llvm::Expected<const CommandLine &> parseCommandLine(int argc, char **argv);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_COMMANDLINE_H
