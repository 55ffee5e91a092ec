//===- FuzzMain.cpp - Entry points of libFuzzer ---------------------------===//
//
// One program for all targets; the name that it is called by ends with the
// target's: energy-opt-fuzz-model.
//
//===----------------------------------------------------------------------===//

#include "FuzzTarget.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace energyopt;
using llvm::StringRef;

static const FuzzTarget *fuzzed;

// NOLINTBEGIN(readability-identifier-naming): libFuzzer's names
extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

extern "C" int LLVMFuzzerInitialize(int *, char ***argv) {
  fuzzed = findFuzzTarget(StringRef((*argv)[0]).rsplit('-').second);
  if (fuzzed)
    return 0;
  std::fprintf(stderr, "call this energy-opt-fuzz-TARGET; TARGET is one of:");
  for (const FuzzTarget &target : fuzzTargets())
    std::fprintf(stderr, " %s", target.name.data());
  std::fprintf(stderr, "\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzzed->run(StringRef(reinterpret_cast<const char *>(data), size));
  return 0;
}

static size_t mutate(StringRef input, StringRef other, uint8_t *out, size_t most, unsigned seed) {
  Random random(seed);
  std::string bytes = input.str();
  fuzzed->mutate(bytes, other, random);
  size_t size = std::min(bytes.size(), most);
  std::memcpy(out, bytes.data(), size);
  return size;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  constexpr unsigned kPlain = 4; // one of so many is libFuzzer's own
  if (seed % kPlain == 0)
    return LLVMFuzzerMutate(data, size, most);
  StringRef input(reinterpret_cast<const char *>(data), size);
  return mutate(input, input, data, most, seed / kPlain);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *other,
                                            size_t otherSize, uint8_t *out, size_t most,
                                            unsigned seed) {
  return mutate(StringRef(reinterpret_cast<const char *>(data), size),
                StringRef(reinterpret_cast<const char *>(other), otherSize), out, most, seed);
}
// NOLINTEND(readability-identifier-naming)
