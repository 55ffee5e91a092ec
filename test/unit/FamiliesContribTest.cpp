//===- FamiliesContribTest.cpp - Products, norms, layouts of com.microsoft ===//

#include "FamilyHarness.h"

using namespace energyopt;

static std::string ms(const char *op) { return std::string("onnx.com.microsoft.") + op; }

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

TEST(Contrib, MatMulNBitsReadsHalfAByteAWeight) {
  // A Llama MLP projection while decoding: 4096*11008 = 45,088,768 weights in
  // 11008*128 blocks of 16 bytes.
  TestOp op("onnx.com.microsoft.MatMulNBits", 1);
  op.in({1, 1, 4096}).param({11008, 128, 16}, DType::U8).param({11008 * 128});
  op.attr("N", 11008).attr("K", 4096).attr("bits", 4).attr("block_size", 32);
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.out(), "float32[1,1,11008]");
  EXPECT_EQ(op.macs(), 45088768);
  EXPECT_EQ(op.flops(), 2 * 45088768 + 3 * 45088768); // and each dequantized
  EXPECT_TRUE(op.work.readBytes[1].is(45088768 / 2));
  EXPECT_EQ(op.work.items[0].cls, WorkClass::MatMul);
}

TEST(Contrib, MatMulNBitsChecksItsBlocks) {
  auto complaint = [](Shape b, Shape scales, int block, int bits = 4) {
    TestOp op("onnx.com.microsoft.MatMulNBits", 1);
    op.in({2, 16}).in(DType::U8, std::move(b)).in(std::move(scales));
    op.attr("N", 4).attr("K", 16).attr("bits", bits).attr("block_size", block);
    return op.rejected();
  };
  EXPECT_NE(complaint({4, 1, 8}, {4}, 20).find("power of 2 from 16"), std::string::npos);
  EXPECT_NE(complaint({4, 2, 8}, {4}, 16).find("has 64 elements, expected 32"), std::string::npos);
  EXPECT_NE(complaint({4, 1, 8}, {3}, 16).find("(scales) has 3"), std::string::npos);
  EXPECT_NE(complaint({4, 1, 8}, {4}, 16, 9).find("bits is 9"), std::string::npos);
}

TEST(Contrib, MatMulBnb4Projects) {
  // [3,16] x [16,8]: 384 MACs; 64 bytes of weights, 8 blocks of 16.
  TestOp op("onnx.com.microsoft.MatMulBnb4", 1), wrong("onnx.com.microsoft.MatMulBnb4", 1);
  for (TestOp *test : {&op, &wrong})
    test->attr("N", 8).attr("K", 16).attr("block_size", 16).attr("quant_type", 1);
  ASSERT_TRUE(op.in({3, 16}).param({64}, DType::U8).param({8}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[3,8]");
  EXPECT_EQ(op.macs(), 384);
  EXPECT_NE(wrong.in({2, 10}).in(DType::U8, {64}).in({8}).rejected().find("10 columns"),
            std::string::npos);
}

TEST(Contrib, FusedMatMulTransposes) {
  // A' [3,128,64], B' [3,64,256]: 3*128*256*64 = 6,291,456; alpha once a result.
  TestOp op("onnx.com.microsoft.FusedMatMul", 1);
  op.in({3, 64, 128}).in({3, 256, 64}).attr("transA", 1).attr("transB", 1).attr("alpha", 0.125);
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.out(), "float32[3,128,256]");
  EXPECT_EQ(op.macs(), 6291456);
  EXPECT_EQ(op.flops(), 2 * 6291456 + 3 * 128 * 256);
  // transBatchA: A is [rows, batch, K].
  TestOp batch("onnx.com.microsoft.FusedMatMul", 1);
  ASSERT_TRUE(batch.in({128, 3, 64}).in({3, 64, 256}).attr("transBatchA", 1).run());
  EXPECT_EQ(batch.out(), "float32[3,128,256]");
  EXPECT_EQ(batch.macs(), 6291456);
}

TEST(Contrib, FusedActivationCostsItsOwnRow) {
  // Relu is one operation a result: 2*3 results of 4 MACs.
  TestOp op("onnx.com.microsoft.FusedGemm", 1);
  ASSERT_TRUE(op.in({2, 4}).in({4, 3}).attr("activation", "Relu").run()) << op.error;
  EXPECT_EQ(op.macs(), 24);
  EXPECT_EQ(op.flops(), 48 + 6);
  TestOp unknown("onnx.com.microsoft.FusedGemm", 1);
  ASSERT_TRUE(unknown.in({2, 4}).in({4, 3}).attr("activation", "Wobble").run());
  EXPECT_EQ(unknown.work.status, WorkStatus::Unmodelled);
}

TEST(Contrib, IntegerProductsAreInteger) {
  TestOp op("onnx.com.microsoft.MatMulIntegerToFloat", 1);
  op.in(DType::I8, {4, 3}).in(DType::U8, {3, 2}).in({3}).in({2});
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.out(), "float32[4,2]");
  EXPECT_EQ(op.macs(), 24);
  EXPECT_EQ(op.intOps(), 48);
  EXPECT_EQ(op.flops(), 2 * 8); // convert and scale
  TestOp scale("onnx.com.microsoft.MatMulIntegerToFloat", 1);
  scale.in(DType::I8, {4, 3}).in(DType::U8, {3, 2}).in(DType::I8, {3}).in({2});
  EXPECT_NE(scale.rejected().find("float"), std::string::npos);
  TestOp columns("onnx.com.microsoft.MatMulIntegerToFloat", 1);
  columns.in(DType::I8, {4, 3}).in(DType::U8, {3, 2}).in({3}).in({7});
  EXPECT_NE(columns.rejected().find("7 values for 2 columns"), std::string::npos);
  TestOp dynamic("onnx.com.microsoft.DynamicQuantizeMatMul", 1);
  ASSERT_TRUE(dynamic.in({4, 3}).param({3, 2}, DType::I8).param({}).run()) << dynamic.error;
  EXPECT_EQ(dynamic.intOps(), 48);
  EXPECT_EQ(dynamic.out(), "float32[4,2]");
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

TEST(Contrib, ChannelsLastConvolutionIsTheSameConvolution) {
  TestOp nchw("onnx.Conv"), nhwc("onnx.com.microsoft.NhwcConv", 1);
  ASSERT_TRUE(nchw.in({1, 3, 8, 10}).param({16, 3, 3, 3}).run()) << nchw.error;
  ASSERT_TRUE(nhwc.in({1, 8, 10, 3}).param({16, 3, 3, 3}).run()) << nhwc.error;
  EXPECT_EQ(nchw.out(), "float32[1,16,6,8]");
  EXPECT_EQ(nhwc.out(), "float32[1,6,8,16]");
  EXPECT_EQ(nhwc.macs(), nchw.macs());
  EXPECT_EQ(nhwc.macs(), 6 * 8 * 16 * 27);
}

TEST(Contrib, FusedConvAddsResidualAndActivation) {
  TestOp conv("onnx.Conv"), fused("onnx.com.microsoft.FusedConv", 1);
  ASSERT_TRUE(conv.in({1, 3, 8, 8}).param({4, 3, 1, 1}).param({4}).run());
  fused.in({1, 3, 8, 8}).param({4, 3, 1, 1}).param({4}).in({1, 4, 8, 8}).attr("activation", "Relu");
  ASSERT_TRUE(fused.run()) << fused.error;
  EXPECT_EQ(fused.macs(), conv.macs());
  EXPECT_EQ(fused.flops(), conv.flops() + 2 * 4 * 64);
  EXPECT_EQ(fused.work.readBytes.size(), 4u);
}

//===----------------------------------------------------------------------===//
// Normalizations, activations, quantizers
//===----------------------------------------------------------------------===//

TEST(Contrib, SkipLayerNormAddsThenNormalizes) {
  // 196,608 elements in 256 rows: 1 addition, 5 to normalize, 1 scale each, and
  // 6 a row.
  TestOp op("onnx.com.microsoft.SkipLayerNormalization", 1);
  ASSERT_TRUE(op.in({2, 128, 768}).in({2, 128, 768}).param({768}).outputs(4).run()) << op.error;
  EXPECT_EQ(op.out(1), "float32[2,128,1]");
  EXPECT_EQ(op.out(3), "float32[2,128,768]");
  // The deviation's inverse is an output, which is one operation a row more.
  EXPECT_EQ(op.flops(), 7 * 196608 + 7 * 256);
  TestOp gamma("onnx.com.microsoft.SkipLayerNormalization", 1);
  EXPECT_NE(gamma.in({2, 2, 4}).in({2, 2, 4}).in({5}).rejected().find("input 2"),
            std::string::npos);
  TestOp few("onnx.com.microsoft.SkipLayerNormalization", 1);
  EXPECT_NE(few.in({2, 2, 4}).in({2, 2, 4}).rejected().find("input"), std::string::npos);
}

TEST(Contrib, EmbeddingReadsRowsNotTables) {
  TestOp op("onnx.com.microsoft.EmbedLayerNormalization", 1);
  op.in(DType::I32, {1, 8})
      .none()
      .param({30522, 64})
      .param({512, 64})
      .none()
      .param({64})
      .param({64});
  ASSERT_TRUE(op.outputs(2).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[1,8,64]");
  EXPECT_EQ(op.out(1), "int32[1]");
  EXPECT_TRUE(op.work.readBytes[2].is(8 * 64 * 4));
}

TEST(Contrib, BiasSplitGeluHalves) {
  TestOp op("onnx.com.microsoft.BiasSplitGelu", 1), odd("onnx.com.microsoft.BiasSplitGelu", 1);
  ASSERT_TRUE(op.in({2, 4, 6}).param({6}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,4,3]");
  EXPECT_EQ(op.transcendentals(), 24);
  EXPECT_NE(odd.in({2, 4, 5}).in({5}).rejected().find("two halves"), std::string::npos);
}

TEST(Contrib, FastGeluCountsItsBias) {
  TestOp plain("onnx.com.microsoft.FastGelu", 1), biased("onnx.com.microsoft.FastGelu", 1);
  ASSERT_TRUE(plain.in({3, 5}).run());
  ASSERT_TRUE(biased.in({3, 5}).param({5}).run());
  EXPECT_EQ(biased.flops() - plain.flops(), 15);
}

TEST(Contrib, QLinearIsThePlainOpBetweenConversions) {
  // One addition, 3 to dequantize each input, 6 to quantize the result: 13
  // operations for each of 6 results; the second input has 3 elements.
  TestOp op("onnx.com.microsoft.QLinearAdd", 1);
  op.in(DType::U8, {2, 3}).param({}).param({}, DType::U8);
  op.in(DType::U8, {3}).param({}).param({}, DType::U8).param({}).param({}, DType::U8);
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.out(), "uint8[2,3]");
  EXPECT_EQ(op.flops(), 6 * 1 + 6 * 3 + 3 * 3 + 6 * 6);
  TestOp pool("onnx.com.microsoft.QLinearGlobalAveragePool", 1);
  pool.in(DType::U8, {1, 4, 4, 8}).param({}).param({}, DType::U8).param({}).param({}, DType::U8);
  ASSERT_TRUE(pool.attr("channels_last", 1).run()) << pool.error;
  EXPECT_EQ(pool.out(), "uint8[1,1,1,8]");
  TestOp mean("onnx.com.microsoft.QLinearReduceMean", 1);
  mean.in(DType::I8, {2, 3, 4}).param({}).param({}, DType::I8).param({}).param({}, DType::I8);
  ASSERT_TRUE(mean.ints("axes", {1}).attr("keepdims", 0).run()) << mean.error;
  EXPECT_EQ(mean.out(), "int8[2,4]");
}

TEST(Contrib, QLinearConcatTakesTriples) {
  TestOp op("onnx.com.microsoft.QLinearConcat", 1);
  op.param({}).param({}, DType::U8);
  op.in(DType::U8, {2, 3}).param({}).param({}, DType::U8);
  op.in(DType::U8, {2, 5}).param({}).param({}, DType::U8);
  ASSERT_TRUE(op.attr("axis", 1).run()) << op.error;
  EXPECT_EQ(op.out(), "uint8[2,8]");
}

TEST(Contrib, QuantizedLstmIsAnLstmInInt8) {
  // T=5, B=2, I=3, H=4: 5*2*4*4*(3+4) = 1120 MACs.
  TestOp plain("onnx.LSTM"), quantized("onnx.com.microsoft.DynamicQuantizeLSTM", 1);
  ASSERT_TRUE(plain.in({5, 2, 3}).param({1, 16, 3}).param({1, 16, 4}).attr("hidden_size", 4).run());
  quantized.in({5, 2, 3}).param({1, 3, 16}, DType::I8).param({1, 4, 16}, DType::I8);
  quantized.none()
      .none()
      .none()
      .none()
      .none()
      .param({1})
      .param({1}, DType::I8)
      .param({1})
      .param({1}, DType::I8);
  ASSERT_TRUE(quantized.attr("hidden_size", 4).run()) << quantized.error;
  EXPECT_EQ(plain.macs(), 1120);
  EXPECT_EQ(quantized.macs(), 1120);
  EXPECT_EQ(quantized.intOps(), 2240);
  EXPECT_EQ(quantized.out(), plain.out());
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

TEST(Contrib, InverseAndDistances) {
  TestOp inverse("onnx.com.microsoft.Inverse", 1), far("onnx.com.microsoft.CDist", 1);
  ASSERT_TRUE(inverse.in({3, 4, 4}).run()) << inverse.error;
  EXPECT_EQ(inverse.flops(), 3 * 2 * 64);
  ASSERT_TRUE(far.in({5, 3}).in({7, 3}).attr("metric", "euclidean").run()) << far.error;
  EXPECT_EQ(far.out(), "float32[5,7]");
  EXPECT_EQ(far.macs(), 105);
}

TEST(Contrib, GatherBlockQuantizedReadsItsRows) {
  // 3 rows of 64 values, two a byte.
  TestOp op("onnx.com.microsoft.GatherBlockQuantized", 1);
  op.param({1000, 32}, DType::U8).in(DType::I64, {3}).param({1000, 4});
  ASSERT_TRUE(op.attr("bits", 4).attr("block_size", 16).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[3,64]");
  EXPECT_TRUE(op.work.readBytes[0].is(96));
}

TEST(Contrib, PaddingIsBounded) {
  TestOp op("onnx.com.microsoft.RemovePadding", 1);
  ASSERT_TRUE(op.in({2, 5, 8}).in(DType::I32, {2}).outputs(4).run()) << op.error;
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
  EXPECT_TRUE(op.work.writeBytes[0].is(2 * 5 * 8 * 4) || !op.work.writeBytes[0].isConstant());
  EXPECT_EQ(op.out(2), "int32[3]");
}

TEST(Contrib, OpaquePayloadsStayUnmodelled) {
  TestOp op("onnx.com.microsoft.EPContext", 1);
  ASSERT_TRUE(op.in({1}).run());
  EXPECT_EQ(op.work.status, WorkStatus::Unmodelled);
  EXPECT_FALSE(op.work.reason.empty());
  EXPECT_EQ(findRule("onnx.ATen", 1), nullptr);
  EXPECT_EQ(findRule("onnx.com.microsoft.Foo", 1), nullptr);
}

TEST(Contrib, EveryPlainOpOfAFusionHasARule) {
  // Fused ops are priced as these; a rename would leave them unmodelled.
  for (const char *name : {"NhwcMaxPool", "Trilu", "GatherND", "Range", "Pad", "GridSample"})
    EXPECT_NE(findRule(ms(name), 1), nullptr) << name;
  TestOp range("onnx.com.microsoft.Range", 1);
  ASSERT_TRUE(range.scalar(Scalar(2), DType::I64).scalar(Scalar(7), DType::I64).run())
      << range.error;
  EXPECT_EQ(range.out(), "int64[5]");
}

TEST(Contrib, ConvGradIsTwoConvolutions) {
  TestOp forward("onnx.Conv"), both("onnx.com.microsoft.ConvGrad", 1);
  ASSERT_TRUE(forward.in({1, 3, 8, 8}).in({4, 3, 3, 3}).run());
  ASSERT_TRUE(both.in({1, 4, 6, 6}).in({1, 3, 8, 8}).in({4, 3, 3, 3}).outputs(3).run())
      << both.error;
  EXPECT_EQ(both.macs(), 2 * forward.macs());
  EXPECT_EQ(both.out(), "float32[1,3,8,8]");
}
