//===- CommandLine.cpp - The options as llvm::cl has them -----------------===//

#include "Options/CommandLine.h"

using namespace llvm;

namespace energyopt {

CommandLine::CommandLine()
    : models(cl::Positional, cl::ZeroOrMore, cl::desc("MODEL..."), cl::sub(analysing)),
      targetName(cl::Positional, cl::desc("[TARGET]"), cl::sub(listTargets)),
      checkName(cl::Positional, cl::desc("[ID]"), cl::sub(listChecks)),
      table(cl::Positional, cl::desc("ROWS.csv"), cl::sub(fit)),
      topic(cl::Positional, cl::desc("[SUBCOMMAND]"), cl::sub(help)),
      kind(cl::Positional, cl::desc("KIND"), cl::sub(complete)),
      dims("dim", cl::ZeroOrMore, cl::value_desc("NAME=N"), cl::sub(analysing),
           cl::desc("Size of a symbolic dim; repeatable"), cl::cat(modelCategory)),
      batch("batch", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(analysing),
            cl::desc("Size of the batch dim, whatever the model calls it"), cl::cat(modelCategory)),
      shapes("shape", cl::ZeroOrMore, cl::value_desc("INPUT=1x3x224x224"), cl::sub(analysing),
             cl::desc("Shape of an input whose dims have no names; repeatable"),
             cl::cat(modelCategory)),
      values("value", cl::ZeroOrMore, cl::value_desc("INPUT=[1,3]"), cl::sub(analysing),
             cl::desc("Contents of an input that shapes depend on; repeatable"),
             cl::cat(modelCategory)),
      opLike("op-like", cl::ZeroOrMore, cl::value_desc("my::Op=other::Op"), cl::sub(analysing),
             cl::desc("Price a custom op as a known one; repeatable"), cl::cat(modelCategory)),
      mode("mode", cl::ZeroOrMore, cl::value_desc("inference|training"), cl::init("inference"),
           cl::sub(training),
           cl::desc("training: forward, backward and an update (default inference)"),
           cl::cat(trainingCategory)),
      optimizer("optimizer", cl::ZeroOrMore, cl::value_desc("OPTIMIZER"), cl::init("momentum"),
                cl::sub(training), cl::desc("Of the update (default momentum)"),
                cl::cat(trainingCategory)),
      checkpointing("checkpointing", cl::ZeroOrMore, cl::value_desc("none|selective|full"),
                    cl::init("none"), cl::sub(training),
                    cl::desc("Results that the backward pass computes again (default none)"),
                    cl::cat(trainingCategory)),
      parallel("parallel", cl::ZeroOrMore, cl::value_desc("dp:8,tp:2,pp:4"), cl::sub(training),
               cl::desc("One job on several devices: replicas (dp), those that share out "
                        "states (fsdp), layers shared (tp) and shared out (pp)"),
               cl::cat(trainingCategory)),
      microbatches("microbatches", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(training),
                   cl::desc("Passes of the model's batch in a step, per replica"),
                   cl::cat(trainingCategory)),
      globalBatch("global-batch", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(training),
                  cl::desc("The same as samples of a step on all devices"),
                  cl::cat(trainingCategory)),
      samples("samples", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(training),
              cl::desc("Size of the run, 1.28e6 for example"), cl::cat(trainingCategory)),
      tokens("tokens", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(training),
             cl::desc("The same in tokens, 300e9 for example"), cl::cat(trainingCategory)),
      epochs("epochs", cl::ZeroOrMore, cl::value_desc("M"), cl::sub(training),
             cl::desc("Passes over them (default 1)"), cl::cat(trainingCategory)),
      price("price", cl::ZeroOrMore, cl::value_desc("0.12"), cl::sub(training),
            cl::desc("Of a kWh of the facility, in any currency"), cl::cat(trainingCategory)),
      pricePerHour("price-per-hour", cl::ZeroOrMore, cl::value_desc("2.50"), cl::sub(training),
                   cl::desc("Of an hour of a device, in the same currency"),
                   cl::cat(trainingCategory)),
      sweeps("sweep", cl::ZeroOrMore, cl::value_desc("NAME=1:256"), cl::sub(sweeping),
             cl::desc("Costs over sizes of a dim (1:256 doubles, 128:1024:128 steps, "
                      "1,3,7), precision=fp32,fp16 or target=a,b; repeatable"),
             cl::cat(modelCategory)),
      prompt("prompt", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(sweeping),
             cl::desc("Serve a language model: tokens of a request"), cl::cat(modelCategory)),
      generate("generate", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(sweeping),
               cl::desc("and tokens that answer it"), cl::cat(modelCategory)),
      decode("decode", cl::ZeroOrMore, cl::value_desc("FILE"), cl::sub(sweeping),
             cl::desc("The decode step, where it is a model of its own"), cl::cat(modelCategory)),
      strict("strict", cl::ZeroOrMore, cl::sub(analysing),
             cl::desc("Refuse to assume a dim that was not given"), cl::cat(modelCategory)),
      trustExternal("trust-external", cl::ZeroOrMore, cl::sub(analysing),
                    cl::desc("Follow external data out of the model's folder"),
                    cl::cat(modelCategory)),
      limits("limit", cl::ZeroOrMore, cl::value_desc("LIMIT=N"), cl::sub(analysing),
             cl::desc("Raise (or lower) what a file may ask for, as in nesting=100; an error "
                      "names the limit that it met"),
             cl::cat(modelCategory)),
      splitInput("split-input-file", cl::ZeroOrMore, cl::sub(several),
                 cl::desc("Each part of an MLIR file between // ----- lines is a model"),
                 cl::cat(modelCategory)),
      targets("target", cl::CommaSeparated, cl::ZeroOrMore, cl::value_desc("TARGET[,TARGET]"),
              cl::sub(targeting),
              cl::desc("Targets by name or YAML file (default: a GPU, a TPU and a CPU)"),
              cl::cat(hardwareCategory)),
      exclude("exclude", cl::CommaSeparated, cl::ZeroOrMore, cl::value_desc("TARGET[,TARGET]"),
              cl::sub(fit), cl::desc("Targets whose rows are predicted, not fitted"),
              cl::cat(hardwareCategory)),
      apply("apply", cl::CommaSeparated, cl::ZeroOrMore, cl::value_desc("CHECK[,CHECK]"),
            cl::sub(rewrite),
            cl::desc("Checks to apply, in this order, with parameters as in "
                     "prune-channels:ratio=0.3; all-exact: those that keep every "
                     "output; best: the plan for the target that needs no work on the "
                     "accuracy"),
            cl::cat(modelCategory)),
      graphs("graphs", cl::ZeroOrMore, cl::value_desc("FOLDER"), cl::sub(fit),
             cl::desc("Where the models of the rows are (default: beside the table)"),
             cl::cat(modelCategory)),
      precision("precision", cl::ZeroOrMore, cl::value_desc("PRECISION"), cl::init("as-is"),
                cl::sub(analysing), cl::desc("Price float ops as if they ran so (default as-is)"),
                cl::cat(hardwareCategory)),
      runtime("runtime", cl::ZeroOrMore, cl::value_desc("RUNTIME"), cl::sub(analysing),
              cl::desc("What becomes one kernel (default: the target's)"),
              cl::cat(hardwareCategory)),
      memory("memory", cl::ZeroOrMore, cl::value_desc("min|typical|max"), cl::init("typical"),
             cl::sub(analysing),
             cl::desc("Price the least bytes, those of the runtime's kernels (default), "
                      "or all operands of every op"),
             cl::cat(hardwareCategory)),
      powerLimit("power-limit", cl::ZeroOrMore, cl::value_desc("250W"), cl::sub(analysing),
                 cl::desc("Cap on a device's power"), cl::cat(hardwareCategory)),
      devices("devices", cl::ZeroOrMore, cl::value_desc("N"), cl::init("1"), cl::sub(analysing),
              cl::desc("Devices that share one host, each running the graph; figures are "
                       "per device"),
              cl::cat(hardwareCategory)),
      region("region", cl::ZeroOrMore, cl::value_desc("REGION"), cl::sub(analysing),
             cl::desc("Where the electricity is from: DEU, Germany, aws-eu-west-1, ..."),
             cl::cat(siteCategory)),
      carbon("carbon-intensity", cl::ZeroOrMore, cl::value_desc("gCO2e/kWh"), cl::sub(analysing),
             cl::desc("Of the electricity, if not by --region"), cl::cat(siteCategory)),
      hourlyCarbon("hourly-carbon", cl::ZeroOrMore, cl::value_desc("FILE"), cl::sub(analysing),
                   cl::desc("gCO2e/kWh by hour, 24 lines HOUR,GRAMS: when to run "
                            "what can wait"),
                   cl::cat(siteCategory)),
      pue("pue", cl::ZeroOrMore, cl::value_desc("RATIO"), cl::sub(analysing),
          cl::desc("Facility power over power of the machines, 1 or more"), cl::cat(siteCategory)),
      config("config", cl::ZeroOrMore, cl::value_desc("FILE"), cl::sub(analysing),
             cl::desc("Settings and budgets (default: .energy-opt.yaml of the model's "
                      "folder or one above); none: without"),
             cl::cat(projectCategory)),
      base("base", cl::ZeroOrMore, cl::value_desc("PATH"), cl::sub(judge),
           cl::desc("Model, or folder of models, that max_increase of a budget "
                    "compares with"),
           cl::cat(projectCategory)),
      failOn("fail-on", cl::ZeroOrMore, cl::value_desc("CHECKS"), cl::sub(failing),
             cl::desc("Exit with 1 if one of these checks would save"), cl::cat(projectCategory)),
      threshold("threshold", cl::ZeroOrMore, cl::value_desc("1%"), cl::init("0"),
                cl::sub(compareTwo),
                cl::desc("Print nothing unless a total, or energy or latency on a target, "
                         "changed by more"),
                cl::cat(projectCategory)),
      checks("checks", cl::ZeroOrMore, cl::value_desc("CHECKS"), cl::sub(sweeping),
             cl::desc("Suggestions to look for, as \"-*,prune-*\"; without it, all that "
                      "need not read weights"),
             cl::cat(reportCategory)),
      format("format", cl::ZeroOrMore, cl::value_desc("FORMAT"), cl::sub(every),
             cl::desc("What is printed"), cl::cat(reportCategory)),
      output("o", cl::ZeroOrMore, cl::value_desc("FILE"), cl::init("-"), cl::sub(every),
             cl::desc("Write there, all or nothing"), cl::cat(reportCategory)),
      top("top", cl::ZeroOrMore, cl::value_desc("N"), cl::init("10"), cl::sub(ranking),
          cl::desc("Ops to list (default 10)"), cl::cat(reportCategory)),
      explain("explain", cl::ZeroOrMore, cl::value_desc("NODE"), cl::sub(sweeping),
              cl::desc("How the figures of one node came to be"), cl::cat(reportCategory)),
      symbolic("symbolic", cl::ZeroOrMore, cl::sub(sweeping),
               cl::desc("Also give totals as formulas of the dims"), cl::cat(reportCategory)),
      minCoverage("min-coverage", cl::ZeroOrMore, cl::value_desc("95%"), cl::init("0"),
                  cl::sub(covering), cl::desc("Exit with 3 if fewer ops are modelled"),
                  cl::cat(projectCategory)),
      color("color", cl::ZeroOrMore, cl::value_desc("auto|always|never"), cl::init("auto"),
            cl::sub(every), cl::desc("Colour (default auto: on a terminal)"),
            cl::cat(reportCategory)),
      quiet("quiet", cl::ZeroOrMore, cl::sub(every), cl::desc("Only errors on stderr"),
            cl::cat(reportCategory)),
      noProgress("no-progress", cl::ZeroOrMore, cl::sub(waiting),
                 cl::desc("Tell nothing of the progress on stderr"), cl::cat(reportCategory)),
      jobs("jobs", cl::ZeroOrMore, cl::value_desc("N"), cl::init("0"), cl::sub(advising),
           cl::desc("Models, or checks of a single one, at a time (default: one per core)"),
           cl::cat(reportCategory)),
      modelList("models", cl::ZeroOrMore, cl::value_desc("FILE"), cl::sub(sweeping),
                cl::desc("Also the models whose paths stand in FILE, one a line; - for "
                         "stdin. For records and ndjson"),
                cl::cat(modelCategory)),
      skipDone("skip-done", cl::ZeroOrMore, cl::value_desc("FILE"), cl::sub(sweeping),
               cl::desc("Go on: append to FILE the records of models that have none in it"),
               cl::cat(reportCategory)),
      keepGoing("keep-going", cl::ZeroOrMore, cl::sub(sweeping),
                cl::desc("Exit with 0 although models failed: their records tell"),
                cl::cat(reportCategory)),
      site({&cl::SubCommand::getTopLevel(), &analyze},
           {&cl::SubCommand::getTopLevel(), &analyze, &place}, place, siteCategory, placeCategory) {
}

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
  if (help)
    return Command::Help;
  if (complete)
    return Command::Completion;
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
  case Command::Help:
    return atMostOne(topic);
  case Command::Completion:
    return atMostOne(kind);
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

} // namespace energyopt
