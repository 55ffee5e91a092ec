//===- Limits.cpp - What a file may ask for -------------------------------===//

#include "energy-opt/Limits.h"

#include "llvm/ADT/STLExtras.h"

#include <array>

using namespace energyopt;
using llvm::StringRef;

/// In the order of Limit. What recursion depends on can be raised to what 8 MB of
/// stack hold with room to spare; the rest, to what 64 bits count.
static constexpr LimitInfo kLimits[] = {
    {"nesting", 64, 200, "ONNX subgraphs inside one another"},
    {"calls", 128, 200, "calls of ONNX functions inside one another"},
    {"dims", 1024, 65536, "dims of one tensor"},
    {"parts", uint64_t(1) << 21, uint64_t(1) << 32, "nodes, initializers and functions of a file"},
    {"fields", uint64_t(1) << 24, uint64_t(1) << 34, "fields of a protobuf file"},
    {"depth", 600, 1000, "bodies inside one another, calls followed"},
    {"ops", 2'000'000, uint64_t(1) << 40, "ops visited, calls and loops followed"},
    {"mlir-nesting", 500, 1000, "brackets inside one another in MLIR text"},
    {"weight-bytes", uint64_t(1) << 35, uint64_t(1) << 62,
     "bytes of one tensor whose values are read"},
};

static std::array<uint64_t, std::size(kLimits)> defaults() {
  std::array<uint64_t, std::size(kLimits)> values;
  llvm::transform(kLimits, values.begin(), [](const LimitInfo &info) { return info.fallback; });
  return values;
}

static std::array<uint64_t, std::size(kLimits)> &values() {
  static std::array<uint64_t, std::size(kLimits)> current = defaults();
  return current;
}

llvm::ArrayRef<LimitInfo> energyopt::allLimits() { return kLimits; }

uint64_t energyopt::limitOf(Limit limit) { return values()[static_cast<size_t>(limit)]; }

std::string energyopt::howToRaise(Limit limit) {
  const LimitInfo &info = kLimits[static_cast<size_t>(limit)];
  return ("no real model comes near; --limit=" + info.name + "=N raises this, up to " +
          llvm::Twine(info.most))
      .str();
}

llvm::Error energyopt::setLimit(StringRef name, uint64_t value) {
  const LimitInfo *info =
      llvm::find_if(kLimits, [&](const LimitInfo &known) { return known.name == name; });
  if (info == std::end(kLimits)) {
    std::string names;
    for (const LimitInfo &known : kLimits)
      names += (names.empty() ? "" : ", ") + known.name.str();
    return llvm::createStringError("--limit: there is no limit '" + name + "'\nknown are " + names);
  }
  if (value < 1 || value > info->most)
    return llvm::createStringError("--limit: " + name + " cannot be " + llvm::Twine(value) +
                                   "\ngive 1 to " + llvm::Twine(info->most));
  values()[info - kLimits] = value;
  return llvm::Error::success();
}
