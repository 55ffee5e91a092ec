//===- FamiliesContribAttentionTest.cpp - Attention of com.microsoft ------===//

#include "FamilyHarness.h"

using namespace energyopt;

namespace {
constexpr const char *kAttention = "onnx.com.microsoft.Attention";
constexpr const char *kMultiHead = "onnx.com.microsoft.MultiHeadAttention";
constexpr const char *kGroupQuery = "onnx.com.microsoft.GroupQueryAttention";
} // namespace

TEST(ContribAttention, BertLayerIsProjectionAndProducts) {
  // Projection 128*768*2304 = 226,492,416; 12 heads of 128x128 scores, each
  // 64 + 64 long: 12*16384*128 = 25,165,824.
  TestOp op(kAttention, 1);
  op.in({1, 128, 768}).param({768, 2304}).param({2304}).attr("num_heads", 12);
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.out(), "float32[1,128,768]");
  EXPECT_EQ(op.macs(), 226492416 + 25165824);
  EXPECT_EQ(op.transcendentals(), 12 * 128 * 128);
  EXPECT_EQ(op.work.status, WorkStatus::Modelled);
}

TEST(ContribAttention, ScalesWhatHasFewerElements) {
  // 2 queries of 4 heads; 2 FLOPs per MAC, 5 per score for softmax.
  // Heads of 2 over 5 keys: 40 scores, 16 elements of Q: 2*40*(2+2) + 16 + 200.
  TestOp queries(kMultiHead, 1);
  queries.in({1, 2, 8}).in({1, 5, 8}).in({1, 5, 8}).attr("num_heads", 4);
  ASSERT_TRUE(queries.run()) << queries.error;
  EXPECT_EQ(queries.flops(), 320 + 16 + 200);
  // Heads of 8 over 3 keys: 24 scores, 64 elements of Q: 2*24*(8+8) + 24 + 120.
  TestOp scores(kMultiHead, 1);
  scores.in({1, 2, 32}).in({1, 3, 32}).in({1, 3, 32}).attr("num_heads", 4);
  ASSERT_TRUE(scores.run()) << scores.error;
  EXPECT_EQ(scores.flops(), 768 + 24 + 120);
}

TEST(ContribAttention, PastLengthensTheKeys) {
  // 4 past + 2 new keys: scores 2*2 heads*2*6 = 48, each 2 + 2 long, in a batch
  // of 2; projection 4*4*12.
  TestOp op(kAttention, 1);
  op.in({2, 2, 4}).param({4, 12}).param({12}).none().in({2, 2, 2, 4, 2}).attr("num_heads", 2);
  ASSERT_TRUE(op.outputs(2).run()) << op.error;
  EXPECT_EQ(op.out(1), "float32[2,2,2,6,2]");
  EXPECT_EQ(op.macs(), 4 * 4 * 12 + 48 * 4);
}

TEST(ContribAttention, RejectsWhatDoesNotFit) {
  auto attention = [](Shape input, Shape weights, Shape bias) {
    TestOp op(kAttention, 1);
    op.in(std::move(input)).in(std::move(weights)).in(std::move(bias)).attr("num_heads", 2);
    return op.rejected();
  };
  EXPECT_EQ(attention({2, 2, 4}, {4, 12}, {11}),
            "onnx.com.microsoft.Attention: input 2 has 11 elements, expected 12");
  EXPECT_NE(attention({2, 2, 4, 2}, {4, 12}, {12}).find("rank 4"), std::string::npos);
  EXPECT_NE(attention({2, 2, 4}, {4, 14}, {14}).find("14 columns"), std::string::npos);
  EXPECT_NE(attention({2, 2, 5}, {4, 12}, {12}).find("differ: 4 and 5"), std::string::npos);

  TestOp headless(kAttention, 1);
  EXPECT_NE(headless.in({2, 2, 4}).in({4, 12}).rejected().find("num_heads is required"),
            std::string::npos);
  TestOp sizes(kAttention, 1);
  sizes.in({1, 2, 4}).in({4, 12}).attr("num_heads", 2).ints("qkv_hidden_sizes", {2, 2, -3});
  EXPECT_NE(sizes.rejected().find("holds -3"), std::string::npos);
  TestOp mask(kAttention, 1);
  mask.in({1, 2, 4}).in({4, 12}).in({12}).in(DType::I32, {1, 9, 2, 2}).attr("num_heads", 2);
  EXPECT_NE(mask.rejected().find("does not fit a batch of 1"), std::string::npos);
}

TEST(ContribAttention, QuantizedProjectionIsInteger) {
  // 4*8*24 = 768 int8 MACs; attention in float: 2 heads*4*4*(4+4) = 256.
  TestOp op("onnx.com.microsoft.QAttention", 1);
  op.in(DType::U8, {1, 4, 8}).param({8, 24}, DType::I8).param({24}).param({}).param({});
  ASSERT_TRUE(op.attr("num_heads", 2).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[1,4,8]");
  EXPECT_EQ(op.macs(), 768 + 256);
  EXPECT_EQ(op.work.items[0].dtype, DType::U8);
  EXPECT_EQ(op.intOps(), 2 * 768);
}

TEST(ContribAttention, MultiHeadTakesEveryLayout) {
  // 2 queries, 3 keys, 4 heads of 8: 4*2*3*(8+8) = 384.
  TestOp apart(kMultiHead, 1), split(kMultiHead, 1), packedKv(kMultiHead, 1);
  for (TestOp *op : {&apart, &split, &packedKv})
    op->in({1, 2, 32}).attr("num_heads", 4);
  ASSERT_TRUE(apart.in({1, 3, 32}).in({1, 3, 32}).run()) << apart.error;
  ASSERT_TRUE(split.in({1, 4, 3, 8}).in({1, 4, 3, 8}).run()) << split.error;
  ASSERT_TRUE(packedKv.in({1, 3, 4, 2, 8}).run()) << packedKv.error;
  for (TestOp *op : {&apart, &split, &packedKv}) {
    EXPECT_EQ(op->macs(), 384);
    EXPECT_EQ(op->out(), "float32[1,2,32]");
  }
  TestOp packed(kMultiHead, 1); // 3 queries and keys: 4*3*3*16
  ASSERT_TRUE(packed.in({1, 3, 4, 3, 8}).attr("num_heads", 4).run()) << packed.error;
  EXPECT_EQ(packed.macs(), 576);
  EXPECT_EQ(packed.out(), "float32[1,3,32]");
}

TEST(ContribAttention, MultiHeadNamesTheOperandThatIsWrong) {
  auto complaint = [](std::initializer_list<Shape> shapes) {
    TestOp op(kMultiHead, 1);
    for (const Shape &shape : shapes)
      op.in(shape);
    return op.attr("num_heads", 1).rejected();
  };
  EXPECT_NE(complaint({{1, 1}}).find("query has rank 2"), std::string::npos);
  EXPECT_NE(complaint({{1, 1, 1}}).find("key (input 1) is missing"), std::string::npos);
  EXPECT_NE(complaint({{1, 1, 1}, {1, 1}}).find("key has rank 2"), std::string::npos);
  EXPECT_NE(complaint({{1, 1, 1}, {1, 1, 1}}).find("value (input 2) is missing"),
            std::string::npos);
  EXPECT_NE(complaint({{1, 1, 1}, {1, 1, 1}, {1, 1, 1, 1}}).find("value has rank 4"),
            std::string::npos);
  EXPECT_NE(complaint({{1, 1, 1}, {1, 2, 1, 1}, {1, 1, 1, 1}}).find("differ: 1 and 2"),
            std::string::npos);
}

TEST(ContribAttention, MultiHeadPastGrowsOrFillsItsBuffer) {
  TestOp grows(kMultiHead, 1), fills(kMultiHead, 1);
  for (TestOp *op : {&grows, &fills})
    op->in({1, 1, 4})
        .in({1, 1, 4})
        .in({1, 1, 4})
        .none()
        .none()
        .none()
        .in({1, 2, 3, 2})
        .in({1, 2, 3, 2});
  ASSERT_TRUE(grows.attr("num_heads", 2).outputs(3).run()) << grows.error;
  EXPECT_EQ(grows.out(1), "float32[1,2,4,2]");
  EXPECT_EQ(grows.macs(), 2 * 4 * (2 + 2)); // 2 heads, 4 keys

  // A buffer for 3 of which 1 is filled: 2 keys are attended, 1 row written.
  fills.data(DType::I32, {Scalar(1)});
  ASSERT_TRUE(fills.attr("num_heads", 2).outputs(3).run()) << fills.error;
  EXPECT_EQ(fills.out(1), "float32[1,2,3,2]");
  EXPECT_EQ(fills.macs(), 2 * 2 * (2 + 2));
  EXPECT_TRUE(fills.work.writeBytes[1].is(2 * 1 * 2 * 4));
}

TEST(ContribAttention, GroupQueryDecodesOverItsPast) {
  // One token of 32 heads of 128 over 1024 + 1 keys of 8 heads:
  // 32*1025*(128+128) = 8,396,800.
  TestOp op(kGroupQuery, 1);
  op.in(DType::F16, {1, 1, 4096}).in(DType::F16, {1, 1, 1024}).in(DType::F16, {1, 1, 1024});
  op.in(DType::F16, {1, 8, 1024, 128}).in(DType::F16, {1, 8, 1024, 128});
  op.in(DType::I32, {1}).in(DType::I32, {}).attr("num_heads", 32).attr("kv_num_heads", 8);
  ASSERT_TRUE(op.outputs(3).run()) << op.error;
  EXPECT_EQ(op.out(), "float16[1,1,4096]");
  EXPECT_EQ(op.out(1), "float16[1,8,1025,128]");
  EXPECT_EQ(op.macs(), 8396800);
  EXPECT_EQ(op.work.items[0].cls, WorkClass::BatchMatMul);
}

TEST(ContribAttention, GroupQuerySharesItsCache) {
  // The same in a cache for 4096, of which the total says that 1025 are used:
  // reads 8*1024*128 halves of keys, writes 8*128.
  TestOp op(kGroupQuery, 1);
  op.in(DType::F16, {1, 1, 6144}).none().none(); // 32 + 8 + 8 heads packed
  op.in(DType::F16, {1, 8, 4096, 128}).in(DType::F16, {1, 8, 4096, 128});
  op.in(DType::I32, {1}).scalar(Scalar(1025), DType::I32);
  op.attr("num_heads", 32).attr("kv_num_heads", 8);
  ASSERT_TRUE(op.outputs(3).run()) << op.error;
  EXPECT_EQ(op.out(1), "float16[1,8,4096,128]");
  EXPECT_EQ(op.macs(), 8396800);
  EXPECT_TRUE(op.work.readBytes[3].is(2097152));
  EXPECT_TRUE(op.work.writeBytes[1].is(2048));
}

TEST(ContribAttention, GroupQueryWindowLimitsTheKeys) {
  // 8 queries of 2 heads of 16, each over its last 4 keys: 2*8*4*32 = 2048.
  TestOp op(kGroupQuery, 1);
  op.in({1, 8, 32}).in({1, 8, 32}).in({1, 8, 32}).none().none().in(DType::I32, {1});
  op.in(DType::I32, {}).attr("num_heads", 2).attr("kv_num_heads", 2).attr("local_window_size", 4);
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.macs(), 2048);
}

TEST(ContribAttention, RotaryReadsRowsOfItsTables) {
  // [2,8,24] in heads of 6 (the table is 3 wide): 3*384 operations.
  TestOp op("onnx.com.microsoft.RotaryEmbedding", 1);
  op.in({2, 8, 24}).in(DType::I64, {1}).param({1000, 3}).param({1000, 3});
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,8,24]");
  EXPECT_EQ(op.flops(), 3 * 384);
  EXPECT_TRUE(op.work.readBytes[2].is(2 * 8 * 3 * 4));
  TestOp wrong("onnx.com.microsoft.RotaryEmbedding", 1);
  wrong.in({2, 2, 18}).in(DType::I64, {1, 1}).in({4, 3}).in({4, 3});
  EXPECT_NE(wrong.rejected().find("neither [1] nor [2,2]"), std::string::npos);
}

TEST(ContribAttention, OnlyRoutedExpertsWork) {
  // One token to 2 of 4 experts of 8 -> 16 -> 8: 2*(16*8 + 8*16) = 512 MACs,
  // and half of fc1's 4*16*8 floats are read: 1 - (1 - 2/4)^1.
  TestOp op("onnx.com.microsoft.MoE", 1);
  op.in({1, 8}).in({1, 4}).param({4, 16, 8}).none().param({4, 8, 16}).attr("k", 2);
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.macs(), 512);
  EXPECT_TRUE(op.work.readBytes[2].is(1024));
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
  TestOp many("onnx.com.microsoft.MoE", 1); // 1 - (1 - 2/4)^8 = 255/256 of 2048
  many.in({8, 8}).in({8, 4}).param({4, 16, 8}).none().param({4, 8, 16}).attr("k", 2);
  ASSERT_TRUE(many.run());
  EXPECT_EQ(many.macs(), 8 * 512);
  EXPECT_TRUE(many.work.readBytes[2].is(2040));
  TestOp packed("onnx.com.microsoft.QMoE", 1); // two weights a byte
  packed.in({1, 8}).in({1, 4}).param({4, 16, 4}, DType::U8).param({4, 16}).none();
  packed.param({4, 8, 8}, DType::U8).param({4, 8});
  ASSERT_TRUE(packed.attr("k", 2).run()) << packed.error;
  EXPECT_EQ(packed.macs(), 512);
}
