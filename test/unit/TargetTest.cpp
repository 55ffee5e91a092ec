//===- TargetTest.cpp - Target files and constants ------------------------===//

#include "energy-opt/Target.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

using namespace energyopt;

namespace {

/// The least a target file holds; `extra` is added at its end.
std::string minimal(const std::string &extra = "") {
  return "name: toy\n"
         "title: Toy\n"
         "class: gpu\n"
         "runtime: tensorrt\n"
         "vector:\n"
         "  peak_tera_ops:\n"
         "    fp32: {value: 2, kind: published, source: sheet}\n"
         "dram:\n"
         "  bandwidth_gb_per_s: {value: 100, kind: published, source: sheet}\n"
         "power:\n"
         "  active_w: {value: 50, kind: published, source: sheet}\n" +
         extra;
}

std::string errorOf(const std::string &text) {
  llvm::Expected<Target> target = parseTarget(text, "toy.yaml");
  if (target)
    return "";
  return llvm::toString(target.takeError());
}

TEST(Target, ReadsNumbersWithRangeKindAndSource) {
  llvm::Expected<Target> target = parseTarget(minimal(), "toy.yaml");
  ASSERT_TRUE(bool(target));
  const Quantity &peak = target->vector.peakTeraOps[unsigned(Precision::Fp32)];
  EXPECT_EQ(peak.value, 2);
  EXPECT_EQ(peak.low, 2); // published: no range of its own
  EXPECT_EQ(peak.high, 2);
  EXPECT_EQ(peak.kind, SourceKind::Published);
  EXPECT_EQ(peak.source, "sheet");
  EXPECT_FALSE(bool(target->idleW)); // not given
  EXPECT_EQ(target->hash.size(), 16u);
}

TEST(Target, UnknownKeyIsAnErrorWithLineAndCaret) {
  std::string error = errorOf(minimal("colour: red\n"));
  EXPECT_NE(error.find("toy.yaml:12:1: error: unknown key 'colour'"), std::string::npos) << error;
  EXPECT_NE(error.find("\n^"), std::string::npos) << error;
}

TEST(Target, MissingSourceIsAnError) {
  std::string error = errorOf(minimal("process_node_nm: {value: 7, kind: published}\n"));
  EXPECT_NE(error.find("toy.yaml:12:"), std::string::npos) << error;
  EXPECT_NE(error.find("missing required key 'source'"), std::string::npos) << error;
}

TEST(Target, EmptySourceIsAnError) {
  std::string error =
      errorOf(minimal("process_node_nm: {value: 7, kind: published, source: ''}\n"));
  EXPECT_NE(error.find("a number needs a source"), std::string::npos) << error;
}

TEST(Target, AssumedNumberNeedsARange) {
  std::string error = errorOf(minimal("process_node_nm: {value: 7, kind: assumed, source: me}\n"));
  EXPECT_NE(error.find("an assumed number needs low and high"), std::string::npos) << error;
}

TEST(Target, RangeMustHoldItsValue) {
  std::string error =
      errorOf(minimal("process_node_nm: {value: 7, low: 8, high: 9, kind: assumed, source: me}\n"));
  EXPECT_NE(error.find("low <= value <= high"), std::string::npos) << error;
}

TEST(Target, WrongValuesAreErrorsAtTheirPlace) {
  std::string text = errorOf(minimal("process_node_nm: {value: x, kind: published, source: s}\n"));
  EXPECT_NE(text.find("toy.yaml:12:26: error: invalid floating point number"), std::string::npos)
      << text;
  std::string kind = errorOf(minimal("process_node_nm: {value: 7, kind: guess, source: s}\n"));
  EXPECT_NE(kind.find("unknown enumerated scalar"), std::string::npos) << kind;
}

TEST(Target, FilesThatAreNoTargetsAreErrors) {
  EXPECT_NE(errorOf("").find("it is empty"), std::string::npos);
  EXPECT_NE(errorOf("# nothing\n---\n"), "");
  EXPECT_NE(errorOf("just a word"), "");
  EXPECT_NE(errorOf("- a\n- list\n"), "");
  EXPECT_NE(errorOf("a: [b"), "");
  EXPECT_NE(errorOf(std::string(100000, '[')).find("nested too deep"), std::string::npos);
  EXPECT_NE(errorOf(std::string("name\0x", 6)).find("binary"), std::string::npos);
  std::string dashes;
  for (int i = 0; i < 3000; ++i)
    dashes += "- ";
  EXPECT_NE(errorOf(dashes).find("longer than 4096"), std::string::npos);
}

TEST(Target, CommasInARowAreBounded) {
  // LLVM's parser takes a frame of the stack for each that follows on another.
  const std::string row(4000, ',');
  for (const std::string &line :
       {row + "\n", row + " # of nothing\n", "a#" + row + "\n", std::string(", # x\n")}) {
    std::string text = "name: [";
    while (text.size() < 900000)
      text += line;
    EXPECT_NE(errorOf(text).find("more than 1000 commas in a row"), std::string::npos) << line;
  }
  std::string list = "name: [";
  for (int i = 0; i < 3000; ++i)
    list += "a, # b, c\n";
  EXPECT_EQ(errorOf(list + "]").find("commas"), std::string::npos);
}

TEST(Target, SourcesCanBeNamedOnce) {
  std::string text = minimal("process_node_nm: {value: 7, kind: published, source: paper}\n"
                             "sources:\n  paper: Somebody et al. 2020\n");
  llvm::Expected<Target> target = parseTarget(text, "toy.yaml");
  ASSERT_TRUE(bool(target));
  EXPECT_EQ(target->processNodeNm.source, "Somebody et al. 2020");
}

TEST(Target, ExtendChangesOnlyWhatItNames) {
  llvm::Expected<Target> base = loadTarget("nvidia-a100-sxm-80gb");
  ASSERT_TRUE(bool(base)) << llvm::toString(base.takeError());
  llvm::Expected<Target> mine =
      parseTarget("extend: nvidia-a100-sxm-80gb\nname: mine\npower:\n  active_w: {value: 250, "
                  "kind: measured, source: our own meter}\n",
                  "mine.yaml");
  ASSERT_TRUE(bool(mine)) << llvm::toString(mine.takeError());
  EXPECT_EQ(mine->name, "mine");
  EXPECT_EQ(mine->activeW.value, 250);
  EXPECT_EQ(mine->activeW.source, "our own meter");
  EXPECT_EQ(mine->idleW.value, base->idleW.value);
  EXPECT_EQ(mine->dram.bandwidthGbPerS.value, base->dram.bandwidthGbPerS.value);
  EXPECT_TRUE(mine->aliases.empty());
  EXPECT_NE(mine->hash, base->hash);
}

TEST(Target, ExtendingTheUnknownIsAnError) {
  EXPECT_NE(errorOf("extend: no-such-thing\nname: mine\n").find("unknown target"),
            std::string::npos);
}

TEST(Target, UnknownNameListsNearOnes) {
  llvm::Expected<Target> target = loadTarget("nvidia-a100-sxm-8gb");
  ASSERT_FALSE(bool(target));
  std::string error = llvm::toString(target.takeError());
  EXPECT_NE(error.find("unknown target 'nvidia-a100-sxm-8gb'"), std::string::npos);
  EXPECT_NE(error.find("nvidia-a100-sxm-80gb"), std::string::npos) << error;
}

/// Every built-in file parses, has a default runtime its class knows, and no
/// two share a name or alias.
TEST(Target, BuiltInOnesAreWellFormed) {
  llvm::Expected<const Constants &> constants = builtinConstants();
  ASSERT_TRUE(bool(constants)) << llvm::toString(constants.takeError());
  std::map<std::string, std::string> owners;
  for (const TargetEntry &entry : builtinTargets()) {
    llvm::Expected<Target> target = loadTarget(entry.name);
    ASSERT_TRUE(bool(target)) << llvm::toString(target.takeError());
    EXPECT_EQ(target->name, entry.name);
    EXPECT_TRUE(constants->of(target->cls).runtimes.count(target->runtime))
        << entry.name.str() << ": " << target->runtime;
    EXPECT_EQ(entry.aliases, llvm::join(target->aliases, " ")) << entry.name.str();
    std::vector<std::string> names = target->aliases;
    names.push_back(target->name);
    for (const std::string &name : names)
      EXPECT_TRUE(owners.emplace(name, entry.name.str()).second)
          << name << " names " << owners[name] << " and " << entry.name.str();
    visitQuantities(*target, [&](llvm::StringRef path, const Quantity &number) {
      EXPECT_LE(number.low, number.value) << entry.name.str() << ' ' << path.str();
      EXPECT_GE(number.high, number.value) << entry.name.str() << ' ' << path.str();
    });
  }
}

TEST(Target, AliasesFindTheirTarget) {
  llvm::Expected<Target> target = loadTarget("A100");
  ASSERT_TRUE(bool(target));
  EXPECT_EQ(target->name, "nvidia-a100-sxm-80gb");
}

TEST(Target, DescriptionShowsEverySource) {
  llvm::Expected<Target> target = loadTarget("a100");
  ASSERT_TRUE(bool(target));
  std::string sheet = describe(*target);
  visitQuantities(*target, [&](llvm::StringRef path, const Quantity &number) {
    EXPECT_NE(sheet.find(path.str()), std::string::npos) << path.str();
    EXPECT_NE(sheet.find(number.source), std::string::npos) << path.str();
  });
}

TEST(Constants, AreFoundAndChangedByPath) {
  llvm::Expected<const Constants &> builtin = builtinConstants();
  ASSERT_TRUE(bool(builtin)) << llvm::toString(builtin.takeError());
  Constants constants = *builtin;
  Quantity *eta = findQuantity(constants, "gpu.eta_memory");
  ASSERT_NE(eta, nullptr);
  EXPECT_EQ(eta->value, constants.of(DeviceClass::Gpu).etaMemory.value);
  ASSERT_NE(findQuantity(constants, "gpu.runtimes.tensorrt.per_op_us"), nullptr);
  EXPECT_EQ(findQuantity(constants, "gpu.no_such_constant"), nullptr);
}

TEST(Constants, AFileChangesOnlyWhatItNames) {
  llvm::Expected<const Constants &> builtin = builtinConstants();
  ASSERT_TRUE(bool(builtin));
  llvm::Expected<Constants> mine =
      parseConstants("classes:\n  gpu:\n    eta_memory: {value: 0.5, kind: measured, source: us}\n",
                     "mine.yaml", &*builtin);
  ASSERT_TRUE(bool(mine)) << llvm::toString(mine.takeError());
  EXPECT_EQ(mine->of(DeviceClass::Gpu).etaMemory.value, 0.5);
  EXPECT_EQ(mine->of(DeviceClass::Gpu).overlapExponent.value,
            builtin->of(DeviceClass::Gpu).overlapExponent.value);
}

/// A fit without a device must not price it as one that it has seen.
TEST(Constants, AListOfCalibratedTargetsReplacesTheOther) {
  Constants base;
  base.calibrated = {"a", "b", "c"};
  llvm::Expected<Constants> mine = parseConstants("calibrated: [b]\n", "mine.yaml", &base);
  ASSERT_TRUE(bool(mine)) << llvm::toString(mine.takeError());
  EXPECT_EQ(mine->calibrated, std::vector<std::string>{"b"});
  llvm::Expected<Constants> same = parseConstants("sources: {s: t}\n", "mine.yaml", &base);
  ASSERT_TRUE(bool(same)) << llvm::toString(same.takeError());
  EXPECT_EQ(same->calibrated, base.calibrated);
}

} // namespace

/// What is built in without YAML is what its YAML says.
TEST(Constants, BuiltInOnesAreThoseOfTheirFiles) {
  llvm::Expected<const Constants &> priors = builtinPriors();
  llvm::Expected<const Constants &> builtin = builtinConstants();
  ASSERT_TRUE(bool(priors));
  ASSERT_TRUE(bool(builtin));
  auto text = llvm::MemoryBuffer::getFile(ENERGY_OPT_FITTED);
  ASSERT_TRUE(bool(text)) << ENERGY_OPT_FITTED;
  auto read = parseConstants((*text)->getBuffer(), "fitted.yaml", &*priors);
  ASSERT_TRUE(bool(read)) << llvm::toString(read.takeError());
  auto list = [](const Constants &constants) {
    std::string all = constants.hash + " " + llvm::join(constants.calibrated, " ");
    llvm::raw_string_ostream os(all);
    visitQuantities(constants, [&](llvm::StringRef path, const Quantity &number) {
      os << llvm::formatv("\n{0} {1:e17} {2:e17} {3:e17} {4} {5}", path, number.value, number.low,
                          number.high, name(number.kind), number.source);
    });
    return os.str();
  };
  EXPECT_EQ(list(*builtin), list(*read));
  EXPECT_GT(builtin->calibrated.size(), 10u);
}
