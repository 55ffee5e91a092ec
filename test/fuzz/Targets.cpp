//===- Targets.cpp - The list of fuzz targets -----------------------------===//

#include "FuzzTarget.h"
#include "TextMutator.h"
#include "WireMutator.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::StringRef;

static std::string asIs(StringRef file) { return file.str(); }

/// A table's head and a few rows.
static std::string fewLines(StringRef file) {
  size_t end = 0;
  for (unsigned i = 0; i < 6; ++i)
    end = std::min(file.find('\n', end), file.size() - 1) + 1;
  return file.take_front(end).str();
}

static constexpr FuzzTarget kTargets[] = {
    {"model", "onnxtxt textproto onnx", runModel, mutateModel, modelOfText},
    {"text", "onnxtxt textproto", runModelText, mutateText, asIs},
    {"mlir", "mlir", runMlir, mutateText, asIs},
    {"target", "yaml", runTargetYaml, mutateText, asIs},
    {"settings", "yaml", runSettings, mutateText, asIs},
    {"measurements", "csv", runMeasurements, mutateText, fewLines},
    {"ranges", "json", runRanges, mutateText, asIs},
};

llvm::ArrayRef<FuzzTarget> energyopt::fuzzTargets() { return kTargets; }

const FuzzTarget *energyopt::findFuzzTarget(StringRef name) {
  const FuzzTarget *found =
      llvm::find_if(kTargets, [&](const FuzzTarget &target) { return target.name == name; });
  return found == std::end(kTargets) ? nullptr : found;
}
