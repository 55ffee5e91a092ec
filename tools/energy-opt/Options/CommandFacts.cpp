//===- CommandFacts.cpp - What people are told of the subcommands ---------===//
//
// A test runs every example (test/docs/examples.py says on which models).
//
//===----------------------------------------------------------------------===//

#include "Options/CommandFacts.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

using Example = StringLiteral;

static constexpr Example kAnalyze[] = {
    "energy-opt model.onnx",
    "energy-opt model.onnx --batch=8 --precision=fp16 --target=nvidia-t4,./board.yaml",
    "energy-opt model.onnx --explain=Conv_0 --target=nvidia-t4",
    "energy-opt model.onnx --sweep batch=1:256 --target=nvidia-t4,nvidia-l4",
    "energy-opt model.onnx --mode=training --optimizer=adamw --samples=1.28e6",
    "energy-opt llm.onnx --prompt=512 --generate=256 --batch=8",
    "energy-opt model.onnx --region=gcp-europe-west1 --embodied --equivalences",
    "energy-opt models/*.onnx --format=html -o report.html"};
static constexpr Example kCheck[] = {
    "energy-opt check models/*.onnx", "energy-opt check models/*.onnx --base=../main/models",
    "energy-opt check models/*.onnx --format=junit -o verdicts.xml",
    "energy-opt check model.onnx --config=none --fail-on=exact-dead-code"};
static constexpr Example kDiff[] = {
    "energy-opt diff main.onnx branch.onnx",
    "energy-opt diff main.onnx branch.onnx --format=markdown --threshold=1%",
    "energy-opt diff main.onnx branch.onnx --format=html -o diff.html"};
static constexpr Example kOptimize[] = {
    "energy-opt optimize model.onnx --apply=all-exact -o smaller.onnx",
    "energy-opt optimize model.onnx --apply=best --target=nvidia-t4 -o faster.onnx",
    "energy-opt optimize model.onnx --apply=prune-channels:ratio=0.3 -o pruned.onnx"};
static constexpr Example kCompare[] = {
    "energy-opt compare model.onnx --edge=raspberry-pi-4 --cloud=nvidia-t4",
    "energy-opt compare model.onnx --edge=raspberry-pi-4 --cloud=nvidia-t4 --payload=150kB,2kB "
    "--network=mobile",
    "energy-opt compare model.onnx --edge=raspberry-pi-4 --cloud=nvidia-t4 --edge-region=DEU "
    "--cloud-region=gcp-europe-west1"};
static constexpr Example kTargets[] = {"energy-opt targets", "energy-opt targets nvidia-h100-sxm",
                                       "energy-opt targets --format=json"};
static constexpr Example kChecks[] = {"energy-opt checks", "energy-opt checks prune-channels"};
static constexpr Example kOps[] = {"energy-opt ops", "energy-opt ops --format=json -o ops.json"};
static constexpr Example kCalibrate[] = {
    "energy-opt calibrate rows.csv --target=nvidia-t4 --graphs=models -o my-t4.yaml",
    "energy-opt calibrate rows.csv --graphs=models --exclude=nvidia-t4 -o constants.yaml"};
static constexpr Example kHelp[] = {"energy-opt help check", "energy-opt help --format=man"};
static constexpr Example kCompletion[] = {"energy-opt completion bash > energy-opt.bash",
                                          "energy-opt completion zsh > _energy-opt",
                                          "energy-opt completion fish > energy-opt.fish"};

static const CommandFacts kCommands[] = {
    {Command::Analyze, "analyze", "What models cost: work, energy, time, carbon (the default)",
     "[analyze] MODEL... [OPTION...]",
     "A MODEL is the path of an ONNX or MLIR file, binary or text, or - for stdin; what it is, is "
     "told from its contents. Weights are neither needed nor read.",
     kAnalyze},
    {Command::Check, "check", "Hold models against the budgets of a project",
     "check MODEL... [--config=FILE] [--base=PATH] [OPTION...]",
     "Budgets, waivers and settings stand in .energy-opt.yaml, in the folder of the models or in "
     "one above it. Exit code 1 says that a limit is exceeded.",
     kCheck},
    {Command::Diff, "diff", "What changed from one model to another", "diff BASE NEW [OPTION...]",
     "Ops are each other's counterpart by name or by structure, so that a model that was renamed "
     "or exported anew is not all new.",
     kDiff},
    {Command::Optimize, "optimize", "Write a model that costs less",
     "optimize MODEL [--apply=ID[,ID]] -o FILE [OPTION...]",
     "Rewrites an ONNX model and prices both; `energy-opt checks` lists the rewrites.", kOptimize},
    {Command::Compare, "compare", "Compute on the device, or send it to a data centre?",
     "compare MODEL --edge=TARGET --cloud=TARGET [OPTION...]",
     "Energy, time and carbon of one request on either side, and where the verdict turns.",
     kCompare},
    {Command::Targets, "targets", "List the hardware, or print one with the source of every number",
     "targets [TARGET] [OPTION...]", "", kTargets},
    {Command::Checks, "checks", "List rewrites and advice, or explain one",
     "checks [ID] [OPTION...]", "", kChecks},
    {Command::Ops, "ops", "List which ops are modelled, and how", "ops [OPTION...]", "", kOps},
    {Command::Calibrate, "calibrate", "Fit a target, or the constants of all, to measurements",
     "calibrate ROWS.csv [--target=TARGET] [-o FILE] [OPTION...]",
     "Without --target it fits the constants of all classes of devices.", kCalibrate},
    {Command::Help, "help", "This help, of one subcommand or all", "help [SUBCOMMAND] [OPTION...]",
     "", kHelp},
    {Command::Completion, "completion", "Scripts that complete words in bash, zsh and fish",
     "completion bash|zsh|fish|targets|regions|checks|ops [OPTION...]",
     "A package installs them where the shells look. The other words list names, one per line.",
     kCompletion},
};

ArrayRef<CommandFacts> allCommands() { return kCommands; }

const CommandFacts &factsOf(Command command) {
  return *find_if(kCommands, [&](const CommandFacts &facts) { return facts.command == command; });
}

const CommandFacts *findCommand(StringRef name) {
  auto *found = find_if(kCommands, [&](const CommandFacts &facts) { return facts.name == name; });
  return found == std::end(kCommands) ? nullptr : found;
}

using Line = std::pair<StringLiteral, StringLiteral>;

static const Line kConventions[] = {
    {"MAC", "one multiply-accumulate of a contraction (matmul, convolution, attention products, "
            "RNN gates, einsum); papers often call these \"FLOPs\""},
    {"FLOP", "every floating-point operation: 2 per MAC and 1 for all others, a transcendental "
             "too; integer operations are counted apart"},
    {"bytes", "min: each tensor of the model crosses DRAM once; max: every op reads and writes "
              "all its operands. Energy is priced with what the target's runtime would do in "
              "between"},
    {"energy", "of the device, chip and memory, for one run of the graph: a value and its 90 % "
               "interval. Host and facility (PUE) stand apart; carbon follows the facility"},
    {"", "An unmodelled op counts nothing and is always listed. A dim that is not given gets a "
         "default, which the report lists first."}};

static const Line kExitCodes[] = {
    {"0", "fine"},
    {"1", "a budget or a --fail-on check failed"},
    {"2", "wrong usage, or an input that cannot be read or is invalid"},
    {"3", "coverage below --min-coverage"}};

static const Line kFiles[] = {
    {".energy-opt.yaml", "targets, dims, checks, budgets and waivers of a project; looked for in "
                         "the folder of the model and in those above it"},
    {"@FILE", "in place of arguments: those that the file holds"}};

static const Line kEnvironment[] = {
    {"NO_COLOR", "if it is not empty, no colour by itself"},
    {"COLUMNS", "width of what is printed; without it that of the terminal, or 100"},
    {"CI", "if it is true, no progress"},
    {"SOURCE_DATE_EPOCH", "seconds that stand for now, so that a run can be repeated"}};

static const HelpTopic kTopics[] = {{"Conventions", kConventions},
                                    {"Exit status", kExitCodes},
                                    {"Files", kFiles},
                                    {"Environment", kEnvironment}};

StringRef overview() {
  return "energy-opt tells what a neural network costs in operations, bytes, joules, seconds and "
         "grams of CO2e, on the hardware that you name, from the model's file alone.";
}

ArrayRef<HelpTopic> helpTopics() { return kTopics; }

} // namespace energyopt
