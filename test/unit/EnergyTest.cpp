//===- EnergyTest.cpp - Time and energy against arithmetic by hand --------===//

#include "WorkGraphBuilder.h"

#include "Analysis/Evaluate.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace energyopt;
using namespace energyopt::test;

namespace {

/// 2 Tera-operations/s at eta 0.5: 1e12 operations/s. 100 GB/s at eta 1. No
/// cache, p = 1 (sums), 10 us per kernel, 10 W constant, 1 pJ per fp32
/// operation (node 7 nm, factor 1), 10 pJ per bit.
constexpr const char *kConstants = R"(
classes:
  gpu:
    eta_conv_vector: {value: 0.5, kind: derived, source: test}
    eta_gemm_vector: {value: 0.5, kind: derived, source: test}
    eta_batch_vector: {value: 0.5, kind: derived, source: test}
    eta_vector: {value: 0.5, kind: derived, source: test}
    transcendental_ops: {value: 1, kind: derived, source: test}
    eta_memory: {value: 1, kind: derived, source: test}
    cache_speedup: {value: 2, kind: derived, source: test}
    cache_fraction: {value: 0.5, kind: derived, source: test}
    overlap_exponent: {value: 1, kind: derived, source: test}
    queue_exponent: {value: 4, kind: derived, source: test}
    active_fraction: {value: 0.2, kind: derived, source: test}
    picojoule_fp16: {value: 1, kind: derived, source: test}
    node_exponent: {value: 1, kind: derived, source: test}
    factor_fp32: {value: 1, kind: derived, source: test}
    picojoule_vector: {value: 1, kind: derived, source: test}
    cached_energy_fraction: {value: 0.25, kind: derived, source: test}
    cap_linear: {value: 1, kind: derived, source: test}
    cap_quadratic: {value: 0, kind: derived, source: test}
    cap_sharpness: {value: 1000, kind: derived, source: test}
    sigma_time: {value: 0.2, kind: derived, source: test}
    sigma_energy: {value: 0.3, kind: derived, source: test}
    runtimes:
      tensorrt:
        per_op_us: {value: 10, kind: derived, source: test}
      eager:
        issue_us: {value: 10, kind: derived, source: test}
        training_issue_us: {value: 20, kind: derived, source: test}
hosts:
  server:
    per_device_w: {value: 160, kind: derived, source: test}
    device_exponent: {value: 0.5, kind: derived, source: test}
    per_w: {value: 0.1, kind: derived, source: test}
path_picojoule_per_bit:
  HBM2: {value: 10, kind: derived, source: test}
uncertainty:
  sigma_unknown_runtime: {value: 0.4, kind: derived, source: test}
  sigma_unknown_host: {value: 0.4, kind: derived, source: test}
site:
  carbon_intensity_g_per_kwh: {value: 500, kind: derived, source: test}
  pue: {value: 1.5, kind: derived, source: test}
)";

constexpr const char *kTarget = R"(
name: toy
title: Toy
class: gpu
runtime: tensorrt
process_node_nm: {value: 7, kind: published, source: test}
vector:
  peak_tera_ops:
    fp32: {value: 2, kind: published, source: test}
dram:
  technology: HBM2
  capacity_mb: {value: 1, kind: published, source: test}
  bandwidth_gb_per_s: {value: 100, kind: published, source: test}
power:
  active_w: {value: 50, kind: published, source: test}
host:
  kind: server
)";

class EnergyTest : public ::testing::Test {
protected:
  void SetUp() override {
    llvm::Expected<Constants> c = parseConstants(kConstants, "test.yaml");
    ASSERT_TRUE(bool(c)) << llvm::toString(c.takeError());
    constants = *c;
    llvm::Expected<Target> t = parseTarget(kTarget, "toy.yaml");
    ASSERT_TRUE(bool(t)) << llvm::toString(t.takeError());
    target = *t;
    options.constants = &constants;
    options.runtime = "tensorrt";
  }

  TargetReport price(const WorkGraph &graph) {
    llvm::Expected<TargetReport> report = estimate(graph, target, options);
    EXPECT_TRUE(bool(report));
    return report ? std::move(*report) : TargetReport();
  }

  void expectSums(const WorkGraph &graph, const TargetReport &r) {
    double rows = r.staticRowJ;
    for (const RowCost &row : r.rows)
      rows += row.energyJ;
    EXPECT_EQ(r.rows.size(), graph.rows.size());
    EXPECT_NEAR(rows, r.energyJ.value, 1e-9 * r.energyJ.value);
    const EnergyBreakdown &b = r.breakdownJ;
    EXPECT_NEAR(b.computeJ + b.dramJ + b.onchipJ + b.staticJ, r.energyJ.value,
                1e-9 * r.energyJ.value);
    EXPECT_LE(r.energyJ.low, r.energyJ.value);
    EXPECT_GE(r.energyJ.high, r.energyJ.value);
  }

  Constants constants;
  Target target;
  EnergyOptions options;
};

/// 100 x 1000 x 1000: 1e8 MACs; 4e5 B in, 4e6 B weights, 4e5 B out.
WorkGraph oneMatMul() {
  WorkGraphBuilder b;
  b.output(b.matmul(b.input(100 * 1000), b.parameter(1000 * 1000), 1, 100, 1000, 1000));
  return b.graph;
}

TEST_F(EnergyTest, OneMatMul) {
  WorkGraph graph = oneMatMul();
  TargetReport r = price(graph);
  // t_c = 2e8 / 1e12 = 200 us; t_m = 4.8e6 / 1e11 = 48 us; + 10 us.
  EXPECT_NEAR(r.latencyS.value, 258e-6, 1e-12);
  EXPECT_EQ(r.dramBytes, 4.8e6);
  // compute 2e8 pJ = 0.2 mJ; DRAM 4.8e6 * 80 pJ = 0.384 mJ;
  // static 0.2 * 50 W * 258 us = 2.58 mJ.
  EXPECT_NEAR(r.breakdownJ.computeJ, 0.2e-3, 1e-12);
  EXPECT_NEAR(r.breakdownJ.dramJ, 0.384e-3, 1e-12);
  EXPECT_NEAR(r.breakdownJ.staticJ, 2.58e-3, 1e-12);
  EXPECT_NEAR(r.energyJ.value, 3.164e-3, 1e-12);
  // The static row holds the 10 us of dispatch: 10 W * 10 us.
  EXPECT_NEAR(r.staticRowJ, 0.1e-3, 1e-12);
  EXPECT_EQ(r.bound, Bound::Compute);
  EXPECT_FALSE(r.fitsInMemory); // 4.8 MB in 1 MB
  expectSums(graph, r);
}

TEST_F(EnergyTest, MemoryBoundsReplaceTheKernelsTraffic) {
  // Two element-wise ops in one kernel: 4000 B in, 4000 B out; each op by itself
  // moves 8000 B.
  WorkGraphBuilder b;
  b.output(b.elementwise("Relu", {b.elementwise("Relu", {b.input(1000)})}));
  b.graph.rows[0].bytesMax = b.graph.rows[1].bytesMax = 8000;
  b.graph.rows[0].bytesMin = b.graph.rows[1].bytesMin = 4000;
  EXPECT_EQ(price(b.graph).kernels.size(), 1u);
  options.traffic = Traffic::Max;
  TargetReport most = price(b.graph);
  EXPECT_DOUBLE_EQ(most.dramBytes, 16000);
  expectSums(b.graph, most);
  options.traffic = Traffic::Min;
  EXPECT_DOUBLE_EQ(price(b.graph).dramBytes, 8000);
}

TEST_F(EnergyTest, HostFacilityAndCarbon) {
  TargetReport r = price(oneMatMul());
  // 160 W * 258 us + 0.1 * 3.164 mJ.
  EXPECT_NEAR(r.hostJ.value, 41.28e-3 + 0.3164e-3, 1e-12);
  EXPECT_NEAR(r.facilityJ, 1.5 * (41.5964e-3 + 3.164e-3), 1e-12);
  EXPECT_NEAR(r.carbonG.value, r.facilityJ / 3.6e6 * 500, 1e-15);
  // Four devices share 160 W * 4^0.5: 80 W each.
  options.devices = 4;
  EXPECT_NEAR(price(oneMatMul()).hostJ.value, 80 * 258e-6 + 0.3164e-3, 1e-12);
  options.pue = 1;
  options.carbonIntensity = 1000;
  r = price(oneMatMul());
  EXPECT_NEAR(r.facilityJ, r.hostJ.value + r.energyJ.value, 1e-15);
  EXPECT_NEAR(r.carbonG.value, r.facilityJ / 3600, 1e-12);
}

TEST_F(EnergyTest, IntervalsAreNinetyPercentOfTheResidual) {
  TargetReport r = price(oneMatMul());
  // exp(1.645 * 0.3) each way: no number of this target has a range.
  EXPECT_NEAR(r.energyJ.high / r.energyJ.value, std::exp(1.645 * 0.3), 1e-9);
  EXPECT_NEAR(r.latencyS.value / r.latencyS.low, std::exp(1.645 * 0.2), 1e-9);
  // A runtime that was not stated: sqrt(0.3^2 + 0.4^2) = 0.5.
  options.runtime.clear();
  r = price(oneMatMul());
  EXPECT_NEAR(r.energyJ.high / r.energyJ.value, std::exp(1.645 * 0.5), 1e-9);
}

TEST_F(EnergyTest, ARangedNumberWidensTheInterval) {
  double narrow = price(oneMatMul()).latencyS.high;
  Quantity &peak = target.vector.peakTeraOps[unsigned(Precision::Fp32)];
  peak.low = 1;
  peak.high = 4;
  TargetReport r = price(oneMatMul());
  EXPECT_GT(r.latencyS.high, narrow);
  // At 1 and 4 Tera: t = 458 us and 158 us; ln(158/458) / 3.29 = -0.3235.
  double sigma = std::hypot(0.2, std::log(458.0 / 158.0) / 3.29);
  EXPECT_NEAR(r.latencyS.high / r.latencyS.value, std::exp(1.645 * sigma), 1e-9);
  // The 0.2 were found on devices whose sheets made 0.1 of it.
  constants.classes[unsigned(DeviceClass::Gpu)].sheetSigmaTime = {0.1, 0.1, 0.1,
                                                                  SourceKind::Derived, "test"};
  sigma = std::sqrt(sigma * sigma - 0.01);
  r = price(oneMatMul());
  EXPECT_NEAR(r.latencyS.high / r.latencyS.value, std::exp(1.645 * sigma), 1e-9);
}

TEST_F(EnergyTest, PowerLimitStretchesTime) {
  // Without a limit: 10 W + 0.584 mJ / 258 us = 12.2636 W.
  options.powerLimitW = 12.2636 / 2;
  TargetReport r = price(oneMatMul());
  double demand = 10 + 0.584e-3 / 258e-6;
  double ratio = demand / *options.powerLimitW; // exponent 1: time x ratio
  EXPECT_NEAR(r.latencyS.value, 258e-6 * ratio, 1e-9);
  EXPECT_NEAR(r.powerW, *options.powerLimitW, 1e-9);
  EXPECT_NEAR(r.energyJ.value, *options.powerLimitW * 258e-6 * ratio, 1e-9);
  EXPECT_EQ(r.notes.size(), 2u); // the limit, and the memory
  expectSums(oneMatMul(), r);
}

TEST_F(EnergyTest, AsynchronousQueueHidesIssueTime) {
  options.runtime = "eager";
  // (248^4 + 10^4)^(1/4) us = 248.0002 us.
  EXPECT_NEAR(price(oneMatMul()).latencyS.value, std::pow(std::pow(248., 4) + 1e4, 0.25) * 1e-6,
              1e-12);
}

TEST_F(EnergyTest, CacheHoldsWhatOneKernelMakesForAnother) {
  Quantity size{4, 4, 4, SourceKind::Published, "test"};
  target.llc.capacityMb = size; // half of it: 2e6 B; y is 4e5 B
  WorkGraphBuilder b;
  int32_t y = b.matmul(b.input(100 * 1000), b.parameter(1000 * 1000), 1, 100, 1000, 1000);
  b.output(b.matmul(y, b.parameter(1000 * 1000), 1, 100, 1000, 1000));
  TargetReport r = price(b.graph);
  // DRAM: 4e5 B in, twice 4e6 B of weights, 4e5 B out; on chip: y twice.
  // 2 * 200 us + 8.8e6 / 1e11 + 8e5 / 2e11 + 2 * 10 us.
  EXPECT_NEAR(r.latencyS.value, 512e-6, 1e-12);
  EXPECT_EQ(r.dramBytes, 8.8e6);
  EXPECT_EQ(r.kernels[0].onchipBytes, 4e5);
  // 8e5 * 80 pJ * 0.25.
  EXPECT_NEAR(r.breakdownJ.onchipJ, 16e-6, 1e-12);
  double dram = 0;
  for (const RowCost &row : r.rows)
    dram += row.dramBytes;
  EXPECT_EQ(dram, r.dramBytes);
  expectSums(b.graph, r);
}

TEST_F(EnergyTest, PrecisionFallsBackToTheNextWiderWithANote) {
  options.precision = Precision::Int8;
  TargetReport r = price(oneMatMul());
  EXPECT_EQ(r.precision, "fp32");
  EXPECT_EQ(r.dramBytes, 4.8e6);
  ASSERT_FALSE(r.notes.empty());
  EXPECT_NE(r.notes[0].find("no int8"), std::string::npos);
  target.vector.peakTeraOps[unsigned(Precision::Fp16)] = {4, 4, 4, SourceKind::Published, "test"};
  r = price(oneMatMul());
  EXPECT_EQ(r.precision, "fp16");
  EXPECT_EQ(r.dramBytes, 2.4e6);
  // t_c halves, t_m halves.
  EXPECT_NEAR(r.latencyS.value, 134e-6, 1e-12);
}

TEST_F(EnergyTest, LoopsMultiply) {
  WorkGraph graph = oneMatMul();
  graph.rows[0].count = 5;
  TargetReport r = price(graph);
  EXPECT_NEAR(r.latencyS.value, 5 * 258e-6, 1e-12);
  EXPECT_EQ(r.dramBytes, 5 * 4.8e6);
  expectSums(graph, r);
}

TEST_F(EnergyTest, AnEmptyGraphCostsNothing) {
  TargetReport r = price(WorkGraph());
  EXPECT_EQ(r.energyJ.value, 0);
  EXPECT_EQ(r.latencyS.value, 0);
  EXPECT_EQ(r.powerW, 0);
}

TEST_F(EnergyTest, UnknownRuntimeIsAnError) {
  options.runtime = "fastest";
  llvm::Expected<TargetReport> r = estimate(oneMatMul(), target, options);
  ASSERT_FALSE(bool(r));
  std::string error = llvm::toString(r.takeError());
  EXPECT_NE(error.find("unknown runtime 'fastest'"), std::string::npos);
  EXPECT_NE(error.find("eager-flash"), std::string::npos);
}

TEST_F(EnergyTest, TrainingStepDoublesTheFirstContraction) {
  WorkGraph graph = oneMatMul();
  trainingStep(graph);
  // TR1: Y and dW; x is an input of the graph.
  EXPECT_EQ(graph.rows[0].macs, 2 * 100'000'000);
  // Momentum: 4 operations for each of 1e6 parameters.
  EXPECT_EQ(graph.rows[0].flops, 4 * 100'000'000 + 4'000'000);
  options.runtime = "eager";
  options.mode = Mode::Training;
  TargetReport r = price(graph);
  // t_c = (4e8 + 4e6) / 1e12 = 404 us; bytes 2 * 4.8e6 + 5 * 4e6 = 29.6e6:
  // 296 us; queue: (700^4 + 20^4)^(1/4).
  EXPECT_NEAR(r.latencyS.value, std::pow(std::pow(700., 4) + 16e4, 0.25) * 1e-6, 1e-11);
}

TEST_F(EnergyTest, TrainingSkipsIntegersAndViews) {
  WorkGraphBuilder b;
  int32_t x = b.view("Reshape", b.input(640));
  int32_t y = b.elementwise("Relu", {x});
  int32_t z = b.elementwise("Greater", {y, x});
  b.graph.tensors[z].dtype = DType::Bool;
  b.output(z);
  trainingStep(b.graph);
  EXPECT_EQ(b.graph.rows[1].flops, 2 * 640);               // forward and backward
  EXPECT_EQ(b.graph.rows[1].reads[0].bytes, 2560 * 5 / 2); // TR2
  EXPECT_EQ(b.graph.rows[2].flops, 640);                   // no gradient
}

TEST_F(EnergyTest, ExplainNamesKernelEquationsAndSources) {
  std::string text;
  for (const std::string &line : explainRow(oneMatMul(), 0, target, options))
    text += line + "\n";
  EXPECT_NE(text.find("kernel 0: MatMul"), std::string::npos) << text;
  EXPECT_NE(text.find("2e+08 operations"), std::string::npos) << text;
  EXPECT_NE(text.find("dram.bandwidth_gb_per_s = 100 (published: test)"), std::string::npos)
      << text;
}

TEST_F(EnergyTest, BatchNormMovesMoreInTraining) {
  WorkGraphBuilder b;
  int32_t p = b.parameter(64);
  int32_t y = b.op("BatchNormalization", "batchnorm", {b.input(640), p}, 640,
                   {{WorkClass::Vector, DType::F32, 1280}});
  b.output(b.transpose(y));
  trainingStep(b.graph);
  EXPECT_EQ(b.graph.rows[0].reads[0].bytes, 4 * 2560); // TR2: 8/2
  EXPECT_EQ(b.graph.rows[1].reads[0].bytes, 2 * 2560); // a copy, and one back
}

TEST_F(EnergyTest, HelpersTakeTheirPartOfABatch) {
  Quantity one{1, 1, 1, SourceKind::Published, "test"};
  target.matrix.peakTeraOps[unsigned(Precision::Int8)] = one;
  target.helper.peakTeraOps[unsigned(Precision::Int8)] = one;
  options.precision = Precision::Int8;
  WorkGraph graph = oneMatMul();
  graph.inputs.push_back({"x", 0});
  graph.tensors[0].dims = {1, 1000};
  double alone = price(graph).kernels[0].computeS;
  graph.tensors[0].dims = {100, 1000};
  EXPECT_NEAR(price(graph).kernels[0].computeS, alone / 2, 1e-12);
  options.runtime = "eager"; // drives one engine
  EXPECT_NEAR(price(graph).kernels[0].computeS, alone, 1e-12);
}

TEST(PowerLimit, IsSoftAndNeverExceeded) {
  Coefficients c;
  c.limitW = 100;
  c.capLinear = 1;
  c.capSharpness = 2;
  // (100^-2 + 100^-2)^(-1/2) = 100 / sqrt 2; the slow-down is sqrt 2.
  EXPECT_NEAR(limitedPower(c, 100), 100 / std::sqrt(2.), 1e-9);
  EXPECT_NEAR(capSlowdown(c, 100), std::sqrt(2.), 1e-9);
  for (double demand : {1., 50., 99., 101., 1e4, 1e9}) {
    EXPECT_LE(limitedPower(c, demand), 100);
    EXPECT_LE(limitedPower(c, demand), demand);
    EXPECT_GE(capSlowdown(c, demand), 1);
  }
  c.limitW = 0; // no limit known
  EXPECT_EQ(limitedPower(c, 1e4), 1e4);
  EXPECT_EQ(capSlowdown(c, 1e4), 1);
}

TEST(Utilization, GpuOccupancy) {
  Coefficients c;
  Rate rate;
  rate.operationsPerS = 163.84e12;
  rate.accumulateS = 1e-9;
  LoadItem item{0, WorkClass::MatMul, Precision::Fp16, 0, 1, 4096, 20, 64};
  // 2 * 4096 * 20 = 163,840 operations in flight, as many as the units do in 1 ns: half.
  EXPECT_DOUBLE_EQ(utilization(c, rate, item), 0.5);
}

TEST(Utilization, SystolicArray) {
  Coefficients c;
  c.arrayRows = c.arrayColumns = 128;
  Rate rate;
  rate.matrix = true;
  // K = 192 pads to 256, N = 64 to 128, M = 1024 streams: 0.75 * 0.5.
  LoadItem item{0, WorkClass::MatMul, Precision::Bf16, 0, 1, 1024, 64, 192};
  EXPECT_DOUBLE_EQ(utilization(c, rate, item), 0.375);
  // Batch 1: weights take 128 cycles to load, one row uses them.
  item = {0, WorkClass::MatMul, Precision::Bf16, 0, 1, 1, 128, 128};
  EXPECT_DOUBLE_EQ(utilization(c, rate, item), 1.0 / 128);
}

} // namespace
