//===- FamiliesElementwiseTest.cpp - Elementwise, reductions, norms -------===//

#include "FamilyHarness.h"

using namespace energyopt;

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

TEST(Elementwise, BroadcastsAndCountsOutputs) {
  // [2,3,1] + [4] -> 2*3*4 = 24 additions.
  TestOp op("onnx.Add");
  ASSERT_TRUE(op.in({2, 3, 1}).in({4}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,3,4]");
  EXPECT_EQ(op.flops(), 24);
  EXPECT_EQ(op.macs(), 0);
  // Bytes: 6 + 4 + 24 elements of 4.
  EXPECT_TRUE(op.work.readBytes[0].is(24) && op.work.readBytes[1].is(16) &&
              op.work.writeBytes[0].is(96));
}

TEST(Elementwise, SigmoidIsNoMac) {
  // Negate, exp, add, divide: 4 flops each, one of them a transcendental.
  TestOp op("onnx.Sigmoid");
  ASSERT_TRUE(op.in({10}).run());
  EXPECT_EQ(op.macs(), 0);
  EXPECT_EQ(op.flops(), 40);
  EXPECT_EQ(op.transcendentals(), 10);
}

TEST(Elementwise, IntegersCountAsIntegers) {
  TestOp add("onnx.Add"), less("onnx.Less");
  ASSERT_TRUE(add.in(DType::I64, {5}).in(DType::I64, {5}).run());
  EXPECT_EQ(add.flops(), 0);
  EXPECT_EQ(add.intOps(), 5);
  // A float comparison is a flop; its result is bool.
  ASSERT_TRUE(less.in({5}).in({5}).run());
  EXPECT_EQ(less.out(), "bool[5]");
  EXPECT_EQ(less.flops(), 5);
}

TEST(Elementwise, WhereTakesTheTypeOfItsBranches) {
  TestOp op("onnx.Where");
  ASSERT_TRUE(op.in(DType::Bool, {3, 1}).in(DType::F16, {4}).in(DType::F16, {1}).run());
  EXPECT_EQ(op.out(), "float16[3,4]");
  EXPECT_EQ(op.flops(), 12);
}

TEST(Elementwise, RejectsWhatDoesNotBroadcast) {
  TestOp op("onnx.Mean", 13);
  EXPECT_NE(op.in({1, 2, 3}).in({1, 2, 3}).in({1, 2, 4}).rejected().find("do not broadcast"),
            std::string::npos);
  TestOp types("onnx.Add");
  EXPECT_EQ(types.in({2}).in(DType::F16, {2}).rejected(),
            "onnx.Add: input 1 has type float16, input 0 has float32");
  TestOp none("onnx.Add");
  EXPECT_NE(none.rejected().find("input 0 is missing"), std::string::npos);
}

TEST(Elementwise, VariadicCountsPairs) {
  // Three inputs: 2 operations each; a mean also divides.
  TestOp sum("onnx.Sum"), mean("onnx.Mean");
  ASSERT_TRUE(sum.in({4}).in({4}).in({4}).run());
  EXPECT_EQ(sum.flops(), 8);
  ASSERT_TRUE(mean.in({4}).in({4}).in({4}).run());
  EXPECT_EQ(mean.flops(), 12);
}

TEST(Elementwise, PowOfTwoIsAMultiplication) {
  TestOp square("onnx.Pow"), cube("onnx.Pow"), any("onnx.Pow");
  ASSERT_TRUE(square.in({10}).scalar(2.0).run());
  EXPECT_EQ(square.flops(), 10);
  EXPECT_EQ(square.transcendentals(), 0);
  ASSERT_TRUE(cube.in({10}).scalar(3.0).run());
  EXPECT_EQ(cube.flops(), 20);
  ASSERT_TRUE(any.in({10}).in({}).run());
  EXPECT_EQ(any.transcendentals(), 10);
}

TEST(Elementwise, FunctionOpsSumTheirBodies) {
  // Per element, from the bodies of ONNX Operators.md.
  struct Case {
    const char *op;
    int64_t flops, transcendentals;
  };
  for (Case c : {Case{"onnx.Celu", 7, 1},           // div, (less, exp, sub, mul, where), mul
                 {"onnx.Elu", 5, 1},                // less, exp, sub, mul, where
                 {"onnx.HardSigmoid", 4, 0},        // mul, add, min, max
                 {"onnx.HardSwish", 5, 0},          // hard sigmoid, mul
                 {"onnx.LeakyRelu", 3, 0},          // less, mul, where
                 {"onnx.Mish", 5, 3},               // (exp, add, log), tanh, mul
                 {"onnx.Selu", 7, 1},               // exp, mul, sub, mul, mul, less, where
                 {"onnx.Softplus", 3, 2},           // exp, add, log
                 {"onnx.Softsign", 3, 0},           // abs, add, div
                 {"onnx.Swish", 6, 1},              // mul, sigmoid, mul
                 {"onnx.ThresholdedRelu", 2, 0}}) { // less, where
    TestOp op(c.op, 28);
    ASSERT_TRUE(op.in({100}).run()) << op.error;
    EXPECT_EQ(op.flops(), 100 * c.flops) << c.op;
    EXPECT_EQ(op.transcendentals(), 100 * c.transcendentals) << c.op;
  }
  // div, erf, add, mul, mul; the root of 2 once.
  TestOp gelu("onnx.Gelu");
  ASSERT_TRUE(gelu.in({100}).run());
  EXPECT_EQ(gelu.flops(), 501);
  // x^3 (2), mul, add, mul, tanh, add, mul, mul; the root of 2/pi once.
  TestOp tanhGelu("onnx.Gelu");
  ASSERT_TRUE(tanhGelu.in({100}).attr("approximate", "tanh").run());
  EXPECT_EQ(tanhGelu.flops(), 901);
  EXPECT_EQ(tanhGelu.transcendentals(), 100);
}

TEST(Elementwise, ClipCountsItsBounds) {
  TestOp both("onnx.Clip"), one("onnx.Clip"), old("onnx.Clip", 6);
  ASSERT_TRUE(both.in({10}).scalar(0.0).scalar(6.0).run());
  EXPECT_EQ(both.flops(), 40);
  ASSERT_TRUE(one.in({10}).none().scalar(6.0).run());
  EXPECT_EQ(one.flops(), 20);
  // Bounds as attributes.
  ASSERT_TRUE(old.in({10}).attr("min", 0.0).attr("max", 6.0).run()) << old.error;
  EXPECT_EQ(old.flops(), 40);
}

TEST(Elementwise, PReluSlopeBroadcastsOneWay) {
  TestOp op("onnx.PRelu");
  ASSERT_TRUE(op.in({2, 3, 4}).param({3, 1}).run());
  EXPECT_EQ(op.flops(), 72);
  TestOp wide("onnx.PRelu");
  EXPECT_NE(wide.in({4}).param({3, 4}).rejected().find("does not broadcast"), std::string::npos);
}

TEST(Elementwise, DropoutIsFreeInInference) {
  TestOp inference("onnx.Dropout"), training("onnx.Dropout");
  ASSERT_TRUE(inference.in({10}).scalar(0.5).run());
  EXPECT_EQ(inference.work.status, WorkStatus::Free);
  ASSERT_TRUE(training.in({10}).scalar(0.5).scalar(1, DType::Bool).outputs(2).run());
  EXPECT_EQ(training.out(1), "bool[10]");
  EXPECT_EQ(training.flops(), 40);
}

TEST(Elementwise, DeterminantFactorizes) {
  // n = 3: 3 divisions, 10 multiplications and additions, 2 of the diagonal.
  TestOp op("onnx.Det");
  ASSERT_TRUE(op.in({2, 3, 3}).run());
  EXPECT_EQ(op.out(), "float32[2]");
  EXPECT_EQ(op.flops(), 2 * 15);
  TestOp wide("onnx.Det");
  EXPECT_EQ(wide.in({2, 3}).rejected(), "onnx.Det: its matrices are 2 x 3, not square");
}

//===----------------------------------------------------------------------===//
// Reductions and softmax
//===----------------------------------------------------------------------===//

TEST(Reduce, AxesKeepDimsAndCounts) {
  TestOp sum("onnx.ReduceSum");
  ASSERT_TRUE(sum.in({2, 3, 4}).ints64({-1}).run());
  EXPECT_EQ(sum.out(), "float32[2,3,1]");
  EXPECT_EQ(sum.flops(), 24);
  TestOp dropped("onnx.ReduceMean");
  ASSERT_TRUE(dropped.in({2, 3, 4}).ints64({0, 2}).attr("keepdims", 0).run());
  EXPECT_EQ(dropped.out(), "float32[3]");
  EXPECT_EQ(dropped.flops(), 24 + 3);
  TestOp all("onnx.ReduceMax");
  ASSERT_TRUE(all.in({2, 3, 4}).run());
  EXPECT_EQ(all.out(), "float32[1,1,1]");
  // Axes as an attribute, before opset 18.
  TestOp old("onnx.ReduceMax", 13);
  ASSERT_TRUE(old.in({2, 3, 4}).ints("axes", {1}).run());
  EXPECT_EQ(old.out(), "float32[2,1,4]");
}

TEST(Reduce, EmptyAxes) {
  TestOp noop("onnx.ReduceSum");
  ASSERT_TRUE(noop.in({2, 3}).ints64({}).attr("noop_with_empty_axes", 1).run());
  EXPECT_EQ(noop.out(), "float32[2,3]");
  TestOp all("onnx.ReduceSum");
  ASSERT_TRUE(all.in({2, 3}).ints64({}).run());
  EXPECT_EQ(all.out(), "float32[1,1]");
}

TEST(Reduce, RunTimeAxesAreBounded) {
  TestOp op("onnx.ReduceSum");
  ASSERT_TRUE(op.in({2, 3}).in(DType::I64, {1}).run());
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
  EXPECT_EQ(op.op.outputs[0].rank(), 2);
}

TEST(Reduce, BodiesOfNorms) {
  // 12 inputs, 3 results. L1: abs, sum. L2: square, sum, root.
  struct Case {
    const char *op;
    int64_t flops;
  };
  for (Case c : {Case{"onnx.ReduceL1", 24},
                 {"onnx.ReduceL2", 24 + 3},
                 {"onnx.ReduceSumSquare", 24},
                 {"onnx.ReduceLogSum", 12 + 3},
                 {"onnx.ReduceLogSumExp", 24 + 3}}) {
    TestOp op(c.op);
    ASSERT_TRUE(op.in({3, 4}).ints64({1}).run());
    EXPECT_EQ(op.flops(), c.flops) << c.op;
  }
}

TEST(Reduce, ArgMaxKeepsAnIndex) {
  TestOp op("onnx.ArgMax");
  ASSERT_TRUE(op.in({2, 3}).attr("axis", -1).attr("keepdims", 0).run());
  EXPECT_EQ(op.out(), "int64[2]");
  EXPECT_EQ(op.flops(), 6);
  TestOp bad("onnx.ArgMax");
  EXPECT_EQ(bad.in({2, 3}).attr("axis", 2).rejected(),
            "onnx.ArgMax: axis 2 is out of range for rank 2");
}

TEST(Softmax, FiveOperationsEach) {
  TestOp soft("onnx.Softmax"), log("onnx.LogSoftmax"), old("onnx.LogSoftmax", 11);
  ASSERT_TRUE(soft.in({3, 4, 5}).run());
  EXPECT_EQ(soft.flops(), 300);
  EXPECT_EQ(soft.transcendentals(), 60);
  // The logarithm of each of 12 sums instead of a division.
  ASSERT_TRUE(log.in({3, 4, 5}).run());
  EXPECT_EQ(log.flops(), 300 + 12);
  // Before opset 13 a matrix [3, 20] by default: 3 sums.
  ASSERT_TRUE(old.in({3, 4, 5}).run());
  EXPECT_EQ(old.flops(), 300 + 3);
}

//===----------------------------------------------------------------------===//
// Normalizations
//===----------------------------------------------------------------------===//

TEST(Normalize, LayerNormSumsItsBody) {
  // [3,4] over the last axis: 12 elements, 3 rows. Means (15 + 15), square 12,
  // variance, epsilon, root 4*3, deviation and division 24, scale 12, bias 12:
  // 7*12 + 6*3 = 102; 1/deviation 3 more.
  TestOp op("onnx.LayerNormalization");
  ASSERT_TRUE(op.in({3, 4}).param({4}).param({4}).outputs(3).run()) << op.error;
  EXPECT_EQ(op.out(1), "float32[3,1]");
  EXPECT_EQ(op.flops(), 105);
  // Half precision is converted to float32 and back: 24 more.
  TestOp half("onnx.LayerNormalization");
  ASSERT_TRUE(half.in(DType::F16, {3, 4}).param({4}, DType::F16).param({4}, DType::F16).run());
  EXPECT_EQ(half.flops(), 102 + 24);
}

TEST(Normalize, LayerNormRejects) {
  TestOp axis("onnx.LayerNormalization");
  EXPECT_EQ(axis.in({3, 4}).param({4}).attr("axis", -1000).rejected(),
            "onnx.LayerNormalization: axis -1000 is out of range for rank 2");
  TestOp scale("onnx.LayerNormalization");
  EXPECT_NE(scale.in({3, 4}).param({5}).rejected().find("does not broadcast"), std::string::npos);
}

TEST(Normalize, LayerNormWithoutAStashStaysInItsType) {
  // A float32 stash takes 2 conversions more for each of the 12 elements.
  TestOp own("onnx.LayerNormalization"), stash("onnx.LayerNormalization");
  ASSERT_TRUE(own.in(DType::F16, {3, 4}).param({4}, DType::F16).attr("stash_type", 0).run());
  ASSERT_TRUE(stash.in(DType::F16, {3, 4}).param({4}, DType::F16).run());
  EXPECT_EQ(stash.flops(), own.flops() + 2 * 12);
}

TEST(Normalize, RmsNormSumsItsBody) {
  // Square 12, mean 12 + 3, epsilon and root 6, division 12, scale 12.
  TestOp op("onnx.RMSNormalization");
  ASSERT_TRUE(op.in({3, 4}).param({4}).run());
  EXPECT_EQ(op.flops(), 4 * 12 + 3 * 3);
}

TEST(Normalize, GroupNorm) {
  // 48 elements, 3*2 groups: 7*48 + 6*6.
  TestOp op("onnx.GroupNormalization");
  ASSERT_TRUE(op.in({3, 4, 2, 2}).param({4}).param({4}).attr("num_groups", 2).run()) << op.error;
  EXPECT_EQ(op.flops(), 7 * 48 + 36);
  // Opset 18 has a scale per group.
  TestOp old("onnx.GroupNormalization", 18);
  ASSERT_TRUE(old.in({3, 4, 2, 2}).param({2}).param({2}).attr("num_groups", 2).run()) << old.error;
  // … and exporters that write one per channel all the same, but no other.
  TestOp meant("onnx.GroupNormalization", 18), other("onnx.GroupNormalization", 18);
  ASSERT_TRUE(meant.in({3, 4, 2, 2}).param({4}).param({4}).attr("num_groups", 2).run());
  EXPECT_NE(other.in({3, 4, 2, 2})
                .param({3})
                .param({3})
                .attr("num_groups", 2)
                .rejected()
                .find("has 3 elements, expected 4"),
            std::string::npos);
  TestOp divide("onnx.GroupNormalization");
  EXPECT_NE(divide.in({3, 4, 2, 2})
                .param({4})
                .param({4})
                .attr("num_groups", 3)
                .rejected()
                .find("does not divide 4 channels"),
            std::string::npos);
  TestOp missing("onnx.GroupNormalization");
  EXPECT_NE(missing.in({3, 4, 2, 2}).param({4}).param({4}).rejected().find("is missing"),
            std::string::npos);
}

TEST(Normalize, BatchNormFoldsInInference) {
  // 2 per element, 5 per channel.
  TestOp op("onnx.BatchNormalization");
  ASSERT_TRUE(op.in({2, 3, 4, 4}).param({3}).param({3}).param({3}).param({3}).run());
  EXPECT_EQ(op.flops(), 2 * 96 + 5 * 3);
  // Training: 7 per element, 6 per channel, and 6 to blend the statistics.
  TestOp training("onnx.BatchNormalization");
  ASSERT_TRUE(training.in({2, 3, 4, 4})
                  .param({3})
                  .param({3})
                  .param({3})
                  .param({3})
                  .attr("training_mode", 1)
                  .outputs(3)
                  .run());
  EXPECT_EQ(training.out(1), "float32[3]");
  EXPECT_EQ(training.flops(), 7 * 96 + 12 * 3);
  TestOp rank("onnx.BatchNormalization");
  EXPECT_EQ(rank.in({2, 3, 4, 4}).param({3}).param({3, 1}).param({3}).param({3}).rejected(),
            "onnx.BatchNormalization: input 2 has rank 2, expected 1");
}

TEST(Normalize, OlderOnes) {
  TestOp instance("onnx.InstanceNormalization");
  ASSERT_TRUE(instance.in({2, 3, 5}).param({3}).param({3}).run());
  EXPECT_EQ(instance.flops(), 7 * 30 + 6 * 6);
  // Square, 5 additions, multiply, add, power, divide: (5 + 5) each.
  TestOp lrn("onnx.LRN");
  ASSERT_TRUE(lrn.in({1, 8, 2, 2}).attr("size", 5).run());
  EXPECT_EQ(lrn.flops(), 10 * 32);
  TestOp lp("onnx.LpNormalization");
  ASSERT_TRUE(lp.in({4, 6}).run());
  EXPECT_EQ(lp.flops(), 3 * 24 + 4);
  // Over axes 0, 2, 3: 3 rows of 9 elements.
  TestOp mvn("onnx.MeanVarianceNormalization");
  ASSERT_TRUE(mvn.in({3, 3, 3, 1}).run());
  EXPECT_EQ(mvn.flops(), 5 * 27 + 6 * 3);
  TestOp small("onnx.MeanVarianceNormalization");
  EXPECT_NE(small.in({3, 3, 3}).rejected().find("out of range"), std::string::npos);
}
