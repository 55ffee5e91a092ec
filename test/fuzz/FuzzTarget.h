//===- FuzzTarget.h - What is fuzzed ----------------------------*- C++ -*-===//
//
// A fuzz target feeds bytes that a stranger wrote to one entry of the libraries.
// It runs under libFuzzer (FuzzMain.cpp) and under a driver of our own
// (SmokeMain.cpp) with the same mutators, so that what one finds the other
// repeats.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TEST_FUZZ_FUZZTARGET_H
#define ENERGY_OPT_TEST_FUZZ_FUZZTARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <random>
#include <string>

namespace energyopt {

using Random = std::mt19937;

struct FuzzTarget {
  llvm::StringLiteral name;
  /// Extensions of the files of the tests that are seeds, separated by spaces.
  llvm::StringLiteral extensions;
  /// Crashes, or runs out of time or memory, if something is wrong. True if the
  /// input was found valid.
  bool (*run)(llvm::StringRef input);
  /// Changes `input` here and there, with parts of `other`, which is like it.
  void (*mutate)(std::string &input, llvm::StringRef other, Random &random);
  /// What is fed of a file of that kind; empty if it is none.
  std::string (*seed)(llvm::StringRef file);
};

llvm::ArrayRef<FuzzTarget> fuzzTargets();
const FuzzTarget *findFuzzTarget(llvm::StringRef name);

bool runModel(llvm::StringRef input);        // an ONNX model
bool runModelText(llvm::StringRef input);    // the same as text
bool runMlir(llvm::StringRef input);         // MLIR text or bytecode
bool runTargetYaml(llvm::StringRef input);   // a device's sheet
bool runSettings(llvm::StringRef input);     // .energy-opt.yaml
bool runMeasurements(llvm::StringRef input); // the table of calibrate
bool runRanges(llvm::StringRef input);       // ranges=FILE of precision-int8-static

/// The bytes of a model in text; empty if it is none.
std::string modelOfText(llvm::StringRef text);

/// Uniform in [0, bound); bound is not 0.
inline size_t below(size_t bound, Random &random) { return random() % bound; }

} // namespace energyopt

#endif // ENERGY_OPT_TEST_FUZZ_FUZZTARGET_H
