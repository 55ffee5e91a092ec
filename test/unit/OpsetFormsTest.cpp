//===- OpsetFormsTest.cpp - Old forms give what new ones give -------------===//

#include "FamilyHarness.h"

using namespace energyopt;

namespace {

/// Runs an op and returns its first output.
std::string result(TestOp &op) { return op.run() ? op.out() : op.error; }

} // namespace

TEST(OpsetForms, AttributesBecomeOperands) {
  TestOp squeeze("onnx.Squeeze", 11);
  EXPECT_EQ(result(squeeze.in({1, 3, 1}).ints("axes", {0})), "float32[3,1]");
  TestOp unsqueeze("onnx.Unsqueeze", 1);
  EXPECT_EQ(result(unsqueeze.in({3}).ints("axes", {0, 2})), "float32[1,3,1]");
  TestOp reshape("onnx.Reshape", 1);
  EXPECT_EQ(result(reshape.in({2, 6}).ints("shape", {3, -1})), "float32[3,4]");
  TestOp slice("onnx.Slice", 1);
  EXPECT_EQ(result(slice.in({20, 10}).ints("axes", {1}).ints("starts", {2}).ints("ends", {-1})),
            "float32[20,7]");
  TestOp pad("onnx.Pad", 2);
  EXPECT_EQ(result(pad.in({2, 3}).ints("pads", {0, 1, 0, 2}).attr("value", 1.5)), "float32[2,6]");
  TestOp first("onnx.Pad", 1);
  EXPECT_EQ(result(first.in({2, 3}).ints("paddings", {0, 1, 0, 2})), "float32[2,6]");
  TestOp split("onnx.Split", 11);
  EXPECT_EQ(result(split.in({6}).ints("split", {4, 2}).outputs(2)), "float32[4]");
  TestOp topK("onnx.TopK", 1);
  EXPECT_EQ(result(topK.in({6}).attr("k", 4).outputs(2)), "float32[4]");
  TestOp sum("onnx.ReduceSum", 11);
  EXPECT_EQ(result(sum.in({6, 4}).ints("axes", {1}).attr("keepdims", 0)), "float32[6]");
  TestOp mean("onnx.ReduceMean", 17);
  EXPECT_EQ(result(mean.in({6, 4}).ints("axes", {-1})), "float32[6,1]");
}

TEST(OpsetForms, ClipBoundsAreScalarsOfTheInput) {
  TestOp op("onnx.Clip", 6);
  ASSERT_TRUE(op.in(DType::F16, {4}).attr("max", 6.0).run()) << op.error;
  ASSERT_EQ(op.op.numInputs(), 3u);
  EXPECT_FALSE(op.op.has(1));
  EXPECT_EQ(op.op.in(2).str(), "float16[]");
  EXPECT_EQ(op.op.scalar(2), 6.0);
}

TEST(OpsetForms, OperandsThatAreThereStay) {
  TestOp op("onnx.Squeeze", 13);
  EXPECT_EQ(result(op.in({1, 1, 3}).ints64({0})), "float32[1,3]");
  EXPECT_EQ(op.op.numInputs(), 2u);
}

TEST(OpsetForms, BroadcastAxis) {
  // [3,4] aligned at axis 1 of [2,3,4,5] is [3,4,1].
  TestOp op("onnx.Add", 6);
  EXPECT_EQ(result(op.in({2, 3, 4, 5}).in({3, 4}).attr("axis", 1).attr("broadcast", 1)),
            "float32[2,3,4,5]");
  EXPECT_EQ(op.op.in(1).str(), "float32[3,4,1]");
  TestOp suffix("onnx.Mul", 6);
  EXPECT_EQ(result(suffix.in({2, 3, 4, 5}).in({4, 5}).attr("broadcast", 1)), "float32[2,3,4,5]");
  TestOp channels("onnx.PRelu", 6);
  EXPECT_EQ(result(channels.in({2, 3, 4, 5}).param({3})), "float32[2,3,4,5]");
  EXPECT_EQ(channels.op.in(1).str(), "float32[3,1,1]");
  TestOp newer("onnx.PRelu", 9);
  EXPECT_NE(result(newer.in({2, 3, 4, 5}).param({3})), "float32[2,3,4,5]");
}

TEST(OpsetForms, TileOfOneAxis) {
  TestOp op("onnx.Tile", 1);
  EXPECT_EQ(result(op.in({2, 3}).scalar(4, DType::I64).scalar(1, DType::I64)), "float32[2,12]");
}

TEST(OpsetForms, ExperimentalOps) {
  // Borders left, top, right, bottom = 1, 2, 3, 0 of 10 x 20 pixels.
  TestOp crop("onnx.Crop", 1);
  EXPECT_EQ(result(crop.in({1, 3, 10, 20}).ints("border", {1, 2, 3, 0})), "float32[1,3,8,16]");
  TestOp scaled("onnx.Crop", 1);
  EXPECT_EQ(result(scaled.in({1, 3, 10, 20}).ints("border", {1, 2, 0, 0}).ints("scale", {4, 5})),
            "float32[1,3,4,5]");
  TestOp fill("onnx.ConstantFill", 1);
  EXPECT_EQ(result(fill.ints("shape", {2, 3}).attr("dtype", 7)), "int64[2,3]");
  TestOp like("onnx.ConstantFill", 1);
  EXPECT_EQ(result(like.in({2, 3}).ints("extra_shape", {4})), "float32[2,3,4]");
}
