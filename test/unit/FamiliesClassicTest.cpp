//===- FamiliesClassicTest.cpp - Trees, vectors, boxes, signals, words ----===//

#include "Cost/Families/Detection.h"
#include "Cost/Families/Signal.h"
#include "Cost/Families/Text.h"
#include "Cost/Families/TreeEnsemble.h"
#include "FamilyHarness.h"

#include <cmath>

using namespace energyopt;

//===----------------------------------------------------------------------===//
// Trees
//===----------------------------------------------------------------------===//

TEST(Trees, PathsAreWeightedAndCyclesFound) {
  TreeNode root, inner, leaf;
  root.child[0] = 1, root.child[1] = 2, root.weight = 1;
  inner.child[0] = 2, inner.weight = 3;
  EXPECT_EQ(longestPaths({root, inner, leaf})->front(), 4);
  leaf.child[0] = 0;
  EXPECT_FALSE(longestPaths({root, inner, leaf}).has_value());
}

TEST(Trees, DeepChainsNeedNoStack) {
  std::vector<TreeNode> chain(1'000'000);
  for (size_t i = 0; i < chain.size(); ++i) {
    chain[i].weight = 1;
    if (i + 1 < chain.size())
      chain[i].child[0] = i + 1;
  }
  EXPECT_EQ(longestPaths(chain)->front(), 1'000'000);
}

static TestOp &twoTrees(TestOp &op) {
  // Tree 0: a root over a branch and a leaf (depth 2); tree 1: a stump.
  return op.ints("nodes_treeids", {0, 0, 0, 0, 0, 1, 1, 1})
      .ints("nodes_nodeids", {0, 1, 2, 3, 4, 0, 1, 2})
      .strings("nodes_modes",
               {"BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"})
      .ints("nodes_truenodeids", {1, 3, 0, 0, 0, 1, 0, 0})
      .ints("nodes_falsenodeids", {2, 4, 0, 0, 0, 2, 0, 0});
}

TEST(Trees, RegressorComparesAlongTheDeepestPath) {
  // 10 samples: (2 + 1) compares and one vote a tree each.
  TestOp op("onnx.ai.onnx.ml.TreeEnsembleRegressor", 3);
  twoTrees(op).ints("target_treeids", {0, 0, 0, 1, 1}).ints("target_nodeids", {2, 3, 4, 1, 2});
  ASSERT_TRUE(op.in({10, 5}).attr("n_targets", 1).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[10,1]");
  EXPECT_EQ(op.flops(), 10 * 3 + 10 * 2);
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
  EXPECT_TRUE(op.work.readBytes[0].is(10 * 3 * 4)); // one feature a compare
}

TEST(Trees, ClassifierIsTyped) {
  TestOp op("onnx.ai.onnx.ml.TreeEnsembleClassifier", 3);
  twoTrees(op).strings("classlabels_strings", {"a", "b", "c"});
  ASSERT_TRUE(op.in({10, 5}).outputs(2).run()) << op.error;
  EXPECT_EQ(op.out(0), "string[10]");
  EXPECT_EQ(op.out(1), "float32[10,3]");
}

TEST(Trees, MissingNodesAreAnError) {
  TestOp op("onnx.ai.onnx.ml.TreeEnsembleRegressor", 3);
  twoTrees(op).ints("nodes_truenodeids", {9, 3, 0, 0, 0, 1, 0, 0});
  EXPECT_NE(op.in({10, 5}).rejected().find("tree 0 has no node 9"), std::string::npos);
  TestOp cycle("onnx.ai.onnx.ml.TreeEnsembleRegressor", 3);
  twoTrees(cycle).ints("nodes_truenodeids", {0, 3, 0, 0, 0, 1, 0, 0});
  EXPECT_NE(cycle.in({10, 5}).rejected().find("cycle"), std::string::npos);
}

TEST(Trees, SetMembershipTriesEveryMember) {
  // A root that compares, over a node that tries a set of 3: 1 + 3.
  TestOp op("onnx.ai.onnx.ml.TreeEnsemble", 5);
  op.ints("tree_roots", {0}).ints("nodes_truenodeids", {1, 0}).ints("nodes_falsenodeids", {0, 1});
  op.ints("nodes_trueleafs", {0, 1}).ints("nodes_falseleafs", {1, 1}).attr("n_targets", 4);
  op.tensorAttr("nodes_modes", DType::U8, {Scalar(0), Scalar(6)});
  op.tensorAttr("membership_values", DType::F32,
                {Scalar(1.2), Scalar(3.7), Scalar(8.0), Scalar(std::nan(""))});
  ASSERT_TRUE(op.in({6, 1}).run()) << op.error;
  EXPECT_EQ(op.out(), "float32[6,4]");
  EXPECT_EQ(op.flops(), 6 * 4 + 6 * 1);
}

//===----------------------------------------------------------------------===//
// Linear models, support vectors, features
//===----------------------------------------------------------------------===//

TEST(ClassicML, LinearClassifierIsAProduct) {
  TestOp op("onnx.ai.onnx.ml.LinearClassifier", 1);
  op.ints("classlabels_ints", {0, 1, 2}).floats("coefficients", 6).floats("intercepts", 3);
  ASSERT_TRUE(op.in({3, 2}).outputs(2).run()) << op.error;
  EXPECT_EQ(op.out(0), "int64[3]");
  EXPECT_EQ(op.out(1), "float32[3,3]");
  EXPECT_EQ(op.macs(), 3 * 3 * 2);
  TestOp binary("onnx.ai.onnx.ml.LinearClassifier", 1); // one row, two scores
  binary.ints("classlabels_ints", {0, 1}).floats("coefficients", 2).floats("intercepts", 1);
  ASSERT_TRUE(binary.in({3, 2}).outputs(2).run());
  EXPECT_EQ(binary.out(1), "float32[3,2]");
  EXPECT_EQ(binary.macs(), 3 * 2);
}

TEST(ClassicML, SupportVectorsAreContractions) {
  // 5 samples of 4 features, 6 vectors, 3 classes: 5*6*4 + 5*2*6 MACs; an exp a
  // kernel; one-against-one scores: 3 pairs.
  TestOp op("onnx.ai.onnx.ml.SVMClassifier", 1);
  op.ints("classlabels_ints", {0, 1, 2}).ints("vectors_per_class", {1, 2, 3});
  op.floats("support_vectors", 24).floats("coefficients", 12).attr("kernel_type", "RBF");
  ASSERT_TRUE(op.in({5, 4}).outputs(2).run()) << op.error;
  EXPECT_EQ(op.out(1), "float32[5,3]");
  EXPECT_EQ(op.macs(), 120 + 60);
  EXPECT_EQ(op.transcendentals(), 30);
}

TEST(ClassicML, MapsAreTyped) {
  TestOp op("onnx.ai.onnx.ml.ZipMap", 1);
  ASSERT_TRUE(op.in({3, 2}).strings("classlabels_strings", {"no", "yes"}).run()) << op.error;
  EXPECT_EQ(op.op.outputs[0].kind, ValueKind::Sequence);
  EXPECT_EQ(op.op.outputs[0].element->kind, ValueKind::Map);
  EXPECT_EQ(op.op.outputs[0].element->keyType, DType::String);
  EXPECT_TRUE(op.op.outputs[0].length->is(3));
  ValueInfo map;
  map.kind = ValueKind::Map;
  map.keyType = DType::I64;
  map.dtype = DType::F32;
  TestOp dict("onnx.ai.onnx.ml.DictVectorizer", 1);
  ASSERT_TRUE(dict.value(map).ints("int64_vocabulary", {4, 5, 6}).run()) << dict.error;
  EXPECT_EQ(dict.out(), "float32[1,3]");
}

TEST(ClassicML, EncodersChangeTypes) {
  TestOp op("onnx.ai.onnx.ml.LabelEncoder", 4), hot("onnx.ai.onnx.ml.OneHotEncoder", 1);
  op.strings("keys_strings", {"a", "b"}).ints("values_int64s", {1, 2});
  ASSERT_TRUE(op.in(DType::String, {5}).run()) << op.error;
  EXPECT_EQ(op.out(), "int64[5]");
  ASSERT_TRUE(hot.in(DType::I64, {3, 2}).ints("cats_int64s", {7, 8, 9}).run());
  EXPECT_EQ(hot.out(), "float32[3,2,3]");
  TestOp pick("onnx.ai.onnx.ml.ArrayFeatureExtractor", 1);
  ASSERT_TRUE(pick.in({3, 4}).in(DType::I64, {2}).run());
  EXPECT_EQ(pick.out(), "float32[3,2]");
}

//===----------------------------------------------------------------------===//
// Boxes
//===----------------------------------------------------------------------===//

TEST(Detection, SuppressionIsBounded) {
  // 2 classes of 6 boxes, at most 3 kept: each class sorts 6*3, tests 6 and
  // overlaps 6*3 pairs of 13 operations; 6 areas of 3.
  TestOp op("onnx.NonMaxSuppression", 11);
  op.in({1, 6, 4}).in({1, 2, 6}).scalar(Scalar(3), DType::I64);
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.op.outputs[0].dtype, DType::I64);
  EXPECT_TRUE(op.op.ctx->upperBound(op.op.outputs[0].dim(0)).is(6));
  EXPECT_EQ(op.flops(), 2 * (6 * 4 + 18 * 13) + 6 * 3);
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
}

TEST(Detection, RoiAlignSamplesEachBin) {
  // 2 regions, 256 channels, 7x7 bins of 2x2 samples: 100,352 samples of 8
  // operations, their 392 places of 14, 25,088 averages.
  TestOp op("onnx.RoiAlign", 16);
  op.in({1, 256, 50, 50}).in({2, 4}).in(DType::I64, {2});
  op.attr("output_height", 7).attr("output_width", 7).attr("sampling_ratio", 2);
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.out(), "float32[2,256,7,7]");
  EXPECT_EQ(op.flops(), 8 * 100352 + 14 * 392 + 25088);
}

//===----------------------------------------------------------------------===//
// Signals
//===----------------------------------------------------------------------===//

TEST(Signal, FftFollowsItsLaw) {
  EXPECT_TRUE(fftFlops(1024, false).is(5 * 1024 * 10));
  EXPECT_TRUE(fftFlops(1024, true).is(5 * 1024 * 10 / 2));
  EXPECT_TRUE(fftFlops(1, false).is(0));
}

TEST(Signal, TransformShapes) {
  TestOp whole("onnx.DFT", 19), half("onnx.DFT", 19), back("onnx.DFT", 19);
  ASSERT_TRUE(whole.in({1, 10, 10, 1}).attr("axis", 1).run()) << whole.error;
  EXPECT_EQ(whole.out(), "float32[1,10,10,2]");
  ASSERT_TRUE(half.in({1, 10, 10, 1}).attr("axis", 1).attr("onesided", 1).run());
  EXPECT_EQ(half.out(), "float32[1,6,10,2]");
  back.in({1, 6, 10, 2}).attr("axis", 1).attr("onesided", 1).attr("inverse", 1);
  ASSERT_TRUE(back.run());
  EXPECT_EQ(back.out(), "float32[1,10,10,1]");
}

TEST(Signal, StftCutsFrames) {
  // (128 - 16)/8 + 1 = 15 frames of a real FFT of 16 points: 2.5*16*4 = 160.
  TestOp op("onnx.STFT", 17);
  op.in({1, 128, 1}).scalar(Scalar(8), DType::I64).none().scalar(Scalar(16), DType::I64);
  ASSERT_TRUE(op.run()) << op.error;
  EXPECT_EQ(op.out(), "float32[1,15,9,2]");
  EXPECT_EQ(op.flops(), 15 * 160);
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

TEST(Text, NgramsAreCountedInClosedForm) {
  // Bigrams of 12 elements with up to 5 skipped: 11 + 10 + 9 + 8 + 7 + 6.
  EXPECT_TRUE(ngramLookups(12, 2, 2, 5).is(51 * 2));
  EXPECT_TRUE(ngramLookups(12, 1, 2, 0).is(12 + 11 * 2));
  EXPECT_TRUE(ngramLookups(2, 3, 3, 4).is(0));
  EXPECT_TRUE(ngramLookups(3, 2, 2, INT64_MAX).is(3 * 2)); // 2 + 1 places
}

TEST(Text, SplitsAreBounded) {
  TestOp op("onnx.StringSplit", 20);
  ASSERT_TRUE(op.in(DType::String, {2, 2}).attr("maxsplit", 2).outputs(2).run()) << op.error;
  EXPECT_TRUE(op.op.ctx->upperBound(op.op.outputs[0].dim(2)).is(3));
  EXPECT_EQ(op.out(1), "int64[2,2]");
  EXPECT_EQ(op.work.status, WorkStatus::Bounded);
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

TEST(Sequences, HoldOneTypeAndItsBounds) {
  TestOp op("onnx.SequenceConstruct", 11), mixed("onnx.SequenceConstruct", 11);
  ASSERT_TRUE(op.in({2, 3}).in({2, 5}).run()) << op.error;
  EXPECT_TRUE(op.op.outputs[0].length->is(2));
  EXPECT_TRUE(op.op.outputs[0].element->dim(0).is(2));
  EXPECT_TRUE(op.op.ctx->upperBound(op.op.outputs[0].element->dim(1)).is(5));
  EXPECT_EQ(op.work.status, WorkStatus::Free);
  EXPECT_NE(mixed.in({2}).in(DType::I64, {2}).rejected().find("the sequence holds"),
            std::string::npos);
}

TEST(Sequences, SplitAndJoinMoveTheirTensors) {
  TestOp split("onnx.SplitToSequence", 24), zero("onnx.SplitToSequence", 24);
  split.in({3, 6}).scalar(Scalar(2), DType::I64).attr("axis", 1);
  ASSERT_TRUE(split.run()) << split.error;
  EXPECT_TRUE(split.op.outputs[0].length->is(3));
  EXPECT_EQ(split.op.outputs[0].element->str(), "float32[3,2]");
  EXPECT_TRUE(split.work.readBytes[0].is(72));
  TestOp join("onnx.ConcatFromSequence", 11);
  ASSERT_TRUE(join.value(split.op.outputs[0]).attr("axis", 1).run()) << join.error;
  EXPECT_EQ(join.out(), "float32[3,6]");
  zero.in({3, 6}).scalar(Scalar(0), DType::I64);
  EXPECT_NE(zero.rejected().find("must be positive"), std::string::npos);
}

TEST(Sequences, LengthsAndPositionsAreKnown) {
  TestOp construct("onnx.SequenceConstruct", 11), length("onnx.SequenceLength", 11),
      outside("onnx.SequenceAt", 11);
  ASSERT_TRUE(construct.in({2}).in({2}).run());
  ASSERT_TRUE(length.value(construct.op.outputs[0]).run());
  EXPECT_TRUE((*length.op.outputs[0].data)[0].asInt()->is(2));
  outside.value(construct.op.outputs[0]).scalar(Scalar(2), DType::I64);
  EXPECT_NE(outside.rejected().find("position 2 of a sequence of 2"), std::string::npos);
}
