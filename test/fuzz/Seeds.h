//===- Seeds.h - Inputs that the tests hold ---------------------*- C++ -*-===//

#ifndef ENERGY_OPT_TEST_FUZZ_SEEDS_H
#define ENERGY_OPT_TEST_FUZZ_SEEDS_H

#include "FuzzTarget.h"

#include <vector>

namespace energyopt {

struct Seed {
  std::string name, input;
};

/// The seeds of a target among files and folders, in the order of their names.
/// A test of several files ("#--- net.onnxtxt") is that many seeds.
std::vector<Seed> findSeeds(const FuzzTarget &target, llvm::ArrayRef<std::string> places);

} // namespace energyopt

#endif // ENERGY_OPT_TEST_FUZZ_SEEDS_H
