//===- ConfigScalars.cpp - Scalars of .energy-opt.yaml --------------------===//

#include "ConfigTraits.h"

#include "llvm/Support/GlobPattern.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;

namespace {
struct Suffix {
  StringRef text;
  double factor;
};
} // namespace

// A suffix stands before those that it ends in.
static constexpr Suffix kJoules[] = {
    {"kJ", 1e3}, {"mJ", 1e-3}, {"uJ", 1e-6}, {"nJ", 1e-9}, {"J", 1}};
static constexpr Suffix kSeconds[] = {{"ms", 1e-3}, {"us", 1e-6}, {"s", 1}};
static constexpr Suffix kGrams[] = {{"kg", 1e3}, {"mg", 1e-3}, {"ug", 1e-6}, {"g", 1}};
static constexpr Suffix kBytes[] = {{"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"kB", 1e3},
                                    {"MB", 1e6},     {"GB", 1e9},     {"B", 1}};
static constexpr Suffix kCounts[] = {{"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"B", 1e9}};
static constexpr Suffix kPercent[] = {{"%", 0.01}};

/// `complaint` if `text` is no number with one of the suffixes, else "".
static StringRef readNumber(StringRef text, llvm::ArrayRef<Suffix> suffixes,
                            std::optional<double> &slot, StringRef complaint) {
  double value, factor = 1;
  text = text.trim();
  for (const Suffix &suffix : suffixes)
    if (text.consume_back(suffix.text)) {
      factor = suffix.factor;
      break;
    }
  if (text.rtrim().getAsDouble(value) || !std::isfinite(value * factor) || value < 0)
    return complaint;
  slot = value * factor;
  return "";
}

static bool isDay(StringRef text) {
  unsigned year, month, day;
  return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
         !text.take_front(4).getAsInteger(10, year) && !text.substr(5, 2).getAsInteger(10, month) &&
         !text.substr(8).getAsInteger(10, day) && month >= 1 && month <= 12 && day >= 1 &&
         day <= 31;
}

namespace llvm::yaml {

StringRef ScalarTraits<Limit>::input(StringRef text, void *, Limit &limit) {
  switch (limit.metric) {
  case Metric::EnergyJ:
    return readNumber(text, kJoules, limit.value, "expected joules, as in 0.5 or 500 mJ");
  case Metric::LatencyS:
    return readNumber(text, kSeconds, limit.value, "expected seconds, as in 0.01 or 10 ms");
  case Metric::CarbonG:
    return readNumber(text, kGrams, limit.value, "expected grams, as in 0.002 or 2 mg");
  case Metric::PeakMemory:
    return readNumber(text, kBytes, limit.value, "expected bytes, as in 512 MB or 2 GiB");
  case Metric::Parameters:
    return readNumber(text, kCounts, limit.value, "expected a count, as in 25600000 or 25.6 M");
  }
  return "unknown metric";
}

StringRef ScalarTraits<Share>::input(StringRef text, void *, Share &share) {
  return readNumber(text, kPercent, share.value, "expected a share, as in 5% or 0.05");
}

StringRef ScalarTraits<Glob>::input(StringRef text, void *, Glob &glob) {
  constexpr size_t kMostBraces = 64;
  glob.text = text.str();
  auto pattern = GlobPattern::create(text, kMostBraces);
  if (pattern && !text.empty())
    return "";
  if (!pattern)
    consumeError(pattern.takeError());
  return "expected a glob, as in models/*.onnx";
}

StringRef ScalarTraits<Day>::input(StringRef text, void *, Day &day) {
  day.text = text.str();
  return isDay(text) ? "" : "expected a date, as in 2027-01-31";
}

} // namespace llvm::yaml
