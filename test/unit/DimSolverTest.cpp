//===- DimSolverTest.cpp - Sizes that a graph accepts ---------------------===//

#include "Graph/DimSolver.h"

#include "gtest/gtest.h"

using namespace energyopt;

static DimSizes sizes(std::initializer_list<std::pair<const char *, int64_t>> list) {
  DimSizes map;
  for (auto [name, size] : list)
    map[name] = size;
  return map;
}

static const Expr past = Expr::symbol("past"), total = Expr::symbol("total"),
                  seq = Expr::symbol("seq");

TEST(DimSolver, WhatHoldsStays) {
  EXPECT_TRUE(solveDims({{past + 1, total}}, sizes({{"past", 4}, {"total", 5}}), {}).empty());
}

TEST(DimSolver, TheDimThatStandsAloneFollows) {
  DimChoices found = solveDims({{past + 1, total}}, sizes({{"past", 512}, {"total", 640}}), {});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found["total"].size, 513);
  EXPECT_EQ(found["total"].reason, "the graph needs it equal to past + 1");
}

TEST(DimSolver, GivenDimsStay) {
  DimChoices found = solveDims({{past + 1, total}}, sizes({{"past", 512}, {"total", 640}}),
                               sizes({{"total", 640}}));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found["past"].size, 639);
  EXPECT_TRUE(solveDims({{past + 1, total}}, sizes({{"past", 512}, {"total", 640}}),
                        sizes({{"total", 640}, {"past", 512}}))
                  .empty());
}

TEST(DimSolver, TakesTheGreatestThatDoesNotExceedTheDefault) {
  // min(8, seq) = seq: at most 8. 3*(seq/3) = seq: 126 is the multiple below 128.
  EXPECT_EQ(solveDims({{Expr::min(8, seq), seq}}, sizes({{"seq", 128}}), {})["seq"].size, 8);
  EXPECT_EQ(solveDims({{seq.floorDiv(3) * 3, seq}}, sizes({{"seq", 128}}), {})["seq"].size, 126);
  // Beyond the default only where nothing below it will do.
  EXPECT_EQ(solveDims({{seq, 5000}}, sizes({{"seq", 128}}), {})["seq"].size, 5000);
}

TEST(DimSolver, EquationsChain) {
  DimChoices found = solveDims({{past + seq, total}, {seq, Expr(7)}},
                               sizes({{"past", 512}, {"seq", 128}, {"total", 1}}), {});
  EXPECT_EQ(found["seq"].size, 7);
  EXPECT_EQ(found["total"].size, 519);
}

TEST(DimSolver, WhatCannotHoldChangesNothing) {
  EXPECT_TRUE(solveDims({{seq + 1, seq}}, sizes({{"seq", 128}}), {}).empty());
  EXPECT_TRUE(solveDims({{seq * 2, Expr(-4)}}, sizes({{"seq", 128}}), {}).empty());
}

TEST(DimSolver, NamesThatSayNothingAreTriedFirst) {
  std::vector<DimSizes> attempts = sizesToTry({"batch", "seq", "k"});
  EXPECT_EQ(attempts.front().size(), 1u);
  EXPECT_EQ(attempts.front().lookup("k"), 1);
  // Then all but the batch, and each alone.
  bool both = false, batch = false;
  for (const DimSizes &attempt : attempts) {
    both |= attempt.count("seq") && attempt.count("k");
    batch |= attempt.count("batch") != 0;
    EXPECT_FALSE(attempt.size() > 1 && attempt.count("batch"));
  }
  EXPECT_TRUE(both);
  EXPECT_TRUE(batch);
  EXPECT_TRUE(sizesToTry({}).empty());
}
