//===- DeployFit.cpp - What would make a model fit a device ---------------===//

#include "Report/Format.h"
#include "Suggest/Advisor.h"
#include "energy-opt/Live.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace energyopt;

namespace {

/// Formats that deployment tools store models in, the widest first.
constexpr Precision kFormats[] = {Precision::Fp16, Precision::Int8, Precision::Int4};

std::string inBytes(double bytes) { return si(bytes, "B", /*unicode=*/false); }

class FitAdvice {
public:
  FitAdvice(Advisor &advisor, size_t index)
      : advisor(advisor), situation(advisor.situation), index(index),
        target(situation.targets[index]), graph(situation.base.graph) {}

  void run() {
    if (situation.energy.mode == Mode::Training || situation.base.targets[index].fitsInMemory)
      return;
    for (Precision format : kFormats) {
      EnergyOptions options = situation.energy;
      options.precision = format;
      auto report = advisor.priced(graph, target, options);
      if (report && report->fitsInMemory)
        return adviseFormat(format, *report);
    }
    adviseSmaller();
  }

private:
  /// What the model takes where floats have `bits`; 0: as they are.
  double weights(unsigned bits) const {
    double bytes = 0;
    for (const GraphTensor &tensor : graph.tensors)
      if (tensor.role == GraphTensor::Role::Parameter && tensor.viewOf < 0)
        bytes += static_cast<double>(bytesAt(tensor, bits));
    return bytes;
  }
  double results(unsigned bits) const { return static_cast<double>(peakActivations(graph, bits)); }

  static double room(const MemoryLevel &level) {
    return level.capacityMb.value * 1e6 * level.usableFraction.valueOr(1);
  }

  struct Need {
    const char *of, *in;
    double bytes, room;
  };
  /// What is furthest from fitting: weights in flash, or the rest in memory.
  Need worst(unsigned bits) const {
    const MemoryLevel &home = target.dram.exists() ? target.dram : target.scratchpad;
    if (!target.flash.exists())
      return {"weights and results", "memory", weights(bits) + results(bits), room(home)};
    Need stored{"weights", "flash", weights(bits), room(target.flash)};
    Need live{"results", "memory", results(bits), room(home)};
    return stored.bytes * live.room > live.bytes * stored.room ? stored : live;
  }

  void adviseFormat(Precision format, const TargetReport &report) {
    Need now = worst(0);
    Suggestion suggestion = advisor.draft();
    suggestion.title =
        llvm::formatv("It does not fit: {0} of {1} in {2} of {3}. As {4} it does, with {5}", now.of,
                      inBytes(now.bytes), inBytes(now.room), now.in, name(format),
                      inBytes(now.of == llvm::StringRef("results") ? results(storageBits(format))
                              : target.flash.exists()              ? weights(storageBits(format))
                                                      : worst(storageBits(format)).bytes));
    suggestion.apply = llvm::formatv("--precision={0} shows it; quantize where the model is "
                                     "compiled for the device",
                                     name(format));
    suggestion.savingJ[index] = advisor.baseJ(index) - report.energyJ.value;
    advisor.addNeeded(std::move(suggestion));
  }

  /// The parameter that takes most, and its share.
  std::pair<llvm::StringRef, double> largest() const {
    const GraphTensor *most = nullptr;
    for (const GraphTensor &tensor : graph.tensors)
      if (tensor.role == GraphTensor::Role::Parameter && tensor.viewOf < 0 &&
          (!most || tensor.bytes > most->bytes))
        most = &tensor;
    double all = weights(0);
    return most && all > 0 ? std::pair(llvm::StringRef(most->name), most->bytes / all)
                           : std::pair(llvm::StringRef(), 0.0);
  }

  void adviseSmaller() {
    constexpr unsigned kBits = 8; // what all devices can run
    Need now = worst(0), then = worst(kBits);
    Suggestion suggestion = advisor.draft();
    suggestion.title = llvm::formatv(
        "It does not fit: {0} of {1} in {2} of {3}. As int8, {4} of {5}, it has to become {6:F1} "
        "times smaller still",
        now.of, inBytes(now.bytes), inBytes(now.room), now.in, then.of, inBytes(then.bytes),
        then.bytes / then.room);
    auto [name, share] = largest();
    if (share >= 0.2 && then.of != llvm::StringRef("results"))
      suggestion.title += llvm::formatv("; {0:F0} % of the weights are {1}", 100 * share, name);
    suggestion.apply = "fewer or narrower layers, a smaller vocabulary, or a larger device";
    advisor.addNeeded(std::move(suggestion));
  }

  Advisor &advisor;
  const Situation &situation;
  size_t index;
  const Target &target;
  const WorkGraph &graph;
};

} // namespace

void energyopt::adviseFit(Advisor &advisor) {
  for (size_t i = 0; i < advisor.targets(); ++i)
    FitAdvice(advisor, i).run();
}
