//===- SweepOptions.cpp - What --sweep and --generate say -----------------===//

#include "Options/SweepOptions.h"

#include "Options/CommandLine.h"
#include "Options/OptionValues.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace energyopt {

/// More sizes are a slip of the keyboard, and minutes of a machine.
static constexpr size_t kMostSizes = 1000, kMostPoints = 20'000;
/// Steps of one request.
static constexpr int64_t kMostTokens = 10'000'000;

static Error badSizes(StringRef option, StringRef text) {
  return usageError(option + ": '" + text + "' is no range of sizes",
                    "give 1:256 (doubling), 128:1024:128 (in steps) or 1,3,7");
}

Expected<std::vector<int64_t>> parseSizes(StringRef option, StringRef text) {
  bool isList = text.contains(',') || !text.contains(':');
  SmallVector<StringRef> parts;
  text.split(parts, isList ? ',' : ':');
  std::vector<int64_t> numbers, sizes;
  for (StringRef part : parts) {
    int64_t number;
    if (part.trim().getAsInteger(10, number) || number < 0)
      return badSizes(option, text);
    numbers.push_back(number);
  }
  if (isList) {
    sizes = numbers;
    llvm::sort(sizes);
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  } else {
    int64_t low = numbers[0], high = numbers[1], step = numbers.size() == 3 ? numbers[2] : 0;
    bool doubles = numbers.size() == 2;
    if (numbers.size() > 3 || low > high || (doubles ? low == 0 : step == 0))
      return badSizes(option, text);
    for (int64_t size = low; size <= high && sizes.size() <= kMostSizes;) {
      sizes.push_back(size);
      int64_t add = doubles ? size : step;
      if (add > high - size)
        break;
      size += add;
    }
    if (doubles && sizes.back() != high)
      sizes.push_back(high);
  }
  if (sizes.size() > kMostSizes)
    return usageError(option + ": '" + text + "' are too many sizes",
                      "the most are " + Twine(kMostSizes));
  return sizes;
}

ArrayRef<StringRef> precisionNames() {
  static constexpr StringRef kNames[] = {"as-is", "fp32", "tf32", "fp16",
                                         "bf16",  "fp8",  "int8", "int4"};
  return kNames;
}

Expected<std::optional<Precision>> parsePrecisionOption(StringRef option, StringRef text) {
  auto choice = parseChoice(option, text, precisionNames());
  if (!choice)
    return choice.takeError();
  return *choice ? parsePrecision(text) : std::nullopt;
}

/// Of a list of targets or formats, each once.
static Expected<std::vector<StringRef>> parseNames(StringRef option, StringRef text) {
  SmallVector<StringRef> parts;
  text.split(parts, ',');
  std::vector<StringRef> names;
  for (StringRef part : parts) {
    StringRef name = part.trim();
    if (name.empty())
      return usageError(option + ": '" + text + "' has an empty name",
                        "give them as in " + option + "=a,b");
    if (!is_contained(names, name))
      names.push_back(name);
  }
  return names;
}

static Error readPrecisions(StringRef text, SweepOptions &sweep) {
  auto names = parseNames("--sweep precision", text);
  if (!names)
    return names.takeError();
  for (StringRef name : *names) {
    auto precision = parsePrecisionOption("--sweep precision", name);
    if (!precision)
      return precision.takeError();
    sweep.precisions.push_back(*precision);
  }
  return Error::success();
}

static Error readSwept(StringRef text, Options &options, bool targetsGiven) {
  auto pair = parsePair("--sweep", text, /*atLast=*/true, "batch=1:256");
  if (!pair)
    return pair.takeError();
  SweepOptions &sweep = options.sweep;
  sweep.wanted = true;
  if (pair->first == "precision")
    return readPrecisions(pair->second, sweep);
  if (pair->first == "target") {
    if (targetsGiven)
      return usageError("--sweep target and --target contradict each other", "give one of them");
    auto names = parseNames("--sweep target", pair->second);
    if (!names)
      return names.takeError();
    options.targets.assign(names->begin(), names->end());
    return Error::success();
  }
  if (any_of(sweep.dims, [&](const SweptDim &dim) { return dim.name == pair->first; }))
    return usageError("--sweep: '" + pair->first + "' is given twice",
                      "give its sizes as one list: --sweep " + pair->first + "=1,3,7");
  auto sizes = parseSizes("--sweep " + pair->first, pair->second);
  if (!sizes)
    return sizes.takeError();
  sweep.dims.push_back({pair->first, std::move(*sizes)});
  return Error::success();
}

Error readSweepOptions(const CommandLine &line, Options &options) {
  SweepOptions &sweep = options.sweep;
  for (StringRef text : line.sweeps)
    if (Error error = readSwept(text, options, line.targets.getNumOccurrences()))
      return error;
  // --dim NAME=lo:hi:step is the same of a dim.
  for (StringRef text : line.dims)
    if (text.rsplit('=').second.contains(':'))
      if (Error error = readSwept(text, options, false))
        return error;
  if (!sweep.wanted)
    return Error::success();
  if (options.command != Command::Analyze)
    return usageError("--dim: a range of sizes is for analyze", "give one size");
  if (sweep.precisions.empty())
    sweep.precisions.push_back(options.energy.precision);
  else if (line.precision.getNumOccurrences())
    return usageError("--sweep precision and --precision contradict each other",
                      "give one of them");
  size_t points = sweep.precisions.size();
  for (const SweptDim &dim : sweep.dims) {
    points = std::min(points, kMostPoints + 1) * dim.sizes.size();
    bool isGiven =
        (dim.name == "batch" && options.analysis.batch) ||
        any_of(options.analysis.dims, [&](const auto &given) { return given.first == dim.name; });
    if (isGiven)
      return usageError("--sweep: '" + dim.name + "' is given a size too",
                        "leave out its --dim or --batch");
  }
  if (points > kMostPoints)
    return usageError("--sweep: these are too many points",
                      "the most are " + Twine(kMostPoints) + "; leave out sizes");
  if (options.format == "mlir")
    return usageError("--format=mlir: a module holds the costs at one size", "leave out --sweep");
  return Error::success();
}

Error readServingOptions(const CommandLine &line, Options &options) {
  bool asked = line.prompt.getNumOccurrences() || line.generate.getNumOccurrences();
  options.serving.decode = line.decode;
  if (!asked) {
    if (line.decode.getNumOccurrences())
      return usageError("--decode: nothing is generated", "add --prompt=512 --generate=256");
    return Error::success();
  }
  if (!line.prompt.getNumOccurrences() || !line.generate.getNumOccurrences())
    return usageError("serving has a prompt and an answer",
                      "give both, as in --prompt=512 --generate=256");
  for (auto [option, text, slot] :
       {std::tuple("--prompt", StringRef(line.prompt), &options.serving.load.prompt),
        std::tuple("--generate", StringRef(line.generate), &options.serving.load.generate)}) {
    auto count = parseCount(option, text, 1);
    if (!count)
      return count.takeError();
    if (*count > kMostTokens)
      return usageError(Twine(option) + ": " + text + " is too much",
                        "the most are " + Twine(kMostTokens) + " tokens");
    *slot = *count;
  }
  if (options.sweep.wanted)
    return usageError("--generate and --sweep do not go together",
                      "leave out one; --batch gives the requests at a time");
  if (!options.analysis.explain.empty())
    return usageError("--generate: --explain is of a node in one run",
                      "leave out one of them; --dim gives the length");
  if (options.energy.mode == Mode::Training)
    return usageError("--generate: a training step generates nothing", "leave out --mode=training");
  if (options.format == "mlir")
    return usageError("--format=mlir: a module holds the costs of one run", "leave out --generate");
  if (options.arguments.size() > 1 && !options.serving.decode.empty())
    return usageError("--decode belongs to one model", "give one MODEL");
  return Error::success();
}

} // namespace energyopt
