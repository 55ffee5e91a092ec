//===- Sequences.cpp - Longest common subsequence -------------------------===//

#include "Sequences.h"

#include <algorithm>

namespace energyopt {

using Pairs = std::vector<std::pair<int32_t, int32_t>>;

/// Differences above which the search is given up: its memory grows with the
/// square of them.
static constexpr int32_t kMostDifferences = 4000;

namespace {

/// Myers' greedy search for the shortest edit script. On diagonal k = x - y,
/// `furthest` is the largest x that d edits reach.
class EditSearch {
public:
  EditSearch(llvm::ArrayRef<uint64_t> a, llvm::ArrayRef<uint64_t> b)
      : a(a), b(b),
        width(static_cast<int32_t>(std::min<size_t>(a.size() + b.size(), kMostDifferences))),
        furthest(2 * width + 3, 0) {}

  Pairs run() {
    for (int32_t d = 0; d <= width; ++d) {
      // What diagonals -d+1 .. d-1 had reached, for the way back.
      history.emplace_back(furthest.begin() + width + 1 - d, furthest.begin() + width + 2 + d);
      for (int32_t k = -d; k <= d; k += 2)
        if (advance(d, k))
          return wayBack(d);
    }
    return {};
  }

private:
  int32_t &reach(int32_t k) { return furthest[k + width + 1]; }

  /// Whether step d on diagonal k comes by inserting (else by deleting).
  static bool comesFromAbove(int32_t d, int32_t k, int32_t below, int32_t above) {
    return k == -d || (k != d && below < above);
  }

  bool advance(int32_t d, int32_t k) {
    int32_t x = comesFromAbove(d, k, reach(k - 1), reach(k + 1)) ? reach(k + 1) : reach(k - 1) + 1;
    while (inside(x, x - k) && a[x] == b[x - k])
      ++x;
    reach(k) = x;
    return x >= int32_t(a.size()) && x - k >= int32_t(b.size());
  }

  bool inside(int32_t x, int32_t y) const {
    return x >= 0 && y >= 0 && x < int32_t(a.size()) && y < int32_t(b.size());
  }

  Pairs wayBack(int32_t d) const {
    Pairs pairs;
    int32_t x = static_cast<int32_t>(a.size()), y = static_cast<int32_t>(b.size());
    for (; d >= 0; --d) {
      const std::vector<int32_t> &before = history[d]; // diagonals -d .. d
      auto at = [&](int32_t k) { return k < -d || k > d ? 0 : before[k + d]; };
      int32_t k = x - y;
      int32_t previous = comesFromAbove(d, k, at(k - 1), at(k + 1)) ? k + 1 : k - 1;
      int32_t fromX = d == 0 ? 0 : at(previous), fromY = d == 0 ? 0 : fromX - previous;
      while (x > fromX && y > fromY && a[x - 1] == b[y - 1])
        pairs.emplace_back(--x, --y);
      x = fromX;
      y = fromY;
    }
    std::reverse(pairs.begin(), pairs.end());
    return pairs;
  }

  llvm::ArrayRef<uint64_t> a, b;
  int32_t width;
  std::vector<int32_t> furthest;
  std::vector<std::vector<int32_t>> history;
};

} // namespace

Pairs commonSubsequence(llvm::ArrayRef<uint64_t> a, llvm::ArrayRef<uint64_t> b) {
  size_t least = std::min(a.size(), b.size()), begin = 0, end = 0;
  while (begin < least && a[begin] == b[begin])
    ++begin;
  while (end < least - begin && a[a.size() - 1 - end] == b[b.size() - 1 - end])
    ++end;
  Pairs pairs;
  for (size_t i = 0; i < begin; ++i)
    pairs.emplace_back(i, i);
  for (auto [x, y] :
       EditSearch(a.slice(begin, a.size() - begin - end), b.slice(begin, b.size() - begin - end))
           .run())
    pairs.emplace_back(x + begin, y + begin);
  for (size_t i = end; i > 0; --i)
    pairs.emplace_back(a.size() - i, b.size() - i);
  return pairs;
}

} // namespace energyopt
