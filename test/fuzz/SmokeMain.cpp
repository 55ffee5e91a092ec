//===- SmokeMain.cpp - Fuzz targets without libFuzzer ---------------------===//
//
// Usage: energy-opt-fuzz-smoke TARGET [--mutants=N] [--keep=FILE] [--seeds-to=DIR] PLACE...
//
// Runs the seeds found in PLACE (files and folders) and N mutants of each, the same
// ones each time. --keep leaves the input that is run in FILE, which is
// there after a crash; --seeds-to writes the seeds, as libFuzzer's corpus.
//
//===----------------------------------------------------------------------===//

#include "Seeds.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace energyopt;
using llvm::StringRef;
namespace cl = llvm::cl;

static cl::OptionCategory category("options");
static cl::opt<std::string> targetName(cl::Positional, cl::desc("TARGET"), cl::Required,
                                       cl::cat(category));
static cl::list<std::string> places(cl::Positional, cl::desc("PLACE..."), cl::OneOrMore,
                                    cl::cat(category));
static cl::opt<unsigned> mutants("mutants", cl::desc("mutants to run of each seed"), cl::init(0),
                                 cl::cat(category));
static cl::opt<unsigned> firstMutant("first", cl::desc("number of the first mutant"), cl::init(0),
                                     cl::cat(category));
static cl::opt<std::string> keep("keep", cl::desc("file for the input that is run"),
                                 cl::cat(category));
static cl::opt<std::string> seedsTo("seeds-to", cl::desc("folder for the seeds"),
                                    cl::cat(category));

static void write(StringRef path, StringRef contents) {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  os << contents;
}

static bool run(const FuzzTarget &target, StringRef input) {
  if (!keep.empty())
    write(keep, input);
  return target.run(input);
}

/// A seed with a few changes, the same for the same seed and number, whatever other
/// seeds there are.
static std::string mutant(const FuzzTarget &target, const Seed &seed, unsigned number) {
  Random random(static_cast<uint32_t>(llvm::xxh3_64bits(seed.input)) + number);
  std::string input = seed.input;
  for (size_t i = 0, rounds = 1 + below(3, random); i < rounds; ++i)
    target.mutate(input, seed.input, random);
  return input;
}

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv);
  const FuzzTarget *target = findFuzzTarget(targetName);
  if (!target) {
    llvm::errs() << "there is no target '" << targetName << "'\n";
    return 2;
  }
  std::vector<Seed> seeds = findSeeds(*target, places);
  if (seeds.empty()) {
    llvm::errs() << "no seeds\n";
    return 2;
  }
  if (!seedsTo.empty()) {
    llvm::sys::fs::create_directories(seedsTo);
    for (size_t i = 0; i < seeds.size(); ++i)
      write(seedsTo + "/" + std::to_string(i), seeds[i].input);
    return 0;
  }
  unsigned valid = 0, validMutants = 0;
  for (const Seed &seed : seeds)
    valid += run(*target, seed.input);
  for (const Seed &seed : seeds)
    for (unsigned i = 0; i < mutants; ++i)
      validMutants += run(*target, mutant(*target, seed, firstMutant + i));
  llvm::outs() << target->name << ": " << valid << " of " << seeds.size() << " seeds and "
               << validMutants << " of " << mutants * seeds.size() << " mutants are valid\n";
  return 0;
}
