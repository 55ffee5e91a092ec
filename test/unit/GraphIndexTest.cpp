//===- GraphIndexTest.cpp - Who reads what --------------------------------===//

#include "WorkGraphBuilder.h"

#include "Analysis/GraphIndex.h"

#include <gtest/gtest.h>

using namespace energyopt;
using namespace energyopt::test;

namespace {

GraphIndex indexOf(const WorkGraph &graph, const char *runtime = "eager") {
  return GraphIndex(graph, {*findRuntime(runtime), /*uniformFloats=*/false});
}

TEST(GraphIndex, ListsWhatARowReadsOnceAndThroughViews) {
  WorkGraphBuilder b;
  int32_t x = b.input(640), p = b.parameter(640);
  int32_t flat = b.view("Reshape", x);
  int32_t y = b.elementwise("Sum", {flat, p, x, flat});
  b.output(y);
  GraphIndex index = indexOf(b.graph);
  const int32_t reshape = 0, sum = 1;
  EXPECT_EQ(index.activations(sum), llvm::ArrayRef<int32_t>(x));
  EXPECT_EQ(index.results(sum), llvm::ArrayRef<int32_t>(y));
  EXPECT_EQ(index.consumers(x), llvm::ArrayRef<int32_t>(sum)); // the view runs nothing
  EXPECT_EQ(index.consumers(p), llvm::ArrayRef<int32_t>(sum));
  EXPECT_EQ(index.role(reshape), Role::None);
  EXPECT_EQ(index.producer(y), sum);
  EXPECT_EQ(index.producer(x), -1);
  EXPECT_TRUE(index.isWeight(p));
  EXPECT_TRUE(index.isGraphOutput(y));
  EXPECT_FALSE(index.isGraphOutput(x));
  EXPECT_EQ(index.numUses(), 1u + 1 + 4 + 1); // of both rows, with the parameter
}

TEST(GraphIndex, WhatIsComputedAtLoadIsNoActivation) {
  WorkGraphBuilder b;
  int32_t w = b.elementwise("Neg", {b.parameter(640)});
  b.graph.rows.back().constant = true;
  int32_t x = b.input(640);
  b.output(b.elementwise("Add", {w, x}));
  GraphIndex index = indexOf(b.graph);
  EXPECT_EQ(index.activations(1), llvm::ArrayRef<int32_t>(x));
  EXPECT_TRUE(index.isWeight(w));
  EXPECT_EQ(index.producer(w), -1); // it runs nothing
}

TEST(GraphIndex, BodiesAreRowsOfTheSameScopeAndCount) {
  WorkGraphBuilder b;
  int32_t x = b.input(640);
  for (int i = 0; i < 5; ++i)
    x = b.elementwise("Relu", {x});
  b.output(x);
  EXPECT_TRUE(indexOf(b.graph).runsOnce());
  b.graph.rows[1].count = 10; // a loop
  b.graph.rows[2].count = 10;
  b.graph.rows[3].scope = 1; // a call
  GraphIndex index = indexOf(b.graph);
  EXPECT_FALSE(index.runsOnce());
  EXPECT_TRUE(index.sameBody(1, 2));
  EXPECT_TRUE(index.sameBody(0, 4)); // others lie between
  EXPECT_FALSE(index.sameBody(0, 1));
  EXPECT_FALSE(index.sameBody(0, 3));
  EXPECT_FALSE(index.sameBody(1, 3));
}

/// A file may give a result a type that is no tensor's.
TEST(GraphIndex, WhatMakesNoTensorIsNotFolded) {
  WorkGraphBuilder b;
  int32_t x = b.input(640);
  b.elementwise("Cast", {x});
  b.graph.rows.back().writes[0].tensor = -1;
  b.op("Expand", "movement", {x}, 640);
  b.graph.rows.back().writes[0].tensor = -1;
  GraphIndex index = indexOf(b.graph, "tensorrt"); // folds both of other models
  EXPECT_EQ(index.role(0), Role::Elementwise);
  EXPECT_EQ(index.role(1), Role::Movement);
  EXPECT_TRUE(index.results(0).empty());
}

} // namespace
