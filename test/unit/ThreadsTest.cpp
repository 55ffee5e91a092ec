//===- ThreadsTest.cpp - Work on several threads --------------------------===//

#include "Import/Threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace energyopt;

TEST(Threads, EachNumberIsWorkedOnOnce) {
  constexpr size_t kCount = 5;
  std::vector<std::atomic<int>> times(kCount);
  std::vector<std::thread::id> by(kCount);
  onThreads(kCount, [&](size_t i) {
    ++times[i];
    by[i] = std::this_thread::get_id();
  });
  for (const std::atomic<int> &n : times)
    EXPECT_EQ(n, 1);
  EXPECT_EQ(by[0], std::this_thread::get_id());
}

/// Both have to be there for either to go on.
TEST(Threads, RunAtTheSameTime) {
  std::atomic<int> there = 0;
  onThreads(2, [&](size_t) {
    ++there;
    while (there < 2)
      std::this_thread::yield();
  });
  EXPECT_EQ(there, 2);
}

TEST(Threads, OfNone) {
  onThreads(0, [](size_t) { FAIL(); });
}

static thread_local int preparations = 0;

/// The one that calls has been there before.
TEST(Threads, AreEachPreparedOnce) {
  constexpr size_t kCount = 3;
  std::vector<int> seen(kCount, -1);
  onThreadStart([] { ++preparations; });
  onThreads(kCount, [&](size_t i) { seen[i] = preparations; });
  onThreadStart(nullptr);
  EXPECT_EQ(seen, (std::vector{0, 1, 1}));
}
