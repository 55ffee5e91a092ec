//===- bandwidth.cpp - How fast this machine reads memory -----------------===//
//
// Prints the best rate, in 1e9 bytes/s, at which a core sums 512 MB that are in
// memory: the yardstick for reading weights.
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

int main() {
  constexpr int kRounds = 7;
  const std::vector<uint64_t> words((512 << 20) / sizeof(uint64_t), 1);
  double best = 0;
  uint64_t total = 0;
  for (int round = 0; round < kRounds; ++round) {
    auto start = std::chrono::steady_clock::now();
    uint64_t sums[4] = {};
    for (size_t i = 0; i < words.size(); i += 4)
      for (size_t lane = 0; lane < 4; ++lane)
        sums[lane] += words[i + lane];
    total += sums[0] + sums[1] + sums[2] + sums[3];
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, words.size() * sizeof(uint64_t) / seconds.count() / 1e9);
  }
  std::printf("%.2f\n", best);
  return total != kRounds * words.size();
}
