//===- ResidencyTest.cpp - What stays on chip between kernels -------------===//

#include "WorkGraphBuilder.h"

#include "Analysis/Residency.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace energyopt;
using namespace energyopt::test;

namespace {

/// A graph with its kernels, loads and what was placed where.
struct Placed {
  GraphIndex index;
  KernelPlan plan;
  Loads loads;

  Placed(const WorkGraph &graph, const OnChipRoom &room, const char *runtime = "eager")
      : index(graph, {*findRuntime(runtime), /*uniformFloats=*/false}),
        plan(planKernels(index, *findRuntime(runtime))),
        loads(measureLoads(index, plan, std::nullopt)) {
    placeTraffic(index, plan, room, loads);
  }
  Placed(const WorkGraph &graph, double bytes, const char *runtime = "eager")
      : Placed(graph, OnChipRoom{bytes}, runtime) {}

  /// Where the reads, or the writes, of a tensor go, in order.
  std::vector<Place> of(int32_t tensor, bool write) const {
    std::vector<Place> places;
    for (const Transfer &t : loads.transfers)
      if (t.root == tensor && t.write == write)
        places.push_back(t.place);
    return places;
  }
  std::vector<Place> reads(int32_t tensor) const { return of(tensor, false); }
  Place write(int32_t tensor) const { return of(tensor, true).at(0); }
  const Bytes &bytes(size_t kernel) const { return loads.kernels[kernel].bytes; }
};

using Places = std::vector<Place>;

/// x -> a -> b -> z, 100 floats (400 B) each.
struct Chain {
  WorkGraphBuilder builder;
  int32_t x, a, b, z;
  Chain() {
    x = builder.input(100);
    a = builder.elementwise("Relu", {x});
    b = builder.elementwise("Relu", {a});
    z = builder.elementwise("Relu", {b});
    builder.output(z);
  }
};

TEST(Residency, WhatFitsStaysAndTheBoundaryCrosses) {
  Chain chain;
  Placed placed(chain.builder.graph, 800);
  EXPECT_EQ(placed.reads(chain.x), Places{Place::Boundary});
  EXPECT_EQ(placed.write(chain.z), Place::Boundary);
  for (int32_t t : {chain.a, chain.b}) {
    EXPECT_EQ(placed.write(t), Place::OnChip);
    EXPECT_EQ(placed.reads(t), Places{Place::OnChip});
  }
  // The first kernel reads x from DRAM, the second touches none.
  EXPECT_EQ(placed.bytes(0).activation, 400);
  EXPECT_EQ(placed.bytes(0).cachedActivation, 400);
  EXPECT_EQ(placed.bytes(1).activation, 0);
  EXPECT_EQ(placed.bytes(1).cachedActivation, 800);
}

TEST(Residency, AKernelNeedsItsInputAndItsResultAtOnce) {
  Chain chain;
  // a and b are 800 B: what is made gives way to what is being read.
  Placed placed(chain.builder.graph, 799);
  EXPECT_EQ(placed.write(chain.a), Place::OnChip);
  EXPECT_EQ(placed.reads(chain.a), Places{Place::OnChip});
  EXPECT_EQ(placed.write(chain.b), Place::Evicted);
  EXPECT_EQ(placed.reads(chain.b), Places{Place::Evicted});
}

TEST(Residency, NothingLargerThanTheRoomStays) {
  Chain chain;
  Placed placed(chain.builder.graph, 399);
  EXPECT_EQ(placed.write(chain.a), Place::TooLarge);
  EXPECT_EQ(placed.reads(chain.a), Places{Place::TooLarge});
  EXPECT_EQ(placed.bytes(1).activation, 800);
  Placed none(chain.builder.graph, 0.0);
  EXPECT_EQ(none.write(chain.a), Place::NoRoom);
}

TEST(Residency, WhatIsNeededLastGoesFirst) {
  WorkGraphBuilder b;
  int32_t y = b.elementwise("Relu", {b.input(100)});
  int32_t t = b.elementwise("Relu", {y});
  int32_t u = b.elementwise("Relu", {t});
  int32_t v = b.elementwise("Relu", {u});
  b.output(b.elementwise("Add", {v, y}));
  // At the third kernel y (read by the last one), t and u are alive: 1200 B.
  Placed placed(b.graph, 900);
  EXPECT_EQ(placed.write(y), Place::Evicted);
  EXPECT_EQ(placed.reads(y), (Places{Place::OnChip, Place::Evicted}));
  for (int32_t kept : {t, u, v})
    EXPECT_EQ(placed.reads(kept), Places{Place::OnChip});
  Placed roomy(b.graph, 1200);
  EXPECT_EQ(roomy.reads(y), (Places{Place::OnChip, Place::OnChip}));
}

TEST(Residency, AnInputIsFetchedOnceWhereItFits) {
  WorkGraphBuilder b;
  int32_t x = b.input(100);
  b.output(b.elementwise("Add", {b.elementwise("Relu", {x}), x}));
  EXPECT_EQ(Placed(b.graph, 1000).reads(x), (Places{Place::Boundary, Place::OnChip}));
  EXPECT_EQ(Placed(b.graph, 399).reads(x), (Places{Place::TooLarge, Place::TooLarge}));
}

/// Two convolutions that write into one tensor, which a third reads.
struct Joined {
  WorkGraphBuilder builder;
  int32_t left, right, whole;
  Joined(bool isOutput) {
    left = builder.conv(builder.input(100), 10, 10, 10);
    right = builder.conv(builder.input(100), 10, 10, 10);
    whole = builder.op("Concat", "movement", {left, right}, 200);
    if (isOutput)
      builder.output(whole);
    else
      builder.output(builder.conv(whole, 10, 20, 10));
  }
};

TEST(Residency, PartsOfAConcatLieWhereTheWholeDoes) {
  Joined inner(false), outer(true);
  Placed placed(inner.builder.graph, 2000, "tensorrt");
  EXPECT_EQ(placed.write(inner.left), Place::OnChip);
  EXPECT_EQ(placed.reads(inner.whole), Places{Place::OnChip});
  // Parts and whole are the same 800 B.
  EXPECT_EQ(Placed(inner.builder.graph, 800, "tensorrt").write(inner.left), Place::OnChip);
  Placed tight(inner.builder.graph, 799, "tensorrt");
  EXPECT_EQ(tight.write(inner.left), Place::TooLarge);
  EXPECT_EQ(tight.reads(inner.whole), Places{Place::TooLarge});
  Placed asked(outer.builder.graph, 2000, "tensorrt");
  EXPECT_EQ(asked.write(outer.left), Place::Boundary);
  EXPECT_EQ(asked.write(outer.right), Place::Boundary);
}

TEST(Residency, ALoopKeepsWhatItReadsFromOutside) {
  WorkGraphBuilder b;
  int32_t y = b.elementwise("Relu", {b.input(100)});
  int32_t t = b.elementwise("Add", {y, y});
  int32_t u = b.elementwise("Relu", {t});
  int32_t v = b.elementwise("Relu", {u});
  b.output(b.elementwise("Relu", {v}));
  for (size_t r = 1; r < b.graph.rows.size(); ++r) {
    b.graph.rows[r].count = 5;
    b.graph.rows[r].scope = 1;
  }
  // y lives until the loop ends, beside t and u: 1200 B.
  EXPECT_EQ(Placed(b.graph, 1200).reads(y), Places{Place::OnChip});
  EXPECT_EQ(Placed(b.graph, 1199).write(y), Place::Evicted);
}

TEST(Residency, ParametersOfALoopAreReadOnceWhereTheyFit) {
  WorkGraphBuilder b;
  b.output(b.matmul(b.input(100), b.parameter(10000), 1, 1, 100, 100));
  b.graph.rows[0].count = 5;
  // 40,000 B: an execution reads a fifth from memory and the rest on chip.
  Placed placed(b.graph, 40000);
  EXPECT_DOUBLE_EQ(placed.bytes(0).weight, 8000);
  EXPECT_DOUBLE_EQ(placed.bytes(0).cachedWeight, 32000);
  EXPECT_DOUBLE_EQ(placed.loads.rows[0].cachedWeight, 32000);
  EXPECT_EQ(Placed(b.graph, 39999).bytes(0).weight, 40000);
}

TEST(Residency, PinnedParametersCrossAsFarAsTheyDoNotFit) {
  WorkGraphBuilder b;
  b.output(b.matmul(b.input(100), b.parameter(10000), 1, 1, 100, 100));
  OnChipRoom room;
  room.pinnedWeights = 10000; // of 40,000 B
  EXPECT_DOUBLE_EQ(Placed(b.graph, room).bytes(0).weight, 30000);
  room.pinnedWeights = 1e6;
  Placed all(b.graph, room);
  EXPECT_EQ(all.bytes(0).weight, 0);
  EXPECT_EQ(all.bytes(0).cachedWeight, 40000);
  room.training = true; // they change with every step
  EXPECT_EQ(Placed(b.graph, room).bytes(0).weight, 40000);
}

TEST(Residency, TrainingKeepsEveryResultOrNone) {
  Chain chain;
  OnChipRoom room{1199};
  room.training = true; // three results of 400 B live until the backward pass
  EXPECT_EQ(Placed(chain.builder.graph, room).reads(chain.a), Places{Place::Backward});
  room.bytes = 1200;
  EXPECT_EQ(Placed(chain.builder.graph, room).reads(chain.a), Places{Place::OnChip});
}

TEST(Residency, TilingBound) {
  LoadItem item{0, WorkClass::MatMul, Precision::Fp32, 2e9, 1, 1000, 1000, 1000};
  // 4 MB hold 1e6 floats: 2 * 1e9 / 1e3 = 2e6 floats.
  EXPECT_DOUBLE_EQ(tilingBound(item, 1e6, 4e6), 8e6);
  // A convolution whose windows read each input nine times: a third.
  item.cls = WorkClass::Conv;
  EXPECT_NEAR(tilingBound(item, 1e6 / 9, 4e6), 8e6 / 3, 1e-6);
  // Half the width: sqrt 2 fewer elements of half the size.
  item = {0, WorkClass::MatMul, Precision::Fp16, 2e9, 1, 1000, 1000, 1000};
  EXPECT_NEAR(tilingBound(item, 1e6, 4e6), 4e6 / std::sqrt(2.), 1e-6);
}

TEST(Residency, SmallRoomMakesProductsReadTilesAgain) {
  WorkGraphBuilder b;
  b.output(b.matmul(b.input(1000 * 1000), b.parameter(1000 * 1000), 1, 1000, 1000, 1000));
  OnChipRoom room{40000}; // 1e4 floats
  // Each matrix once: 12 MB; tiles: 2e9 / 1e2 floats = 80 MB.
  EXPECT_EQ(Placed(b.graph, room).bytes(0).activation, 8e6);
  room.tiled = true;
  Placed tiled(b.graph, room);
  EXPECT_DOUBLE_EQ(tiled.bytes(0).activation + tiled.bytes(0).weight, 80e6);
  EXPECT_DOUBLE_EQ(tiled.loads.rows[0].activation, tiled.bytes(0).activation);
}

TEST(Residency, PlacingAgainForgetsTheFirstTime) {
  Chain chain;
  Placed placed(chain.builder.graph, 399);
  placeTraffic(placed.index, placed.plan, OnChipRoom{800}, placed.loads);
  EXPECT_EQ(placed.write(chain.a), Place::OnChip);
  EXPECT_EQ(placed.bytes(1).activation, 0);
}

} // namespace
