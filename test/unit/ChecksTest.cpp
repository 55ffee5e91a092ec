//===- ChecksTest.cpp - Choosing checks and nodes -------------------------===//

#include "energy-opt/Checks.h"

#include "gtest/gtest.h"

using namespace energyopt;

TEST(Glob, StarsStandForAnyText) {
  EXPECT_TRUE(matchesGlob("prune-*", "prune-heads"));
  EXPECT_TRUE(matchesGlob("*", ""));
  EXPECT_TRUE(matchesGlob("a*", "a"));
  EXPECT_TRUE(matchesGlob("*/conv*/w", "/stem/conv1/w"));
  EXPECT_TRUE(matchesGlob("a*b*b", "a-b-bb"));
  EXPECT_TRUE(matchesGlob("plain", "plain"));
  EXPECT_FALSE(matchesGlob("plain", "plainer"));
  EXPECT_FALSE(matchesGlob("", "x"));
  EXPECT_FALSE(matchesGlob("prune-*", "prune"));
  EXPECT_FALSE(matchesGlob("*heads", "prune-heads-2"));
}

TEST(Glob, NoCharacterIsUsedTwice) {
  EXPECT_FALSE(matchesGlob("ab*ba", "aba"));
  EXPECT_FALSE(matchesGlob("a*a*a", "aa"));
  EXPECT_TRUE(matchesGlob("a*a*a", "aaa"));
}

// Trying every split of 200 letters by 100 stars would not end.
TEST(Glob, ManyStarsAreLinear) {
  std::string stars;
  for (int i = 0; i < 100; ++i)
    stars += "*a";
  std::string text(200, 'a');
  EXPECT_TRUE(matchesGlob(stars + "*", text));
  EXPECT_FALSE(matchesGlob(stars + "*b", text));
  EXPECT_FALSE(matchesGlob(stars + "*b*", text));
  EXPECT_FALSE(matchesGlob(stars, std::string(99, 'a')));
}
