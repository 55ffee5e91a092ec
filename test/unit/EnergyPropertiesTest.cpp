//===- EnergyPropertiesTest.cpp - What must hold on every target ----------===//

#include "WorkGraphBuilder.h"

#include "Analysis/Coefficients.h"
#include "energy-opt/EnergyModel.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace energyopt;
using namespace energyopt::test;

namespace {

Target load(llvm::StringRef name) {
  llvm::Expected<Target> target = loadTarget(name);
  EXPECT_TRUE(bool(target)) << llvm::toString(target.takeError());
  return target ? std::move(*target) : Target();
}

TargetReport price(const WorkGraph &graph, const Target &target, const EnergyOptions &options) {
  llvm::Expected<TargetReport> report = estimate(graph, target, options);
  EXPECT_TRUE(bool(report)) << llvm::toString(report.takeError());
  return report ? std::move(*report) : TargetReport();
}

/// Convolution, depthwise, norm, activation, attention product, classifier: a
/// bit of everything, `batch` samples.
WorkGraph mixed(int64_t batch) {
  WorkGraphBuilder b;
  int64_t m = 196 * batch;
  int32_t x = b.input(m * 64);
  int32_t y = b.conv(x, m, 64 * 9, 128);
  y = b.elementwise("Relu", {y});
  y = b.op("Conv", "conv", {y, b.parameter(128 * 9)}, m * 128,
           {{WorkClass::DepthwiseConv, DType::F32, m * 128 * 9, 128, m, 1, 9}});
  y = b.elementwise("Add", {y, y});
  y = b.op("Softmax", "softmax", {y}, m * 128,
           {{WorkClass::Vector, DType::F32, 4 * m * 128},
            {WorkClass::Transcendental, DType::F32, m * 128}});
  y = b.matmul(y, b.view("Reshape", y), batch, 196, 128, 196);
  b.output(b.matmul(y, b.parameter(196 * 1000), 1, m, 196, 1000));
  return b.graph;
}

class EveryTarget : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryTarget, SumsCloseAndFiguresAreFinite) {
  Target target = load(GetParam());
  WorkGraph graph = mixed(4);
  for (llvm::StringRef runtime : runtimeNames()) {
    EnergyOptions options;
    options.runtime = runtime.str();
    TargetReport r = price(graph, target, options);
    double rows = r.staticRowJ;
    for (const RowCost &row : r.rows) {
      EXPECT_GE(row.energyJ, 0);
      EXPECT_GE(row.latencyS, 0);
      rows += row.energyJ;
    }
    const EnergyBreakdown &b = r.breakdownJ;
    EXPECT_GT(r.energyJ.value, 0);
    EXPECT_NEAR(rows, r.energyJ.value, 1e-9 * r.energyJ.value) << runtime.str();
    EXPECT_NEAR(b.computeJ + b.dramJ + b.onchipJ + b.staticJ, r.energyJ.value,
                1e-9 * r.energyJ.value);
    EXPECT_GT(r.energyJ.low, 0);
    EXPECT_LT(r.energyJ.low, r.energyJ.value);
    EXPECT_TRUE(std::isfinite(r.energyJ.high) && r.energyJ.high > r.energyJ.value);
    EXPECT_TRUE(std::isfinite(r.latencyS.high) && r.latencyS.low > 0);
    EXPECT_NEAR(r.powerW * r.latencyS.value, r.energyJ.value, 1e-9 * r.energyJ.value);
    if (target.activeW && target.cls == DeviceClass::Gpu) {
      EXPECT_LE(r.powerW, target.activeW.value * (1 + 1e-9));
    }
  }
}

TEST_P(EveryTarget, CostsRiseWithBatch) {
  Target target = load(GetParam());
  double energy = 0, time = 0;
  for (int64_t batch : {1, 2, 3, 8, 64, 512}) {
    TargetReport r = price(mixed(batch), target, {});
    EXPECT_GT(r.energyJ.value, energy) << batch;
    EXPECT_GT(r.latencyS.value, time) << batch;
    energy = r.energyJ.value;
    time = r.latencyS.value;
  }
}

TEST_P(EveryTarget, WiderFormatsCostNoLess) {
  Target target = load(GetParam());
  auto energyIn = [&](Precision p) {
    EnergyOptions options;
    options.precision = p;
    return price(mixed(8), target, options).energyJ.value;
  };
  double wide = energyIn(Precision::Fp32) * (1 + 1e-9);
  EXPECT_LE(energyIn(Precision::Fp16), wide);
  // Not always below fp16: V100 has tensor cores for that, and none for int8.
  EXPECT_LE(energyIn(Precision::Int8), wide);
}

/// More bytes for the same operations never cost less.
TEST_P(EveryTarget, CostsRiseWithBytes) {
  Target target = load(GetParam());
  WorkGraph graph = mixed(2);
  double before = price(graph, target, {}).energyJ.value;
  for (GraphRow &row : graph.rows)
    for (TensorUse &read : row.reads)
      read.bytes *= 10;
  EXPECT_GT(price(graph, target, {}).energyJ.value, before);
}

/// Never faster than all units at their peak, nor than the compulsory bytes at
/// the memory's rate.
TEST_P(EveryTarget, NeverBeatsThePhysicalBounds) {
  Target target = load(GetParam());
  // 1.1: Winograd does a 3x3 convolution in fewer multiplications.
  constexpr double kAlgorithmic = 1.1;
  WorkGraph graph = mixed(64);
  TargetReport r = price(graph, target, {});
  double peak = 0;
  for (const ExecutionUnit *unit : {&target.matrix, &target.vector, &target.helper})
    peak += unit->peakTeraOps[unsigned(Precision::Fp32)].valueOr(0) * 1e12;
  double macs = 0;
  for (const GraphRow &row : graph.rows)
    macs += row.macs;
  if (peak > 0) {
    EXPECT_GE(r.latencyS.value, 2 * macs / (peak * kAlgorithmic));
  }
  if (target.dram.bandwidthGbPerS) {
    EXPECT_GE(r.latencyS.value, r.dramBytes / (target.dram.bandwidthGbPerS.value * 1e9));
  }
}

/// Never less than all operations at the cheapest energy of any unit and format,
/// and weights, inputs and outputs once at that of the cheapest memory level.
TEST_P(EveryTarget, NeverBelowTheCheapestEnergies) {
  Target target = load(GetParam());
  llvm::Expected<const Constants &> constants = builtinConstants();
  ASSERT_TRUE(bool(constants)) << llvm::toString(constants.takeError());
  EnergyOptions options;
  options.powerLimitW = 1e9; // a limit lowers the voltage, and with it all energies
  WorkGraph graph = mixed(8);
  for (llvm::StringRef name : runtimeNames()) {
    options.runtime = name.str();
    RunContext run{*findRuntime(name), /*batched=*/true};
    Coefficients c = resolveCoefficients(target, *constants, run, options);
    double perOperation = INFINITY;
    for (const auto &rates : c.rates)
      for (const Rate &rate : rates)
        if (rate.operationsPerS > 0)
          perOperation = std::min(perOperation, rate.joulePerOperation);
    double perByte =
        std::min({c.activationJPerByte, c.weightJPerByte, c.cachedJPerByte, c.pinnedJPerByte});
    double operations = 0, bytes = 0;
    for (const GraphRow &row : graph.rows)
      operations += 2.0 * row.macs;
    for (const GraphTensor &tensor : graph.tensors)
      if (tensor.role != GraphTensor::Role::Intermediate && tensor.viewOf < 0)
        bytes += tensor.bytes;
    ASSERT_TRUE(std::isfinite(perOperation));
    EnergyBreakdown spent = price(graph, target, options).breakdownJ;
    double least = c.energyFactor * (1 - 1e-9);
    EXPECT_GE(spent.computeJ, operations * perOperation * least) << name.str();
    EXPECT_GE(spent.dramJ + spent.onchipJ, bytes * perByte * least) << name.str();
  }
}

std::vector<std::string> allTargets() {
  std::vector<std::string> names;
  for (const TargetEntry &entry : builtinTargets())
    names.push_back(entry.name.str());
  return names;
}
INSTANTIATE_TEST_SUITE_P(Targets, EveryTarget, ::testing::ValuesIn(allTargets()),
                         [](const auto &info) {
                           std::string id = info.param;
                           for (char &c : id)
                             c = isalnum(c) ? c : '_';
                           return id;
                         });

/// A faster part of the same family is not slower.
TEST(Families, FasterPartsAreNotSlower) {
  const char *families[][2] = {{"nvidia-a100-pcie-40gb", "nvidia-a100-sxm-80gb"},
                               {"nvidia-a100-sxm-80gb", "nvidia-h100-sxm"},
                               {"nvidia-h100-pcie", "nvidia-h100-sxm"},
                               {"nvidia-h100-sxm", "nvidia-h200-sxm"},
                               {"nvidia-v100-pcie-32gb", "nvidia-v100-sxm-32gb"},
                               {"jetson-nano", "jetson-agx-orin"},
                               {"google-tpu-v4", "google-tpu-v5p"},
                               {"google-tpu-v5e", "google-tpu-v6e"},
                               {"apple-m1", "apple-m1-max"},
                               {"raspberry-pi-4", "raspberry-pi-5"},
                               {"intel-xeon-platinum-8280", "intel-xeon-platinum-8480"}};
  for (auto [slow, fast] : families)
    for (int64_t batch : {1, 16, 256}) {
      double a = price(mixed(batch), load(slow), {}).latencyS.value;
      double b = price(mixed(batch), load(fast), {}).latencyS.value;
      EXPECT_LE(b, a) << fast << " against " << slow << " at batch " << batch;
    }
}

TEST(PowerLimits, LowerLimitsSlowDownAndAreKept) {
  Target target = load("nvidia-a100-sxm-80gb");
  double time = 0;
  for (double limit : {400., 300., 250., 200., 150.}) {
    EnergyOptions options;
    options.powerLimitW = limit;
    TargetReport r = price(mixed(512), target, options);
    EXPECT_LE(r.powerW, limit);
    EXPECT_GE(r.latencyS.value, time);
    time = r.latencyS.value;
  }
}

} // namespace
