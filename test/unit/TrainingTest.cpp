//===- TrainingTest.cpp - Steps and jobs against arithmetic by hand -------===//

#include "WorkGraphBuilder.h"

#include "Footprint/Collectives.h"
#include "energy-opt/TrainingRun.h"

#include "llvm/ADT/STLExtras.h"

#include <gtest/gtest.h>

using namespace energyopt;
using namespace energyopt::test;

namespace {

WorkGraphBuilder mlp() {
  WorkGraphBuilder b;
  int32_t x = b.input(10 * 100);
  int32_t h = b.elementwise("Relu", {b.matmul(x, b.parameter(100 * 50), 1, 10, 100, 50)});
  b.output(b.matmul(h, b.parameter(50 * 20), 1, 10, 50, 20));
  return b;
}

TEST(Training, NoGradientOfTheGraphsInput) {
  WorkGraph graph = mlp().graph;
  trainingStep(graph);
  EXPECT_EQ(graph.rows[0].macs, 2 * 10 * 100 * 50); // TR1: Y and dW
  EXPECT_EQ(graph.rows[2].macs, 3 * 10 * 50 * 20);  // and dX
  EXPECT_EQ(graph.step->modelMacs, 2 * 50'000 + 3 * 10'000);
  EXPECT_EQ(graph.step->trainedElements, 100 * 50 + 50 * 20);
}

TEST(Training, ProductsOfActivationsNeedBothGradients) {
  WorkGraphBuilder b;
  int32_t x = b.input(100);
  int32_t q = b.matmul(x, b.parameter(100), 1, 10, 10, 10);
  int32_t k = b.matmul(x, b.parameter(100), 1, 10, 10, 10);
  b.output(b.matmul(q, k, 1, 10, 10, 10));
  trainingStep(b.graph);
  EXPECT_EQ(b.graph.rows[0].macs, 2000);
  EXPECT_EQ(b.graph.rows[2].macs, 3000);
}

TEST(Training, WhatALoopCarriesHasAGradient) {
  WorkGraphBuilder b;
  int32_t carried = b.tensor(100, GraphTensor::Role::Intermediate);
  b.output(b.matmul(carried, b.parameter(100), 1, 10, 10, 10));
  trainingStep(b.graph);
  EXPECT_EQ(b.graph.rows[0].macs, 3000);
}

TEST(Training, WithoutParametersTheInputsAreTrained) {
  WorkGraphBuilder b;
  b.output(b.matmul(b.input(100), b.input(100), 1, 10, 10, 10));
  trainingStep(b.graph);
  EXPECT_EQ(b.graph.rows[0].macs, 3000);
  EXPECT_EQ(b.graph.step->trainedElements, 0);
  EXPECT_FALSE(b.graph.model.assumptions.empty());
}

TEST(Training, StatesOfOptimizers) {
  const std::pair<Optimizer, int64_t> expected[] = {
      {Optimizer::None, 0},        {Optimizer::Sgd, 0},
      {Optimizer::Momentum, 6000}, {Optimizer::Adam, 12000},
      {Optimizer::AdamW, 12000},   {Optimizer::Adafactor, 100 + 50 + 50 + 20}};
  for (auto [optimizer, states] : expected) {
    WorkGraph graph = mlp().graph;
    graph.tensors[graph.rows[0].reads[1].tensor].dims = {100, 50};
    graph.tensors[graph.rows[2].reads[1].tensor].dims = {50, 20};
    trainingStep(graph, {optimizer, Checkpointing::None, {}});
    EXPECT_EQ(graph.step->stateElements, states);
  }
}

/// One product, then blocks of h = h + relu(relu(h)): 1 + 3 * 8 results of
/// 4000 bytes.
WorkGraphBuilder residualBlocks() {
  WorkGraphBuilder b;
  int32_t h = b.matmul(b.input(100), b.parameter(1000), 1, 10, 10, 100);
  for (int i = 0; i < 8; ++i) {
    int32_t y = b.elementwise("Relu", {b.elementwise("Relu", {h})});
    h = b.elementwise("Add", {h, y});
  }
  b.output(h);
  return b;
}

TEST(Training, EveryResultIsKept) {
  WorkGraph graph = residualBlocks().graph;
  trainingStep(graph);
  EXPECT_EQ(graph.step->activationBytes, 25 * 4000);
  EXPECT_EQ(graph.step->boundaryBytes, 4000);
}

TEST(Training, FullCheckpointingKeepsWhatEntersSegments) {
  WorkGraph graph = residualBlocks().graph;
  trainingStep(graph, {Optimizer::Momentum, Checkpointing::Full, {}});
  // A segment may end behind the product and behind each block. Segments of 7,
  // 6, 6 and 6 results need 3 kept ones and the 7 of the largest; those of one
  // block need 7 and 4, of three 2 and 9.
  EXPECT_EQ(graph.step->activationBytes, 10 * 4000);
  EXPECT_EQ(graph.rows[0].macs, 3 * 10'000); // TR1 and the forward pass again
  EXPECT_EQ(graph.step->modelMacs, 2 * 10'000);
  EXPECT_EQ(graph.rows[1].flops, 3 * 1000);
}

TEST(Training, SelectiveCheckpointingDropsScores) {
  WorkGraphBuilder b;
  int32_t x = b.input(640), q, k, v;
  for (int32_t *each : {&q, &k, &v})
    *each = b.matmul(x, b.parameter(64 * 64), 1, 10, 64, 64);
  int32_t scores = b.matmul(q, k, 4, 10, 16, 10);
  int32_t weights = b.elementwise("Softmax", {scores});
  int32_t values = b.matmul(weights, v, 4, 10, 10, 16);
  b.output(b.matmul(values, b.parameter(64 * 64), 1, 10, 64, 64));
  WorkGraph all = b.graph, some = b.graph;
  trainingStep(all);
  trainingStep(some, {Optimizer::Momentum, Checkpointing::Selective, {}});
  // 400 scores and as many weights, 4 bytes each.
  EXPECT_EQ(all.step->activationBytes - some.step->activationBytes, 2 * 1600);
  EXPECT_EQ(some.rows[3].macs, 4 * 6400); // TR5: once more
  EXPECT_EQ(some.rows[5].macs, 4 * 6400);
  EXPECT_EQ(some.rows[6].macs, 3 * 40960);
  EXPECT_EQ(some.step->modelMacs, all.step->modelMacs);
}

/// Two feed-forward parts behind each other.
WorkGraphBuilder twoParts() {
  WorkGraphBuilder b;
  int32_t x = b.input(10 * 64);
  for (int i = 0; i < 2; ++i) {
    int32_t up = b.matmul(x, b.parameter(64 * 256), 1, 10, 64, 256);
    x = b.matmul(b.elementwise("Relu", {up}), b.parameter(256 * 64), 1, 10, 256, 64);
  }
  b.output(x);
  return b;
}

TEST(Training, TensorParallelPartsSumTwiceALayer) {
  WorkGraph graph = twoParts().graph;
  TensorSplit split = splitTensors(graph, 4);
  // PA2: the products by rows sum 10 x 64 numbers each; of the products by
  // columns, only the second one's operand has a gradient.
  EXPECT_EQ(split.forwardSums, 2);
  EXPECT_EQ(split.forwardBytes, 2 * 10 * 64 * 4);
  EXPECT_EQ(split.backwardSums, 1);
  EXPECT_EQ(split.backwardBytes, 10 * 64 * 4);
  for (int row : {0, 2, 3, 5}) // products
    EXPECT_EQ(graph.rows[row].macs, 10 * 64 * 256 / 4);
  EXPECT_EQ(graph.rows[0].work[0].n, 64);
  EXPECT_EQ(graph.rows[2].work[0].k, 64);
  EXPECT_EQ(graph.rows[1].flops, 10 * 256 / 4);
  EXPECT_EQ(graph.rows[2].writes[0].bytes, 10 * 64 * 4); // summed: whole again
}

class TrainingJobTest : public testing::Test {
protected:
  TrainingReport price(JobLayout layout, Optimizer optimizer = Optimizer::AdamW) {
    options.mode = Mode::Training;
    options.training = {optimizer, Checkpointing::None, layout};
    TrainingGraphs graphs = makeTrainingGraphs(twoParts().graph, options.training);
    auto priced =
        estimateJob(graphs, llvm::cantFail(loadTarget("nvidia-a100-sxm-80gb")), options, run);
    EXPECT_TRUE(bool(priced));
    return *llvm::cantFail(std::move(priced)).training;
  }
  EnergyOptions options;
  RunOptions run;
};

TEST_F(TrainingJobTest, PartsSumToTheStep) {
  JobLayout layout;
  layout.data = layout.tensor = 2;
  layout.pipeline = 4;
  layout.microbatches = 8;
  TrainingJob job = price(layout).job;
  double parts =
      job.passS + job.updateS + job.tensorSumS + job.pipelineS + job.bubbleS + job.gradientSumS;
  EXPECT_NEAR(job.stepS, parts, 1e-12);
  // PA4: 3 of 8 + 3 stages' times are waited for.
  EXPECT_NEAR(job.bubbleS, 3.0 / 8 * (job.passS + job.tensorSumS + job.pipelineS), 1e-12);
  EXPECT_GT(job.tensorSumS, 0);
}

TEST_F(TrainingJobTest, OneDeviceIsTheGraphItself) {
  options.mode = Mode::Training;
  TrainingGraphs graphs = makeTrainingGraphs(twoParts().graph, options.training);
  auto target = llvm::cantFail(loadTarget("nvidia-a100-sxm-80gb"));
  TargetReport report = llvm::cantFail(estimateJob(graphs, target, options, run));
  EXPECT_NEAR(report.training->job.stepS, report.latencyS.value, 1e-15);
  EXPECT_NEAR(report.training->job.deviceJ, report.energyJ.value, 1e-12);
  EXPECT_NEAR(report.training->job.facilityJ, report.facilityJ, 1e-12);
}

TEST_F(TrainingJobTest, ShardsHoldTheirPart) {
  JobLayout one, four;
  four.sharded = 4;
  StepMemory whole = price(one).memory, part = price(four).memory;
  // 4 * 64 * 256 parameters; AdamW keeps two fp32 moments.
  EXPECT_DOUBLE_EQ(whole.parameterBytes, 65536 * 4);
  EXPECT_DOUBLE_EQ(whole.optimizerBytes, 65536 * 8);
  EXPECT_DOUBLE_EQ(part.parameterBytes, 65536);
  EXPECT_DOUBLE_EQ(part.gradientBytes, 65536);
  EXPECT_DOUBLE_EQ(part.optimizerBytes, 65536 * 2);
  EXPECT_DOUBLE_EQ(part.activationBytes, whole.activationBytes);
}

TEST_F(TrainingJobTest, MixedPrecisionKeepsMasterCopies) {
  options.precision = Precision::Bf16;
  StepMemory memory = price({}).memory;
  EXPECT_DOUBLE_EQ(memory.parameterBytes, 65536 * 2);
  EXPECT_DOUBLE_EQ(memory.gradientBytes, 65536 * 2);
  EXPECT_DOUBLE_EQ(memory.optimizerBytes, 65536 * (8 + 4));
}

TEST_F(TrainingJobTest, MixedPrecisionMovesMasterCopies) {
  options.precision = Precision::Bf16;
  options.mode = Mode::Training;
  options.traffic = Traffic::Typical;
  auto target = llvm::cantFail(loadTarget("nvidia-a100-sxm-80gb"));
  auto dram = [&](Optimizer optimizer) {
    options.training.optimizer = optimizer;
    TrainingGraphs graphs = makeTrainingGraphs(twoParts().graph, options.training);
    return llvm::cantFail(estimateJob(graphs, target, options, run)).dramBytes;
  };
  // TR3: gradient 2 + master read and written 8 + copy written 2 + states 16.
  EXPECT_NEAR(dram(Optimizer::AdamW) - dram(Optimizer::None), 65536 * 28, 1);
  options.precision.reset(); // 4 + 8 + 16
  EXPECT_NEAR(dram(Optimizer::AdamW) - dram(Optimizer::None), 65536 * 28, 1);
  EXPECT_NEAR(dram(Optimizer::Momentum) - dram(Optimizer::None), 65536 * 20, 1);
}

TEST_F(TrainingJobTest, TokensNeedAnInputOfIds) {
  run.tokens = 1e9;
  TrainingGraphs graphs = makeTrainingGraphs(twoParts().graph, {});
  options.mode = Mode::Training;
  auto priced =
      estimateJob(graphs, llvm::cantFail(loadTarget("nvidia-a100-sxm-80gb")), options, run);
  ASSERT_FALSE(bool(priced));
  EXPECT_NE(llvm::toString(priced.takeError()).find("--samples"), std::string::npos);
}

TEST(Collectives, RingsAndNodes) {
  Target target;
  Constants constants;
  Quantity q{1, 1, 1, SourceKind::Published, "test"};
  auto number = [&](double value) {
    q.value = value;
    return q;
  };
  target.link.bandwidthGbPerS = number(200);   // 100 GB/s one way
  target.network.bandwidthGbPerS = number(20); // 10 GB/s
  target.network.devicesPerNode = number(8);
  Fabric fabric(target, constants);
  // 2 * 7/8 * 1 GB at 100 GB/s.
  EXPECT_NEAR(fabric.allReduce(1e9, {8, 1}).seconds, 0.0175, 1e-9);
  // Over two nodes, eight adapters: 2 * 15/16 GB at 80 GB/s.
  EXPECT_NEAR(fabric.allReduce(1e9, {16, 1}).seconds, 2 * 15. / 16 / 80, 1e-9);
  // Each of the eight is in a group of its own: 2 * 1/2 GB at 10 GB/s.
  EXPECT_NEAR(fabric.allReduce(1e9, {2, 8}).seconds, 0.1, 1e-9);
  EXPECT_NEAR(fabric.gather(1e9, {8, 1}).bytes, 7. / 8 * 1e9, 1);
  EXPECT_EQ(fabric.allReduce(1e9, {1, 1}).seconds, 0);
  // Links of a pod join more devices than a host serves.
  constants.network.devicesPerNode = number(8);
  target.network.devicesPerNode = number(1024);
  EXPECT_EQ(Fabric(target, constants).devicesPerNode, 1024);
  EXPECT_EQ(Fabric(target, constants).devicesPerHost, 8);
}

} // namespace
