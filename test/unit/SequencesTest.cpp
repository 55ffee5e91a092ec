//===- SequencesTest.cpp - Longest common subsequence ---------------------===//

#include "Review/Sequences.h"

#include "gtest/gtest.h"

#include <random>

using namespace energyopt;

/// The textbook's table of lengths, O(nm).
static size_t lengthByTable(llvm::ArrayRef<uint64_t> a, llvm::ArrayRef<uint64_t> b) {
  std::vector<std::vector<size_t>> length(a.size() + 1, std::vector<size_t>(b.size() + 1, 0));
  for (size_t i = 1; i <= a.size(); ++i)
    for (size_t j = 1; j <= b.size(); ++j)
      length[i][j] = a[i - 1] == b[j - 1] ? length[i - 1][j - 1] + 1
                                          : std::max(length[i - 1][j], length[i][j - 1]);
  return length[a.size()][b.size()];
}

TEST(Sequences, IsLongestOrderedAndCommon) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<uint64_t> a(random() % 13), b(random() % 13);
    uint64_t letters = 1 + random() % 4;
    for (auto *sequence : {&a, &b})
      for (uint64_t &item : *sequence)
        item = random() % letters;
    auto pairs = commonSubsequence(a, b);
    EXPECT_EQ(pairs.size(), lengthByTable(a, b));
    int32_t x = -1, y = -1;
    for (auto [i, j] : pairs) {
      ASSERT_TRUE(i > x && j > y && a[i] == b[j]);
      x = i;
      y = j;
    }
  }
}

TEST(Sequences, GivesUpOnVeryDifferentOnes) {
  // 10,000 differences: what is common at both ends is still found.
  std::vector<uint64_t> a = {1, 2}, b = {1, 2};
  for (uint64_t i = 0; i < 5000; ++i) {
    a.push_back(100 + i);
    b.push_back(100000 + i);
  }
  a.push_back(3);
  b.push_back(3);
  EXPECT_EQ(commonSubsequence(a, b).size(), 3u);
}
