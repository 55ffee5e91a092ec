//===- ShapeFactsTest.cpp - Binding, bounding and merging dims ------------===//

#include "Graph/ShapeFacts.h"
#include "Graph/DimBinding.h"

#include "gtest/gtest.h"

using namespace energyopt;

static llvm::StringMap<int64_t>
given(std::initializer_list<std::pair<const char *, int64_t>> list) {
  llvm::StringMap<int64_t> map;
  for (auto [name, value] : list)
    map[name] = value;
  return map;
}

TEST(ShapeFacts, DefaultsFollowTheNames) {
  ShapeFacts facts({}, /*symbolic=*/false);
  EXPECT_TRUE(facts.bindSymbol("batch_size").is(1));
  EXPECT_TRUE(facts.bindSymbol("height").is(224));
  EXPECT_TRUE(facts.bindSymbol("sequence_length").is(128));
  EXPECT_TRUE(facts.bindSymbol("past_sequence_length").is(512));
  // Cached and new tokens: 512 + 128.
  EXPECT_TRUE(facts.bindSymbol("total_sequence_length").is(640));
  EXPECT_TRUE(facts.bindSymbol("num_boxes").is(1));
  EXPECT_EQ(facts.assumedNames().size(), 6u);
}

TEST(ShapeFacts, GivenDimsAreNotAssumptions) {
  ShapeFacts facts(given({{"batch", 8}, {"typo", 3}}), /*symbolic=*/false);
  EXPECT_TRUE(facts.bindSymbol("batch").is(8));
  EXPECT_TRUE(facts.assumptions().empty());
  EXPECT_EQ(facts.unusedNames(), std::vector<std::string>{"typo"});
}

TEST(ShapeFacts, SymbolicModeKeepsTheSymbolAndKnowsItsValue) {
  ShapeFacts facts(given({{"seq", 5}}), /*symbolic=*/true);
  Expr batch = facts.bindSymbol("batch");
  EXPECT_EQ(batch.asSymbol(), llvm::StringRef("batch"));
  // One that was given stays in the formula, too.
  EXPECT_EQ(facts.bindSymbol("seq").asSymbol(), llvm::StringRef("seq"));
  // 3 * batch + seq at batch = 1, seq = 5
  EXPECT_EQ(facts.evaluate(Expr(3) * batch + facts.bindSymbol("seq")), 8);
}

TEST(ShapeFacts, DataDependentDimsEvaluateToTheirBound) {
  ShapeFacts facts({}, /*symbolic=*/false);
  Expr kept = facts.dataDependentDim("nms", Expr(300));
  EXPECT_TRUE(facts.isDataDependent(kept));
  EXPECT_TRUE(facts.isDataDependent(kept * Expr(4) + Expr(1)));
  EXPECT_FALSE(facts.isDataDependent(Expr::symbol("batch")));
  EXPECT_EQ(facts.evaluate(kept * Expr(4)), 1200);
  EXPECT_NE(kept, facts.dataDependentDim("nms", Expr(300)));
}

TEST(ShapeFacts, UnifyRefusesUnequalSizes) {
  ShapeFacts facts({}, /*symbolic=*/true);
  EXPECT_FALSE(facts.unify(Expr(3), Expr(4)).has_value());
  EXPECT_TRUE(facts.unify(Expr(3), Expr(3))->is(3));
}

TEST(ShapeFacts, UnifyingSymbolsIsListedAndLasts) {
  ShapeFacts facts({}, /*symbolic=*/true);
  Expr a = facts.bindSymbol("a"), b = facts.bindSymbol("b");
  size_t before = facts.assumptions().size();
  ASSERT_TRUE(facts.unify(a, b).has_value());
  EXPECT_EQ(facts.assumptions().size(), before + 1);
  EXPECT_EQ(facts.canonical(a * b), facts.canonical(b * b));
}

TEST(ShapeFacts, DataDependentTakesTheKnownSize) {
  ShapeFacts facts({}, /*symbolic=*/false);
  Expr kept = facts.dataDependentDim("nonzero", Expr(1000));
  EXPECT_TRUE(facts.unify(kept, Expr(7))->is(7));
  EXPECT_EQ(facts.evaluate(kept), 7);
  EXPECT_TRUE(facts.assumptions().empty());
}

TEST(ShapeFacts, BoundsOfWhatFalls) {
  // Between 0 and 100 of 100 are kept: at most 100 are dropped, not 0.
  ShapeFacts facts({}, /*symbolic=*/false);
  Expr kept = facts.dataDependentDim("kept", Expr(100));
  EXPECT_TRUE(facts.upperBound(Expr(100) - kept).is(100));
  EXPECT_EQ(facts.evaluate(Expr(100) - kept), 100);
}

TEST(ShapeFacts, WhatADimIsComparedWithIsKept) {
  ShapeFacts facts({}, /*symbolic=*/true);
  Expr a = facts.bindSymbol("a"), b = facts.bindSymbol("b");
  ShapeFacts::Knowledge before = facts.knowledge();
  ASSERT_TRUE(facts.unify(a, b * 2).has_value());
  ASSERT_TRUE(facts.unify(a, b * 2).has_value());
  ASSERT_EQ(facts.equations().size(), 1u);
  facts.restore(before);
  EXPECT_TRUE(facts.equations().empty());
  EXPECT_NE(facts.canonical(a), facts.canonical(b * 2));
}

TEST(ShapeFacts, ADimIsNotReplacedByItself) {
  ShapeFacts facts({}, /*symbolic=*/true);
  Expr s = facts.bindSymbol("s");
  ASSERT_TRUE(facts.unify(Expr::min(8, s), s).has_value());
  EXPECT_EQ(facts.canonical(s), s);
}

TEST(ShapeFacts, GraphsHaveNamesOfTheirOwn) {
  ShapeFacts facts({}, /*symbolic=*/true);
  facts.bindSymbol("batch");
  auto around = facts.enter({"decoder", facts.sizes()});
  EXPECT_EQ(facts.bindSymbol("batch").asSymbol(), llvm::StringRef("batch"));
  EXPECT_EQ(facts.bindSymbol("past").asSymbol(), llvm::StringRef("decoder.past"));
  facts.enter(std::move(around));
  EXPECT_EQ(facts.bindSymbol("past").asSymbol(), llvm::StringRef("past"));
}

TEST(DimBinding, DimParamsWithArithmetic) {
  ShapeFacts facts(given({{"past", 10}, {"seq", 3}}), /*symbolic=*/false);
  EXPECT_TRUE(parseDimParam("past + seq", facts).is(13));
  EXPECT_TRUE(parseDimParam("2*(past - 1)", facts).is(18));
  EXPECT_TRUE(parseDimParam("seq", facts).is(3));
  // Not arithmetic: one symbol, default 1.
  EXPECT_TRUE(parseDimParam("floor(q/2)", facts).is(1));
}

static DeclaredInput image() {
  DeclaredInput input;
  input.name = "x";
  input.dtype = DType::F32;
  input.dims = {{{std::nullopt, ""}, {3, ""}, {std::nullopt, ""}, {std::nullopt, ""}}};
  return input;
}

TEST(DimBinding, UnnamedImageDims) {
  ShapeFacts facts({}, /*symbolic=*/false);
  auto info = bindInput(image(), {}, facts);
  ASSERT_TRUE(static_cast<bool>(info));
  EXPECT_EQ(info->str(), "float32[1,3,224,224]");
}

TEST(DimBinding, BatchBindsTheUnnamedFirstDim) {
  AnalysisOptions options;
  options.batch = 8;
  auto map = givenDims(options, {image()});
  ASSERT_TRUE(static_cast<bool>(map));
  EXPECT_EQ(map->lookup("batch"), 8);
}

TEST(DimBinding, FixedBatchIsAnErrorThatSaysHowToOverride) {
  DeclaredInput fixed = image();
  for (DeclaredDim &dim : *fixed.dims)
    dim.size = dim.size.value_or(1);
  AnalysisOptions options;
  options.batch = 8;
  auto map = givenDims(options, {fixed});
  ASSERT_FALSE(static_cast<bool>(map));
  EXPECT_NE(llvm::toString(map.takeError()).find("--shape INPUT=8x"), std::string::npos);
}

TEST(DimBinding, ValuesGiveTheLength) {
  DeclaredInput shape;
  shape.name = "shape";
  shape.dtype = DType::I64;
  shape.dims = {{{std::nullopt, ""}}};
  AnalysisOptions options;
  options.values = {{"shape", {1, 3, 7}}};
  ShapeFacts facts({}, false);
  auto info = bindInput(shape, options, facts);
  ASSERT_TRUE(static_cast<bool>(info));
  EXPECT_EQ(info->str(), "int64[3]");
  ASSERT_TRUE(info->data);
  EXPECT_TRUE((*info->data)[2].asInt()->is(7));
}

TEST(DimBinding, UnknownInputNamesAreSuggested) {
  AnalysisOptions options;
  options.shapes = {{"X", {1}}};
  std::string message = llvm::toString(checkNames(options, {image()}));
  EXPECT_NE(message.find("no input 'X'"), std::string::npos);
  EXPECT_NE(message.find("did you mean 'x'?"), std::string::npos);
}
