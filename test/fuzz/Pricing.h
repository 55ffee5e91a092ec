//===- Pricing.h - What follows on an analysis ------------------*- C++ -*-===//

#ifndef ENERGY_OPT_TEST_FUZZ_PRICING_H
#define ENERGY_OPT_TEST_FUZZ_PRICING_H

#include "FuzzTarget.h"

#include "energy-opt/EnergyModel.h"

namespace energyopt {

/// Aborts with a message: the input showed a mistake that no sanitizer sees.
[[noreturn]] void found(const llvm::Twine &what);

/// Whether an error says something; consumes it.
void expectWords(llvm::Error error);

/// Prices a graph on a target and prints it in all formats, the files of which go
/// nowhere.
Report priceAndPrint(WorkGraph graph, const Target &target, bool training);

/// A target of each kind of device, by number.
const Target &someTarget(size_t number);

/// A file in memory with those contents, that lives as long as this.
class TemporaryFile {
public:
  explicit TemporaryFile(llvm::StringRef extension);
  ~TemporaryFile();
  void write(llvm::StringRef contents);
  const std::string path;
};

} // namespace energyopt

#endif // ENERGY_OPT_TEST_FUZZ_PRICING_H
