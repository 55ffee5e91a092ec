//===- CommandLine.cpp - The options as llvm::cl has them -----------------===//

#include "CommandLine.h"

#include "OptionValues.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

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
  2  wrong usage, or an input that cannot be read or is invalid
  3  coverage below --min-coverage

Examples
  energy-opt resnet50.onnx
  energy-opt gpt2.onnx --dim sequence=512 --batch=4 --precision=fp16
  energy-opt model.onnx --target=nvidia-a100-sxm-80gb,./board.yaml --format=json
  energy-opt model.onnx --explain=/layer1/conv1/Conv
  energy-opt targets nvidia-a100-sxm-80gb
)";

CommandLine::CommandLine()
    : models(cl::Positional, cl::ZeroOrMore, cl::desc("MODEL..."),
             cl::sub(analysing)),
      targetName(cl::Positional, cl::desc("[NAME]"), cl::sub(listTargets)),
      dims("dim", cl::value_desc("NAME=N"), cl::sub(analysing),
           cl::desc("Size of a symbolic dim; repeatable"),
           cl::cat(modelCategory)),
      batch("batch", cl::value_desc("N"), cl::sub(analysing),
            cl::desc("Size of the batch dim, whatever the model calls it"),
            cl::cat(modelCategory)),
      shapes("shape", cl::value_desc("INPUT=1x3x224x224"), cl::sub(analysing),
             cl::desc("Shape of an input whose dims have no names; repeatable"),
             cl::cat(modelCategory)),
      values("value", cl::value_desc("INPUT=[1,3]"), cl::sub(analysing),
             cl::desc("Contents of an input that shapes depend on; repeatable"),
             cl::cat(modelCategory)),
      opLike("op-like", cl::value_desc("my::Op=other::Op"), cl::sub(analysing),
             cl::desc("Price a custom op as a known one; repeatable"),
             cl::cat(modelCategory)),
      mode("mode", cl::value_desc("inference|training"), cl::init("inference"),
           cl::sub(analysing),
           cl::desc("training: forward, backward and an SGD step"),
           cl::cat(modelCategory)),
      strict("strict", cl::sub(analysing),
             cl::desc("Refuse to assume a dim that was not given"),
             cl::cat(modelCategory)),
      trustExternal("trust-external", cl::sub(analysing),
                    cl::desc("Follow external data out of the model's folder"),
                    cl::cat(modelCategory)),
      targets("target", cl::CommaSeparated, cl::value_desc("NAME[,NAME]"),
              cl::sub(analysing),
              cl::desc("Targets by name or YAML file (default: a GPU, a TPU "
                       "and a CPU)"),
              cl::cat(hardwareCategory)),
      precision("precision",
                cl::value_desc("as-is|fp32|tf32|fp16|bf16|fp8|int8|int4"),
                cl::init("as-is"), cl::sub(analysing),
                cl::desc("Price float ops as if they ran so"),
                cl::cat(hardwareCategory)),
      runtime(
          "runtime", cl::value_desc("NAME"), cl::sub(analysing),
          cl::desc("What becomes one kernel: " + join(runtimeNames(), ", ")),
          cl::cat(hardwareCategory)),
      powerLimit("power-limit", cl::value_desc("250W"), cl::sub(analysing),
                 cl::desc("Cap on a device's power"),
                 cl::cat(hardwareCategory)),
      devices("devices", cl::value_desc("N"), cl::init("1"), cl::sub(analysing),
              cl::desc("Devices that share one host, each running the graph; "
                       "figures are per device"),
              cl::cat(hardwareCategory)),
      carbon("carbon-intensity", cl::value_desc("gCO2e/kWh"),
             cl::sub(analysing), cl::desc("Of the electricity"),
             cl::cat(siteCategory)),
      pue("pue", cl::value_desc("RATIO"), cl::sub(analysing),
          cl::desc("Facility power over power of the machines, 1 or more"),
          cl::cat(siteCategory)),
      format("format", cl::value_desc("NAME"), cl::sub(every),
             cl::desc("text, json, csv, markdown or ndjson (ops: text, json, "
                      "markdown; targets: text, json)"),
             cl::cat(reportCategory)),
      output("o", cl::value_desc("FILE"), cl::init("-"), cl::sub(every),
             cl::desc("Write there, all or nothing"), cl::cat(reportCategory)),
      top("top", cl::value_desc("N"), cl::init("10"), cl::sub(analysing),
          cl::desc("Ops to list (default 10)"), cl::cat(reportCategory)),
      explain("explain", cl::value_desc("NODE"), cl::sub(analysing),
              cl::desc("How the figures of one node came to be"),
              cl::cat(reportCategory)),
      symbolic("symbolic", cl::sub(analysing),
               cl::desc("Also give totals as formulas of the dims"),
               cl::cat(reportCategory)),
      minCoverage("min-coverage", cl::value_desc("95%"), cl::init("0"),
                  cl::sub(analysing),
                  cl::desc("Exit with 3 if fewer ops are modelled"),
                  cl::cat(reportCategory)),
      color("color", cl::value_desc("auto|always|never"), cl::init("auto"),
            cl::sub(every), cl::desc("Colour (default: on a terminal)"),
            cl::cat(reportCategory)),
      quiet("quiet", cl::sub(every), cl::desc("Only errors on stderr"),
            cl::cat(reportCategory)),
      noProgress("no-progress", cl::sub(every),
                 cl::desc("Do not count models on stderr"),
                 cl::cat(reportCategory)),
      jobs("jobs", cl::value_desc("N"), cl::init("0"), cl::sub(analysing),
           cl::desc("Models to analyze at a time (default: one per core)"),
           cl::cat(reportCategory)) {}

Command CommandLine::command() const {
  if (listTargets)
    return Command::Targets;
  return listOps ? Command::Ops : Command::Analyze;
}

std::vector<std::string> CommandLine::arguments() const {
  if (command() != Command::Targets)
    return {models.begin(), models.end()};
  return targetName.empty() ? std::vector<std::string>()
                            : std::vector<std::string>{targetName};
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

/// What llvm::cl complains about, in our form. It writes lines such as
///   energy-opt: Unknown command line argument '--x'.  Try: 'energy-opt --help'
///   energy-opt: Did you mean '--y'?
///   energy-opt: for the --top option: requires a value!
static Error complaint(StringRef text, StringRef program) {
  StringRef mend = "energy-opt --help lists the options";
  auto [first, rest] = text.split('\n');
  first.consume_front(program);
  first.consume_front(": ");
  rest.consume_front(program);
  if (rest.consume_front(": Did you mean "))
    mend = rest.split('\n').first;
  std::string message = first.split(".  Try: ").first.rtrim("!.").str();
  if (StringRef(message).consume_front("Unknown command line argument "))
    message = "unknown option " + message.substr(30);
  if (StringRef(message).starts_with("for the ")) {
    auto [option, what] = StringRef(message).drop_front(8).split(" option: ");
    message = (option + " " + what).str();
  }
  if (mend.starts_with("'"))
    return usageError(message, "did you mean " + mend);
  return usageError(message, mend);
}

Expected<const CommandLine &> parseCommandLine(int argc, char **argv) {
  cl::getRegisteredOptions(); // makes LLVM register its own
  removeForeignOptions();
  static CommandLine line;
  static cl::extrahelp help(kHelp);
  cl::SetVersionPrinter([](raw_ostream &os) {
    os << "energy-opt " << toolVersion() << " (LLVM " << LLVM_VERSION_STRING
       << ")\n";
  });
  std::string errors;
  raw_string_ostream stream(errors);
  if (!cl::ParseCommandLineOptions(argc, argv, kOverview, &stream))
    return complaint(stream.str(), sys::path::filename(argv[0]));
  return line;
}

} // namespace energyopt
