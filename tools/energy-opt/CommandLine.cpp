//===- CommandLine.cpp - The options as llvm::cl has them -----------------===//

#include "CommandLine.h"

#include "OptionValues.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace energyopt {

static constexpr const char *kOverview =
    "energy-opt tells what a model costs in FLOPs, bytes, joules and seconds,\n"
    "from its file alone.\n";

static constexpr const char *kHelp = R"(
Conventions
  MAC     one multiply-accumulate of a contraction (matmul, conv, attention
          products, RNN gates, einsum); papers often call these "FLOPs"
  FLOP    every floating-point operation: 2 per MAC and 1 for all others, a
          transcendental too; integer operations are counted apart
  bytes   min: each tensor of the model crosses DRAM once; max: every op reads
          and writes all its operands. Energy is priced with what the target's
          runtime would do in between
  energy  of the device, chip and memory, for one run of the graph: a value and
          its 90 % interval. Host and facility (PUE) stand apart; carbon
          follows the facility
  An unmodelled op counts nothing and is always listed. A dim that is not given
  gets a default, which the report lists first.

Exit codes
  0  fine
  1  a budget or a --fail-on check failed
  2  wrong usage, or an input that cannot be read or is invalid
  3  coverage below --min-coverage

Examples
  energy-opt resnet50.onnx
  energy-opt gpt2.onnx --dim sequence=512 --batch=4 --precision=fp16
  energy-opt model.onnx --target=nvidia-a100-sxm-80gb,./board.yaml --format=json
  energy-opt model.onnx --explain=/layer1/conv1/Conv
  energy-opt check models/*.onnx --base=../main/models
  energy-opt diff main.onnx branch.onnx --format=markdown
  energy-opt gpt.onnx --mode=training --optimizer=adamw --tokens=3e9
  energy-opt model.onnx --sweep batch=1:256 --target=nvidia-t4,nvidia-l4
  energy-opt llm.onnx --prompt=512 --generate=256 --batch=8
  energy-opt model.onnx --region=gcp-europe-west1 --embodied --equivalences
  energy-opt compare model.onnx --edge=raspberry-pi-4 --cloud=nvidia-t4
  energy-opt targets nvidia-a100-sxm-80gb
  energy-opt calibrate rows.csv --target=nvidia-t4 --graphs=models -o my-t4.yaml
)";

/// The runtimes, a few per line.
static std::string describeRuntimes() {
  std::string text = "What becomes one kernel:";
  size_t lineStart = 0;
  for (StringRef name : runtimeNames()) {
    bool wraps = text.size() - lineStart + name.size() > 48;
    if (wraps)
      lineStart = text.size();
    text += (wraps ? "\n" : " ") + name.str() +
            (name == runtimeNames().back() ? "" : ",");
  }
  return text;
}

CommandLine::CommandLine()
    : runtimeHelp(describeRuntimes()),
      models(cl::Positional, cl::ZeroOrMore, cl::desc("MODEL..."),
             cl::sub(analysing)),
      targetName(cl::Positional, cl::desc("[NAME]"), cl::sub(listTargets)),
      checkName(cl::Positional, cl::desc("[ID]"), cl::sub(listChecks)),
      table(cl::Positional, cl::desc("ROWS.csv"), cl::sub(fit)),
      dims("dim", cl::ZeroOrMore, cl::value_desc("NAME=N"), cl::sub(analysing),
           cl::desc("Size of a symbolic dim; repeatable"),
           cl::cat(modelCategory)),
      batch("batch", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(analysing),
            cl::desc("Size of the batch dim, whatever the model calls it"),
            cl::cat(modelCategory)),
      shapes("shape", cl::ZeroOrMore, cl::value_desc("INPUT=1x3x224x224"),
             cl::sub(analysing),
             cl::desc("Shape of an input whose dims have no names;\n"
                      "repeatable"),
             cl::cat(modelCategory)),
      values("value", cl::ZeroOrMore, cl::value_desc("INPUT=[1,3]"),
             cl::sub(analysing),
             cl::desc("Contents of an input that shapes depend on;\n"
                      "repeatable"),
             cl::cat(modelCategory)),
      opLike("op-like", cl::ZeroOrMore, cl::value_desc("my::Op=other::Op"),
             cl::sub(analysing),
             cl::desc("Price a custom op as a known one; repeatable"),
             cl::cat(modelCategory)),
      mode("mode", cl::ZeroOrMore, cl::value_desc("inference|training"),
           cl::init("inference"), cl::sub(analysing),
           cl::desc("training: forward, backward and an update"),
           cl::cat(modelCategory)),
      optimizer("optimizer", cl::ZeroOrMore, cl::value_desc("NAME"), cl::init("momentum"),
                cl::sub(analysing),
                cl::desc("none, sgd, momentum (default), adam, adamw, adafactor"),
                cl::cat(trainingCategory)),
      checkpointing("checkpointing", cl::ZeroOrMore, cl::value_desc("none|selective|full"),
                    cl::init("none"), cl::sub(analysing),
                    cl::desc("Results that the backward pass computes again"),
                    cl::cat(trainingCategory)),
      parallel("parallel", cl::ZeroOrMore, cl::value_desc("dp:8,tp:2,pp:4"), cl::sub(analysing),
               cl::desc("One job on several devices: replicas (dp), those\n"
                        "that share out states (fsdp), layers shared (tp)\n"
                        "and shared out (pp)"),
               cl::cat(trainingCategory)),
      microbatches("microbatches", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(analysing),
                   cl::desc("Passes of the model's batch in a step, per replica"),
                   cl::cat(trainingCategory)),
      globalBatch("global-batch", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(analysing),
                  cl::desc("The same as samples of a step on all devices"),
                  cl::cat(trainingCategory)),
      samples("samples", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(analysing),
              cl::desc("Size of the run, 1.28e6 for example"), cl::cat(trainingCategory)),
      tokens("tokens", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(analysing),
             cl::desc("The same in tokens, 300e9 for example"), cl::cat(trainingCategory)),
      epochs("epochs", cl::ZeroOrMore, cl::value_desc("M"), cl::sub(analysing),
             cl::desc("Passes over them (default 1)"), cl::cat(trainingCategory)),
      price("price", cl::ZeroOrMore, cl::value_desc("0.12"), cl::sub(analysing),
            cl::desc("Of a kWh of the facility, in any currency"), cl::cat(trainingCategory)),
      pricePerHour("price-per-hour", cl::ZeroOrMore, cl::value_desc("2.50"), cl::sub(analysing),
                   cl::desc("Of an hour of a device, in the same currency"),
                   cl::cat(trainingCategory)),
      sweeps("sweep", cl::ZeroOrMore, cl::value_desc("NAME=1:256"), cl::sub(sweeping),
             cl::desc("Costs over sizes of a dim (1:256 doubles,\n"
                      "128:1024:128 steps, 1,3,7), precision=fp32,fp16 or\n"
                      "target=a,b; repeatable"),
             cl::cat(modelCategory)),
      prompt("prompt", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(sweeping),
             cl::desc("Serve a language model: tokens of a request"),
             cl::cat(modelCategory)),
      generate("generate", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(sweeping),
               cl::desc("and tokens that answer it"), cl::cat(modelCategory)),
      decode("decode", cl::ZeroOrMore, cl::value_desc("FILE"), cl::sub(sweeping),
             cl::desc("The decode step, where it is a model of its own"),
             cl::cat(modelCategory)),
      strict("strict", cl::ZeroOrMore, cl::sub(analysing),
             cl::desc("Refuse to assume a dim that was not given"),
             cl::cat(modelCategory)),
      trustExternal("trust-external", cl::ZeroOrMore, cl::sub(analysing),
                    cl::desc("Follow external data out of the model's folder"),
                    cl::cat(modelCategory)),
      splitInput("split-input-file", cl::ZeroOrMore, cl::sub(analysing),
                 cl::desc("Each part of an MLIR file between // ----- lines\n"
                          "is a model"),
                 cl::cat(modelCategory)),
      targets("target", cl::CommaSeparated, cl::ZeroOrMore,
              cl::value_desc("NAME[,NAME]"), cl::sub(targeting),
              cl::desc("Targets by name or YAML file (default: a GPU, a\n"
                       "TPU and a CPU)"),
              cl::cat(hardwareCategory)),
      exclude("exclude", cl::CommaSeparated, cl::ZeroOrMore,
              cl::value_desc("NAME[,NAME]"), cl::sub(fit),
              cl::desc("Targets whose rows are predicted, not fitted"),
              cl::cat(hardwareCategory)),
      apply("apply", cl::CommaSeparated, cl::ZeroOrMore, cl::value_desc("ID[,ID]"),
            cl::sub(rewrite),
            cl::desc("Checks to apply, in this order, with parameters as in\n"
                     "prune-channels:ratio=0.3; all-exact: those that keep\n"
                     "every output; best: the plan for the target that\n"
                     "needs no work on the accuracy"),
            cl::cat(modelCategory)),
      graphs("graphs", cl::ZeroOrMore, cl::value_desc("FOLDER"), cl::sub(fit),
             cl::desc("Where the models of the rows are (default: beside\n"
                      "the table)"),
             cl::cat(modelCategory)),
      precision(
          "precision", cl::ZeroOrMore, cl::value_desc("NAME"),
          cl::init("as-is"), cl::sub(analysing),
          cl::desc("Price float ops as if they ran so: as-is, fp32, tf32,\n"
                   "fp16, bf16, fp8, int8, int4"),
          cl::cat(hardwareCategory)),
      runtime("runtime", cl::ZeroOrMore, cl::value_desc("NAME"),
              cl::sub(analysing), cl::desc(runtimeHelp),
              cl::cat(hardwareCategory)),
      memory("memory", cl::ZeroOrMore, cl::value_desc("min|typical|max"),
             cl::init("typical"), cl::sub(analysing),
             cl::desc("Price the least bytes, those of the runtime's\n"
                      "kernels, or all operands of every op"),
             cl::cat(hardwareCategory)),
      powerLimit("power-limit", cl::ZeroOrMore, cl::value_desc("250W"),
                 cl::sub(analysing), cl::desc("Cap on a device's power"),
                 cl::cat(hardwareCategory)),
      devices("devices", cl::ZeroOrMore, cl::value_desc("N"), cl::init("1"),
              cl::sub(analysing),
              cl::desc("Devices that share one host, each running the\n"
                       "graph; figures are per device"),
              cl::cat(hardwareCategory)),
      region("region", cl::ZeroOrMore, cl::value_desc("NAME"),
             cl::sub(analysing),
             cl::desc("Where the electricity is from: DEU, Germany,\n"
                      "aws-eu-west-1, ..."),
             cl::cat(siteCategory)),
      carbon("carbon-intensity", cl::ZeroOrMore, cl::value_desc("gCO2e/kWh"),
             cl::sub(analysing),
             cl::desc("Of the electricity, if not by --region"),
             cl::cat(siteCategory)),
      pue("pue", cl::ZeroOrMore, cl::value_desc("RATIO"), cl::sub(analysing),
          cl::desc("Facility power over power of the machines, 1 or more"),
          cl::cat(siteCategory)),
      config("config", cl::ZeroOrMore, cl::value_desc("FILE"), cl::sub(analysing),
             cl::desc("Settings and budgets (default: .energy-opt.yaml of the\n"
                      "model's folder or one above); none: without"),
             cl::cat(reportCategory)),
      base("base", cl::ZeroOrMore, cl::value_desc("PATH"), cl::sub(judge),
           cl::desc("Model, or folder of models, that max_increase of a\n"
                    "budget compares with"),
           cl::cat(reportCategory)),
      failOn("fail-on", cl::ZeroOrMore, cl::value_desc("GLOBS"), cl::sub(reporting),
             cl::desc("Exit with 1 if one of these checks would save"),
             cl::cat(reportCategory)),
      threshold("threshold", cl::ZeroOrMore, cl::value_desc("1%"), cl::init("0"),
                cl::sub(compareTwo),
                cl::desc("Print nothing unless a total, or energy or latency on\n"
                         "a target, changed by more"),
                cl::cat(reportCategory)),
      checks("checks", cl::ZeroOrMore, cl::value_desc("GLOBS"), cl::sub(reporting),
             cl::desc("Suggestions to look for, as \"-*,prune-*\"; without it,\n"
                      "all that need not read weights"),
             cl::cat(reportCategory)),
      format("format", cl::ZeroOrMore, cl::value_desc("NAME"), cl::sub(every),
             cl::desc("text, json, html, csv, markdown, ndjson, sarif,\n"
                      "cyclonedx, spdx, model-card, mlir (ops: text, json,\n"
                      "markdown; compare: the same; diff: these, html; check:\n"
                      "text, json, markdown, junit, sarif; targets, checks,\n"
                      "optimize: text, json; calibrate: text)"),
             cl::cat(reportCategory)),
      output("o", cl::ZeroOrMore, cl::value_desc("FILE"), cl::init("-"),
             cl::sub(every), cl::desc("Write there, all or nothing"),
             cl::cat(reportCategory)),
      top("top", cl::ZeroOrMore, cl::value_desc("N"), cl::init("10"),
          cl::sub(reporting), cl::desc("Ops to list (default 10)"),
          cl::cat(reportCategory)),
      explain("explain", cl::ZeroOrMore, cl::value_desc("NODE"),
              cl::sub(reporting),
              cl::desc("How the figures of one node came to be"),
              cl::cat(reportCategory)),
      symbolic("symbolic", cl::ZeroOrMore, cl::sub(reporting),
               cl::desc("Also give totals as formulas of the dims"),
               cl::cat(reportCategory)),
      minCoverage("min-coverage", cl::ZeroOrMore, cl::value_desc("95%"),
                  cl::init("0"), cl::sub(analysing),
                  cl::desc("Exit with 3 if fewer ops are modelled"),
                  cl::cat(reportCategory)),
      color("color", cl::ZeroOrMore, cl::value_desc("auto|always|never"),
            cl::init("auto"), cl::sub(every),
            cl::desc("Colour (default: on a terminal)"),
            cl::cat(reportCategory)),
      quiet("quiet", cl::ZeroOrMore, cl::sub(every),
            cl::desc("Only errors on stderr"), cl::cat(reportCategory)),
      noProgress("no-progress", cl::ZeroOrMore, cl::sub(every),
                 cl::desc("Do not count models on stderr"),
                 cl::cat(reportCategory)),
      jobs("jobs", cl::ZeroOrMore, cl::value_desc("N"), cl::init("0"),
           cl::sub(analysing),
           cl::desc("Models to analyze at a time (default: one per core)"),
           cl::cat(reportCategory)),
      site({&cl::SubCommand::getTopLevel(), &analyze},
           {&cl::SubCommand::getTopLevel(), &analyze, &place}, place, siteCategory) {}

Command CommandLine::command() const {
  if (listTargets)
    return Command::Targets;
  if (fit)
    return Command::Calibrate;
  if (rewrite)
    return Command::Optimize;
  if (listChecks)
    return Command::Checks;
  if (judge)
    return Command::Check;
  if (compareTwo)
    return Command::Diff;
  if (place)
    return Command::Compare;
  return listOps ? Command::Ops : Command::Analyze;
}

static std::vector<std::string> atMostOne(const std::string &argument) {
  return argument.empty() ? std::vector<std::string>() : std::vector<std::string>{argument};
}

std::vector<std::string> CommandLine::arguments() const {
  switch (command()) {
  case Command::Targets:
    return atMostOne(targetName);
  case Command::Checks:
    return atMostOne(checkName);
  case Command::Calibrate:
    return atMostOne(table);
  case Command::Ops:
    return {};
  case Command::Analyze:
  case Command::Optimize:
  case Command::Check:
  case Command::Diff:
  case Command::Compare:
    break;
  }
  return {models.begin(), models.end()};
}

/// Takes out the options of the libraries we link: they mean nothing here, one
/// of them is called --color too, and a typo should not be taken for one.
static void removeForeignOptions() {
  for (cl::SubCommand *sub :
       {&cl::SubCommand::getTopLevel(), &cl::SubCommand::getAll()}) {
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
  return is_contained(
      {"", "true", "TRUE", "True", "1", "false", "FALSE", "False", "0"}, value);
}

/// Goes over the arguments as llvm::cl is about to, and finds what it would
/// complain about in several lines, some of them straight to stderr.
static Error checkArguments(ArrayRef<const char *> arguments) {
  cl::SubCommand *sub = &cl::SubCommand::getTopLevel();
  for (cl::SubCommand *named : cl::getRegisteredSubcommands())
    if (!arguments.empty() && !named->getName().empty() &&
        named->getName() == arguments.front())
      sub = named;
  StringMap<cl::Option *> &known = cl::getRegisteredOptions(*sub);
  for (size_t i = 0; i < arguments.size(); ++i) {
    StringRef argument = arguments[i];
    if (argument == "--")
      break;
    if (!argument.starts_with("-") || argument == "-")
      continue;
    auto [name, value] = argument.ltrim('-').split('=');
    auto found = known.find(name);
    if (found == known.end()) {
      SmallVector<StringRef, 32> names(known.keys());
      std::string near = nearest(name, names);
      return usageError("unknown option '" + argument.split('=').first + "'",
                        near.empty() ? "energy-opt --help lists the options"
                                     : "did you mean '--" + near + "'?");
    }
    bool hasValue = argument.contains('=');
    if (found->second->getValueExpectedFlag() == cl::ValueRequired) {
      if (!hasValue && ++i == arguments.size())
        return usageError("--" + name + " lacks a value",
                          "give it as in --" + name + "=" +
                              found->second->ValueStr);
    } else if (hasValue && !isFlagValue(value)) {
      return usageError("--" + name + " takes no value",
                        "leave out '=" + value + "'");
    }
  }
  return Error::success();
}

/// The options, registered once and for all.
static const CommandLine &registered() {
  static const CommandLine &all = []() -> const CommandLine & {
    cl::getRegisteredOptions(); // makes LLVM register its own
    removeForeignOptions();
    static CommandLine line;
    static cl::extrahelp help(kHelp);
    cl::SetVersionPrinter([](raw_ostream &os) {
      os << "energy-opt " << toolVersion() << " (LLVM " << LLVM_VERSION_STRING << ")\n";
    });
    return line;
  }();
  return all;
}

Expected<const CommandLine &> parseCommandLine(int argc, char **argv) {
  const CommandLine &line = registered();
  if (Error error = checkArguments(ArrayRef(argv + 1, argv + argc)))
    return error;
  cl::ResetAllOptionOccurrences(); // a program may ask more than once
  // What is left to complain about are arguments that a command has no use for.
  raw_null_ostream nowhere;
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &nowhere))
    return usageError("too many arguments",
                      "energy-opt --help shows the usage");
  return line;
}

} // namespace energyopt
