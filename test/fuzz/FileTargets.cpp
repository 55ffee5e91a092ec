//===- FileTargets.cpp - Users' other files as fuzz targets ---------------===//

#include "FuzzTarget.h"
#include "Pricing.h"

#include "Calibrate/Calibrate.h"
#include "Suggest/Precision/PrecisionParts.h"
#include "energy-opt/Analysis.h"
#include "energy-opt/Budgets.h"

#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::StringRef;

/// A small graph to price: a convolution and what follows it.
static constexpr llvm::StringLiteral kGraph = R"(<ir_version: 8, opset_import: ["" : 17]>
net (float[N,3,32,32] x, float[16,3,3,3] w) => (float[N,16,1,1] y) {
  c = Conv<pads = [1, 1, 1, 1]>(x, w)
  r = Relu(c)
  y = GlobalAveragePool(r)
}
)";

static WorkGraph analyseGraph() {
  auto buffer = llvm::MemoryBuffer::getMemBuffer(kGraph, "net.onnxtxt");
  return llvm::cantFail(analyseModel(std::move(buffer), "net.onnxtxt", {})).graph;
}

static const WorkGraph &someGraph() {
  static const WorkGraph graph = analyseGraph();
  return graph;
}

static const Report &someReport() {
  static const Report report = priceAndPrint(someGraph(), someTarget(0), /*training=*/false);
  return report;
}

bool energyopt::runTargetYaml(StringRef input) {
  auto target = parseTarget(input, "fuzzed.yaml");
  if (!target) {
    expectWords(target.takeError());
    auto constants = parseConstants(input, "fuzzed.yaml", &*builtinConstants());
    if (!constants)
      expectWords(constants.takeError());
    return bool(constants);
  }
  describe(*target);
  for (bool training : {false, true})
    priceAndPrint(someGraph(), *target, training);
  return true;
}

bool energyopt::runSettings(StringRef input) {
  auto config = parseConfig(input, "fuzzed.yaml");
  if (!config) {
    expectWords(config.takeError());
    return false;
  }
  CheckOptions options;
  options.today = "2026-01-01";
  judge(someReport(), &someReport(), *config, options);
  for (const auto *globs : {&config->checks, &config->failOn})
    selectChecks(*globs);
  return true;
}

bool energyopt::runMeasurements(StringRef input) {
  auto cells = parseMeasuredTable(input, "fuzzed.csv");
  if (!cells) {
    expectWords(cells.takeError());
    return false;
  }
  // A fit takes seconds; what it is given is sane or refused after a few rows.
  constexpr size_t kFitted = 3;
  if (cells->size() > kFitted)
    cells->erase(cells->begin() + kFitted, cells->end());
  static TemporaryFile graph(".onnxtxt");
  static bool written = (graph.write(kGraph), true);
  (void)written;
  for (MeasuredCell &cell : *cells) {
    cell.graphFile = graph.path;
    cell.dims.clear(); // of the graph that was measured
  }
  CalibrationOptions options;
  options.tableName = "fuzzed.csv";
  auto fitted = calibrate(std::move(*cells), options);
  if (!fitted)
    expectWords(fitted.takeError());
  return bool(fitted);
}

bool energyopt::runRanges(StringRef input) {
  static TemporaryFile file(".json");
  file.write(input);
  auto ranges = readRanges(file.path);
  if (!ranges)
    expectWords(ranges.takeError());
  return bool(ranges);
}
