//===- NearestTest.cpp - What a misspelt name was meant to be -------------===//

#include "Shape/Nearest.h"

#include "gtest/gtest.h"

using namespace energyopt;
using llvm::StringRef;
using Names = std::vector<StringRef>;

TEST(Nearest, SameNameInAnotherCase) { EXPECT_EQ(nearest("deu", {"DEU", "DNK"}), Names{"DEU"}); }

TEST(Nearest, PartStandsForTheWhole) {
  Names known = {"nvidia-a100-pcie-40gb", "nvidia-h100-pcie", "nvidia-h100-sxm", "nvidia-h200-sxm"};
  EXPECT_EQ(nearest("h100", known), (Names{"nvidia-h100-pcie", "nvidia-h100-sxm"}));
  EXPECT_EQ(nearest("h100-sxm", known), Names{"nvidia-h100-sxm"});
  // A slip in the part: O for 0.
  EXPECT_EQ(nearest("h10O", known), (Names{"nvidia-h100-pcie", "nvidia-h100-sxm"}));
}

TEST(Nearest, BeginningBeforeMiddle) {
  EXPECT_EQ(nearest("prec", {"xprecision", "precision"}), Names{"precision"});
  EXPECT_EQ(nearest("cision", {"precision", "runtime"}), Names{"precision"});
}

TEST(Nearest, FewestSlips) {
  EXPECT_EQ(nearest("frmat", {"format", "formal", "carbon"}), Names{"format"}); // 1, 2
  EXPECT_EQ(nearest("fp15", {"fp32", "fp16", "int4"}), Names{"fp16"});
}

TEST(Nearest, AnotherNameIsNone) {
  EXPECT_EQ(nearest("both", {"inference", "training"}), Names());
  EXPECT_EQ(nearest("", {"a"}), Names());
  EXPECT_EQ(nearest("x", {"dp", "tp"}), Names());
  EXPECT_EQ(nearest("pigeon", {"fixed", "wifi", "mobile"}), Names());
}

TEST(Nearest, AsQuestion) {
  EXPECT_EQ(didYouMean("abcd", {"abce", "abcf", "xyz"}), "did you mean 'abce' or 'abcf'?");
  EXPECT_EQ(didYouMean("abcd", {"abc1", "abc2", "abc3", "abc4", "abc5"}),
            "did you mean 'abc1', 'abc2', 'abc3' or 'abc4'?");
  EXPECT_EQ(didYouMean("pigeon", {"wifi"}), "");
}
