//===- ChannelLabelsTest.cpp - Classes of elements of dims ----------------===//

#include "Suggest/Prune/ChannelLabels.h"

#include "gtest/gtest.h"

using namespace energyopt;

TEST(ChannelLabels, DimsThatAreTheSameShareClassesWithoutHavingAny) {
  ChannelLabels labels;
  ChannelDim a = labels.newDim(4), b = labels.newDim(4), c = labels.newDim(4);
  labels.same(a, b);
  labels.same(c, b);
  EXPECT_EQ(labels.classes(), 0);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(labels.classOf(a, i), labels.classOf(c, i));
    EXPECT_EQ(labels.classOf(a, i) == labels.classOf(b, 0), i == 0);
  }
  EXPECT_EQ(labels.classes(), 4);
  int distinct = 0;
  labels.eachDim([&](ChannelDim) { ++distinct; });
  EXPECT_EQ(distinct, 1);
}

TEST(ChannelLabels, PartsJoinElementByElement) {
  // Concat: whole = first 2 of a, then b.
  ChannelLabels labels;
  ChannelDim whole = labels.newDim(5), a = labels.newDim(2), b = labels.newDim(3);
  labels.same(a, whole.part(0, 2));
  labels.same(b, whole.part(2, 3));
  EXPECT_EQ(labels.classOf(whole, 1), labels.classOf(a, 1));
  EXPECT_EQ(labels.classOf(whole, 2), labels.classOf(b, 0));
  EXPECT_EQ(labels.classOf(whole, 4), labels.classOf(b, 2));
  EXPECT_NE(labels.classOf(whole, 1), labels.classOf(b, 0));
}

TEST(ChannelLabels, ADimThatIsJoinedLaterKeepsWhatItsClassesSay) {
  // Both have classes; a third one, without, becomes a copy of the first.
  ChannelLabels labels;
  ChannelDim a = labels.newDim(3), b = labels.newDim(3), c = labels.newDim(3);
  labels.join(labels.classOf(a, 0), labels.classOf(a, 1));
  labels.freeze(labels.classOf(b, 2), "an output");
  labels.same(a, b);
  labels.same(c, a);
  EXPECT_EQ(labels.classOf(c, 0), labels.classOf(b, 1));
  EXPECT_TRUE(labels.isFrozen(labels.classOf(c, 2)));
  EXPECT_FALSE(labels.isFrozen(labels.classOf(c, 0)));
  EXPECT_FALSE(labels.allFrozen(c));
}

TEST(ChannelLabels, WhatIsFrozenAsAWholeFreezesWhatItIsTheSameAs) {
  ChannelLabels labels;
  ChannelDim frozen = labels.newDim(2), spelled = labels.newDim(2), free = labels.newDim(2);
  labels.freeze(frozen, "an input");
  EXPECT_EQ(labels.classes(), 0);
  int first = labels.classOf(spelled, 0);
  labels.same(spelled, frozen);
  EXPECT_TRUE(labels.isFrozen(first));
  EXPECT_EQ(labels.reason(first), "an input");
  labels.same(free, frozen);
  EXPECT_EQ(labels.reason(free), "an input");
  EXPECT_TRUE(labels.allFrozen(free));
}

TEST(ChannelLabels, TheReasonOfTheFirstCounts) {
  ChannelLabels labels;
  ChannelDim a = labels.newDim(2), b = labels.newDim(2), c = labels.newDim(2);
  labels.freeze(a, "one");
  labels.freeze(b, "two");
  labels.freeze(b, "three");
  labels.classOf(b, 0);
  labels.freeze(c, "four");
  labels.same(a, b);
  EXPECT_EQ(labels.reason(b), "one");
  labels.same(b, c);
  EXPECT_EQ(labels.reason(c), "one");
}

TEST(ChannelLabels, SizesThatDifferStay) {
  ChannelLabels labels;
  ChannelDim a = labels.newDim(2), b = labels.newDim(3, /*weighted=*/true);
  labels.same(a, b);
  EXPECT_EQ(labels.reason(a), "sizes differ");
  EXPECT_EQ(labels.reason(b), "sizes differ");
  EXPECT_TRUE(labels.isWeighted(b));
  EXPECT_FALSE(labels.isWeighted(a));
}
