//===- ScatterTest.cpp - From residuals to intervals ----------------------===//

#include "WorkGraphBuilder.h"

#include "Calibrate/Residuals.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace energyopt;
using namespace energyopt::test;

namespace {

/// A target with so many units, and a range of its bandwidth.
Target chip(int units, double low, double high) {
  std::string text = "name: chip" + std::to_string(units) +
                     "\ntitle: Toy\nclass: gpu\nruntime: tensorrt\n"
                     "process_node_nm: {value: 7, kind: published, source: s}\n"
                     "vector:\n  count: {value: " +
                     std::to_string(units) +
                     ", kind: published, source: s}\n  peak_tera_ops:\n"
                     "    fp32: {value: 2, kind: published, source: s}\n"
                     "dram:\n  bandwidth_gb_per_s: {value: 100, low: " +
                     std::to_string(low) + ", high: " + std::to_string(high) +
                     ", kind: published, source: s}\n"
                     "power:\n  active_w: {value: 50, kind: published, source: s}\n";
  llvm::Expected<Target> target = parseTarget(text, "chip.yaml");
  EXPECT_TRUE(bool(target)) << llvm::toString(target.takeError());
  return target ? std::move(*target) : Target();
}

class ScatterTest : public ::testing::Test {
protected:
  ScatterTest() {
    WorkGraphBuilder b;
    b.output(b.elementwise("Relu", {b.input(1000000)}));
    graph = b.graph;
  }

  /// A row of a target that was missed by a factor of exp(error), in time.
  void miss(const Target &target, double error) {
    auto entry = std::make_unique<Dataset::Entry>();
    entry->target = &target;
    entry->cell.target = target.name;
    entry->cell.runtime = entry->options.runtime = "tensorrt";
    GraphIndices indices(graph);
    auto pricing = preparePricing(indices, target, entry->options);
    ASSERT_TRUE(bool(pricing));
    entry->pricing = std::move(*pricing);
    residuals.push_back({entry.get(), {}});
    residuals.back().errors.time = error;
    entries.push_back(std::move(entry));
  }

  WorkGraph graph;
  std::vector<std::unique_ptr<Dataset::Entry>> entries;
  std::vector<Residual> residuals;
};

TEST_F(ScatterTest, ChipsWeighTheSameOnNewDevices) {
  Target one = chip(1, 100, 100), two = chip(2, 100, 100);
  miss(one, 0.3);
  for (int i = 0; i < 3; ++i)
    miss(two, -0.1);
  // sqrt((0.3^2 + 0.1^2) / 2); found within 0.001.
  OwnSigmas found = coveringSigmas(residuals, Scope::NewDevices);
  EXPECT_NEAR(*found.time, std::sqrt(0.05), 1e-3);
  EXPECT_FALSE(found.energy);
  EXPECT_EQ(countChips(residuals, &LogErrors::time), 2u);
  EXPECT_EQ(countChips(residuals, &LogErrors::energy), 0u);
}

TEST_F(ScatterTest, NewRowsOfKnownDevicesLieInsideInNineOfTenCases) {
  Target one = chip(1, 100, 100);
  for (int i = 1; i <= 10; ++i)
    miss(one, 0.1 * i);
  // The ninth of ten, 0.9, is 1.645 sigma.
  EXPECT_NEAR(*coveringSigmas(residuals, Scope::NewRows).time, 0.9 / 1.645, 2e-3);
}

TEST_F(ScatterTest, TheWidestSheetSetsWhatSigmaHolds) {
  Target sure = chip(1, 100, 100), vague = chip(2, 50, 200);
  miss(sure, 0.1);
  EXPECT_EQ(*sheetSigmas(residuals).time, 0);
  miss(vague, 0.1);
  double widest = std::sqrt(rangeVariances(*entries[1]->pricing, entries[1]->options).time);
  EXPECT_GT(widest, 0.1);
  EXPECT_DOUBLE_EQ(*sheetSigmas(residuals).time, widest);
}

TEST_F(ScatterTest, RangesCountBeyondThoseOfTheFit) {
  Variances left = beyond({0.09, 0.16, 0.5}, 0.3, 0.3);
  EXPECT_NEAR(left.time, 0, 1e-12);
  EXPECT_NEAR(left.energy, 0.07, 1e-12);
  EXPECT_EQ(left.host, 0.5);
  EXPECT_EQ(beyond({0.04, 0, 0}, 0.3, 0).time, 0);
}

TEST(SigmaOfNext, FewChipsLeaveMoreDoubt) {
  // sqrt((15 * 0.04 + 3 * 0.0576) / 18) = 0.2072; t(18) / z at 95 %: 1.734 / 1.645.
  EXPECT_NEAR(sigmaOfNext(0.2, 15, 0.24), 0.2072 * 1.734 / 1.645, 1e-3);
  // Nothing was left out: what was assumed, with t(3) = 2.353.
  EXPECT_NEAR(sigmaOfNext(0, 0, 0.24), 0.24 * 2.353 / 1.645, 0.01);
}

} // namespace
