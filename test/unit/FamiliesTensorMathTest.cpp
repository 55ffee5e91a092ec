//===- FamiliesTensorMathTest.cpp - Quantize, resample, losses ------------===//

#include "FamilyHarness.h"

using namespace energyopt;

//===----------------------------------------------------------------------===//
// Quantization
//===----------------------------------------------------------------------===//

TEST(Quantize, TypesFollowTheZeroPoint) {
  TestOp op("onnx.QuantizeLinear");
  ASSERT_TRUE(op.in({3, 4}).scalar(0.1).scalar(128, DType::I8).run()) << op.error;
  EXPECT_EQ(op.out(), "int8[3,4]");
  EXPECT_EQ(op.flops(), 72); // 6 each
  TestOp plain("onnx.QuantizeLinear");
  ASSERT_TRUE(plain.in({3, 4}).scalar(0.1).run());
  EXPECT_EQ(plain.out(), "uint8[3,4]");
  TestOp asked("onnx.QuantizeLinear");
  ASSERT_TRUE(
      asked.in({3, 4}).scalar(0.1).attr("output_dtype", static_cast<int64_t>(DType::I4)).run());
  EXPECT_EQ(asked.out(), "int4[3,4]");
  TestOp back("onnx.DequantizeLinear");
  ASSERT_TRUE(back.in(DType::I8, {3, 4}).param({}, DType::F16).scalar(0, DType::I8).run());
  EXPECT_EQ(back.out(), "float16[3,4]");
  EXPECT_EQ(back.flops(), 36);
}

TEST(Quantize, GranularityIsChecked) {
  TestOp axis("onnx.QuantizeLinear");
  EXPECT_EQ(axis.in({3, 4}).param({5}).attr("axis", 1).rejected(),
            "onnx.QuantizeLinear: input 1 has 5 elements, expected 4");
  // Blocks of 3 along 6 columns: [2,2].
  TestOp blocked("onnx.QuantizeLinear");
  ASSERT_TRUE(blocked.in({6, 2}).param({2, 2}).attr("axis", 0).attr("block_size", 3).run());
  TestOp wrong("onnx.QuantizeLinear");
  EXPECT_EQ(wrong.in({3, 5}).param({3, 3}).attr("axis", 1).attr("block_size", 3).rejected(),
            "onnx.QuantizeLinear: the scale has 3 in dim 1, expected 2");
  // Without a block size: 6 rows and 2 scales make blocks of 3; no size makes 4
  // blocks of 6 rows.
  TestOp told("onnx.QuantizeLinear"), none("onnx.QuantizeLinear");
  EXPECT_TRUE(told.in({6, 2}).param({2, 2}).attr("axis", 0).run()) << told.error;
  EXPECT_EQ(none.in({6, 2}).param({4, 2}).attr("axis", 0).rejected(),
            "onnx.QuantizeLinear: the scale has 4 in dim 0, expected 3");
  TestOp types("onnx.QuantizeLinear");
  EXPECT_EQ(types.in({6, 2})
                .param({2, 2})
                .param({2, 2}, DType::I8)
                .attr("axis", 0)
                .attr("block_size", 3)
                .attr("output_dtype", 2)
                .rejected(),
            "onnx.QuantizeLinear: attribute 'output_dtype' is uint8, the zero point is int8");
  TestOp many("onnx.QuantizeLinear");
  EXPECT_EQ(many.in({6, 2}).param({}).param({}, DType::U8).param({}, DType::U8).rejected(),
            "onnx.QuantizeLinear: has 4 inputs, expected at most 3");
}

TEST(Quantize, DynamicFindsItsRange) {
  // Minimum, maximum, quantize: 8 each; 12 for range, scale and zero point.
  TestOp op("onnx.DynamicQuantizeLinear");
  ASSERT_TRUE(op.in({6}).outputs(3).run());
  EXPECT_EQ(op.out(0), "uint8[6]");
  EXPECT_EQ(op.out(1), "float32[]");
  EXPECT_EQ(op.out(2), "uint8[]");
  EXPECT_EQ(op.flops(), 8 * 6 + 12);
}

//===----------------------------------------------------------------------===//
// Resampling
//===----------------------------------------------------------------------===//

static TensorData floats(std::initializer_list<double> values) {
  return TensorData(values.begin(), values.end());
}

TEST(Resize, ScalesRoundDown) {
  // floor(5*0.6) = 3 in float32; bilinear: 4 products, 3 sums each.
  TestOp op("onnx.Resize");
  ASSERT_TRUE(op.in({1, 1, 5, 4})
                  .none()
                  .data(DType::F32, floats({1, 1, 0.6, 2}))
                  .attr("mode", "linear")
                  .run())
      << op.error;
  EXPECT_EQ(op.out(), "float32[1,1,3,8]");
  EXPECT_EQ(op.flops(), 7 * 24);
  TestOp nearest("onnx.Resize");
  ASSERT_TRUE(nearest.in({1, 1, 5, 4}).none().data(DType::F32, floats({1, 1, 2, 2})).run());
  EXPECT_EQ(nearest.flops(), 0);
  TestOp cubic("onnx.Resize");
  ASSERT_TRUE(cubic.in({1, 1, 4, 4})
                  .none()
                  .data(DType::F32, floats({1, 1, 2, 2}))
                  .attr("mode", "cubic")
                  .run());
  EXPECT_EQ(cubic.flops(), 31 * 64);
}

TEST(Resize, SizesAxesAndPolicies) {
  TestOp sizes("onnx.Resize");
  ASSERT_TRUE(sizes.in({1, 3, 5, 4}).none().none().ints64({1, 3, 10, 12}).run());
  EXPECT_EQ(sizes.out(), "float32[1,3,10,12]");
  TestOp axes("onnx.Resize");
  ASSERT_TRUE(axes.in({1, 3, 5, 4}).none().none().ints64({12, 10}).ints("axes", {3, 2}).run());
  EXPECT_EQ(axes.out(), "float32[1,3,10,12]");
  // 7/2 and 8/4: the smaller ratio is 2.
  TestOp kept("onnx.Resize");
  ASSERT_TRUE(kept.in({1, 1, 2, 4})
                  .none()
                  .none()
                  .ints64({7, 8})
                  .ints("axes", {2, 3})
                  .attr("keep_aspect_ratio_policy", "not_larger")
                  .run());
  EXPECT_EQ(kept.out(), "float32[1,1,4,8]");
  TestOp larger("onnx.Resize");
  ASSERT_TRUE(larger.in({1, 1, 2, 4})
                  .none()
                  .none()
                  .ints64({7, 8})
                  .ints("axes", {2, 3})
                  .attr("keep_aspect_ratio_policy", "not_smaller")
                  .run());
  EXPECT_EQ(larger.out(), "float32[1,1,7,14]");
}

TEST(Resize, SymbolsKeepFractions) {
  TestOp op("onnx.Resize");
  ASSERT_TRUE(
      op.in({1, 3, Expr::symbol("h"), 8}).none().data(DType::F32, floats({1, 1, 0.5, 0.5})).run());
  EXPECT_TRUE(op.op.outputs[0].dim(2) == Expr::symbol("h").floorDiv(2)) << op.out();
}

TEST(Resize, CropScalesTheRegion) {
  // Half of 4 rows, times 2.
  TestOp op("onnx.Resize");
  ASSERT_TRUE(op.in({1, 1, 4, 4})
                  .data(DType::F32, floats({0, 0, 0.25, 0, 1, 1, 0.75, 1}))
                  .data(DType::F32, floats({1, 1, 2, 1}))
                  .attr("coordinate_transformation_mode", "tf_crop_and_resize")
                  .run());
  EXPECT_EQ(op.out(), "float32[1,1,4,4]");
}

TEST(Resize, OldUpsample) {
  TestOp op("onnx.Upsample", 9);
  ASSERT_TRUE(op.in({1, 1, 2, 2}).data(DType::F32, floats({1, 1, 2, 3})).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[1,1,4,6]");
}

TEST(Resize, Rejects) {
  TestOp mode("onnx.Resize");
  EXPECT_NE(mode.in({1, 1, 2, 2})
                .none()
                .data(DType::F32, floats({1, 1, 2, 2}))
                .attr("mode", "quadratic")
                .rejected()
                .find("'mode' is 'quadratic'"),
            std::string::npos);
  TestOp neither("onnx.Resize");
  EXPECT_EQ(neither.in({1, 1, 2, 2}).rejected(), "onnx.Resize: neither scales nor sizes given");
  TestOp zero("onnx.Resize");
  EXPECT_EQ(zero.in({1, 2}).none().data(DType::F32, floats({1, 0})).rejected(),
            "onnx.Resize: scales must be positive");
}

TEST(GridSample, WeighsNeighbours) {
  // 2x4 points of 3 channels: 24 samples of 7; 8 points of 12.
  TestOp op("onnx.GridSample");
  ASSERT_TRUE(op.in({1, 3, 4, 4}).in({1, 2, 4, 2}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[1,3,2,4]");
  EXPECT_EQ(op.flops(), 24 * 7 + 8 * 12);
  TestOp ranks("onnx.GridSample");
  EXPECT_EQ(ranks.in({1, 1, 3, 2, 2}).in({1, 2, 4, 2}).rejected(),
            "onnx.GridSample: the input has rank 5 and the grid 4, expected the same, at least 3");
}

TEST(AffineGrid, MultipliesHomogeneousPoints) {
  // 2 images of 5x6 points: 2*3*4*30 = 720 MACs.
  TestOp op("onnx.AffineGrid");
  ASSERT_TRUE(op.in({2, 2, 3}).ints64({2, 3, 5, 6}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,5,6,2]");
  EXPECT_EQ(op.macs(), 720);
}

//===----------------------------------------------------------------------===//
// Losses and optimizers
//===----------------------------------------------------------------------===//

TEST(Loss, ReductionsDecideTheShape) {
  TestOp none("onnx.NegativeLogLikelihoodLoss"), mean("onnx.NegativeLogLikelihoodLoss");
  ASSERT_TRUE(none.in({3, 5, 6}).in(DType::I64, {3, 6}).attr("reduction", "none").run());
  EXPECT_EQ(none.out(), "float32[3,6]");
  EXPECT_EQ(none.flops(), 18);
  // Weighted mean: negate, weigh, sum losses, sum weights; one division.
  ASSERT_TRUE(mean.in({3, 5, 6}).in(DType::I64, {3, 6}).param({5}).run());
  EXPECT_EQ(mean.out(), "float32[]");
  EXPECT_EQ(mean.flops(), 18 * 4 + 1);
}

TEST(Loss, CrossEntropyTakesLogSoftmax) {
  // 15 scores: 75 and 3 logarithms; negate, sum of 3 labels, division.
  TestOp op("onnx.SoftmaxCrossEntropyLoss");
  ASSERT_TRUE(op.in({3, 5}).in(DType::I64, {3}).outputs(2).run());
  EXPECT_EQ(op.out(1), "float32[3,5]");
  EXPECT_EQ(op.flops(), 75 + 3 + 6 + 1);
}

TEST(Loss, Rejects) {
  TestOp label("onnx.SoftmaxCrossEntropyLoss");
  EXPECT_EQ(label.in({4, 4}).in({4}).rejected(),
            "onnx.SoftmaxCrossEntropyLoss: input 1 has type float32, expected int32 or int64");
  TestOp rank("onnx.SoftmaxCrossEntropyLoss");
  EXPECT_EQ(rank.in({2, 4, 2}).in(DType::I32, {2}).rejected(),
            "onnx.SoftmaxCrossEntropyLoss: input 1 has rank 1, expected 2");
  TestOp weight("onnx.SoftmaxCrossEntropyLoss");
  EXPECT_EQ(weight.in({4, 4}).in(DType::I32, {4}).param({4}, DType::F64).rejected(),
            "onnx.SoftmaxCrossEntropyLoss: input 2 has type float64, input 0 has float32");
  TestOp reduction("onnx.SoftmaxCrossEntropyLoss");
  EXPECT_NE(reduction.in({4, 4})
                .in(DType::I32, {4})
                .attr("reduction", "max")
                .rejected()
                .find("expected one of none, sum, mean"),
            std::string::npos);
}

TEST(Optimizer, StatesComeBack) {
  // Two tensors of 2 and 3 parameters, 15 operations each.
  TestOp adam("onnx.ai.onnx.preview.training.Adam", 1);
  adam.scalar(0.1).scalar(1, DType::I64);
  for (int group = 0; group < 4; ++group)
    adam.in({2}).in({3});
  ASSERT_TRUE(adam.outputs(6).run()) << adam.error;
  EXPECT_EQ(adam.out(0), "float32[2]");
  EXPECT_EQ(adam.out(5), "float32[3]");
  EXPECT_EQ(adam.flops(), 75);
  TestOp momentum("onnx.ai.onnx.preview.training.Momentum", 1);
  ASSERT_TRUE(momentum.scalar(0.1)
                  .scalar(1, DType::I64)
                  .in({4})
                  .in({4})
                  .in({4})
                  .attr("mode", "nesterov")
                  .outputs(2)
                  .run());
  EXPECT_EQ(momentum.flops(), 36);
}
