//===- FootprintTest.cpp - Site, making, lifetime, placement --------------===//
//
// Every equation of docs/footprint.md by hand arithmetic.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/Footprint.h"
#include "energy-opt/Placement.h"
#include "energy-opt/Report.h"
#include "energy-opt/SiteFacts.h"

#include "llvm/ADT/STLExtras.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace llvm;
using namespace energyopt;

static Quantity quantity(double value) {
  return {value, value, value, SourceKind::Assumed, "test"};
}

static Target targetNamed(StringRef name) {
  Expected<Target> target = loadTarget(name);
  if (target)
    return std::move(*target);
  ADD_FAILURE() << toString(target.takeError());
  return {};
}

TEST(Interval, SumsAndProducts) { // CF6
  // Below hypot(1, 3), above hypot(2, 0).
  Interval sum = sumOf({{3, 2, 5}, {4, 1, 4}});
  EXPECT_DOUBLE_EQ(sum.value, 7);
  EXPECT_DOUBLE_EQ(sum.low, 7 - std::sqrt(10.0));
  EXPECT_DOUBLE_EQ(sum.high, 9);
  Interval product = productOf({{2, 1, 4}, exactly(3)});
  EXPECT_DOUBLE_EQ(product.value, 6);
  EXPECT_DOUBLE_EQ(product.low, 3);
  EXPECT_DOUBLE_EQ(product.high, 12);
  EXPECT_DOUBLE_EQ(productOf({exactly(0), {2, 1, 4}}).high, 0);
  Interval inverted = inverse({2, 1, 4});
  EXPECT_DOUBLE_EQ(inverted.value, 0.5);
  EXPECT_DOUBLE_EQ(inverted.low, 0.25);
  EXPECT_DOUBLE_EQ(inverted.high, 1);
}

TEST(SiteFacts, AreSourcedAndInOrder) {
  unsigned count = 0;
  for (StringRef kind : {"pue",
                         "marginal",
                         "carbon_free",
                         "carbon_free_intensity",
                         "fab_energy",
                         "fab_gas",
                         "fab_material",
                         "fab_grid",
                         "fab_yield",
                         "packaging",
                         "dram",
                         "die",
                         "life",
                         "utilization",
                         "idle_share",
                         "equivalence",
                         "network_kwh_per_gb",
                         "radio_w",
                         "uplink_mbit_per_s",
                         "downlink_mbit_per_s",
                         "round_trip_ms"}) {
    unsigned ofKind = 0;
    visitFacts(kind, [&](const SiteFact &fact) {
      ++ofKind;
      EXPECT_LE(fact.figure.low, fact.figure.value) << fact.item.str();
      EXPECT_LE(fact.figure.value, fact.figure.high) << fact.item.str();
      EXPECT_FALSE(fact.figure.source.empty()) << fact.item.str();
      EXPECT_FALSE(fact.unit.empty()) << fact.item.str();
      bool recalled = StringRef(fact.figure.source).contains("recalled");
      EXPECT_TRUE(!recalled || fact.figure.kind == SourceKind::Assumed) << fact.item.str();
    });
    EXPECT_GT(ofKind, 0u) << kind.str();
    count += ofKind;
  }
  EXPECT_GT(count, 100u);
}

TEST(SiteFacts, DiesAndSharesAreOfThingsThatExist) {
  visitFacts("die", [](const SiteFact &fact) { targetNamed(fact.item); });
  for (StringRef kind : {"carbon_free", "marginal"})
    visitFacts(kind, [&](const SiteFact &fact) {
      Expected<Region> region = findRegion(fact.item);
      EXPECT_TRUE(bool(region)) << toString(region.takeError());
    });
}

TEST(SiteFacts, ProvidersHaveTheirPue) {
  EXPECT_DOUBLE_EQ(providerPue("aws-eu-west-1")->value, 1.15);
  EXPECT_DOUBLE_EQ(providerPue("gcp-europe-west1")->value, 1.09);
  EXPECT_DOUBLE_EQ(providerPue("azure-eu-west")->value, 1.18);
  EXPECT_FALSE(providerPue("DEU").has_value());
}

TEST(Footprint, IdleMachines) { // CF1
  EXPECT_DOUBLE_EQ(idleJoules(90, 0.1), 10);
}

TEST(Footprint, CarbonFreeSupply) { // CF2
  // 100 * (1/4 + 3/4 * I / 400), I of 26, from 11 to 48.
  Interval grams = matchedGrams(exactly(100), 400, 0.75);
  EXPECT_DOUBLE_EQ(grams.value, 29.875);
  EXPECT_DOUBLE_EQ(grams.low, 27.0625);
  EXPECT_DOUBLE_EQ(grams.high, 34);
  EXPECT_DOUBLE_EQ(matchedGrams(exactly(100), 400, 0).value, 100);
}

TEST(Footprint, ShareOfTheMaking) { // CF3
  // 100 kg * 36 s / (1000 h * 3600 s/h * 1/2).
  Interval grams = embodiedShare(quantity(100), quantity(1000), quantity(0.5), exactly(36));
  EXPECT_DOUBLE_EQ(grams.value, 2);
  // Twice the life, half the share: the range of the life turns around.
  Quantity life{1000, 500, 2000, SourceKind::Assumed, "test"};
  Interval wide = embodiedShare(quantity(100), life, quantity(0.5), exactly(36));
  EXPECT_NEAR(wide.low, 1, 1e-12);
  EXPECT_NEAR(wide.high, 4, 1e-12);
}

TEST(Footprint, MarginalPlant) { // CF4
  TargetReport report;
  report.carbonG = exactly(352); // 1 kWh in AZNM on average
  report.gramsPerKwh = 352;
  FootprintOptions options;
  options.marginal = true;
  options.region = cantFail(findRegion("egrid-AZNM"));
  Footprint footprint = footprintOf(report, Target(), options);
  ASSERT_TRUE(footprint.marginalG.has_value());
  EXPECT_DOUBLE_EQ(footprint.marginalG->value, 546.7);
  Expected<Quantity> none = marginalIntensity(cantFail(findRegion("DEU")));
  ASSERT_FALSE(bool(none));
  EXPECT_EQ(toString(none.takeError()), "no marginal carbon intensity is known for 'DEU'\n"
                                        "known for egrid-AKGD, egrid-AKMS, egrid-AZNM");
}

TEST(Footprint, Equivalences) {                                // CF5
  std::vector<Equivalence> all = equivalencesOf(exactly(124)); // ten charges of 12.4 g
  auto charges = find_if(
      all, [](const Equivalence &e) { return e.what.find("smartphone") != std::string::npos; });
  ASSERT_NE(charges, all.end());
  EXPECT_NEAR(charges->count.value, 10, 1e-9);
  EXPECT_NEAR(charges->count.low, 124 / 15.1, 1e-9);
  // Strubell et al. 2019: 626155 lb for a search are "five cars".
  std::vector<Equivalence> search = equivalencesOf(exactly(626155 * 453.59237));
  EXPECT_NEAR(search.back().count.value, 626155.0 / 126000, 1e-4);
}

TEST(Footprint, MakingByTheAreaOfTheChip) { // CF7
  // 12 nm, nearest 14: 5.45 cm2 * (642 * 1.2 + 162.5 + 500) / 0.875 g
  // + 16 GB * 65 g + 150 g.
  Expected<Quantity> t4 = embodiedKgOf(targetNamed("nvidia-t4"));
  ASSERT_TRUE(bool(t4)) << toString(t4.takeError());
  double chip = 5.45 * (642 * 1.2 + 162.5 + 500) / 0.875;
  EXPECT_NEAR(t4->value, (chip + 16 * 65 + 150) / 1000, 1e-9);
  EXPECT_EQ(t4->kind, SourceKind::Derived);
  EXPECT_GT(t4->high, 8 * t4->value); // a card
}

TEST(Footprint, MakingOfTheSheetOrUnknown) {
  EXPECT_DOUBLE_EQ(embodiedKgOf(targetNamed("nvidia-h100-sxm"))->value, 164);
  Expected<Quantity> board = embodiedKgOf(targetNamed("raspberry-pi-4"));
  ASSERT_FALSE(bool(board));
  consumeError(board.takeError());
  FootprintOptions options;
  options.embodied = true;
  Footprint footprint = footprintOf(TargetReport(), targetNamed("raspberry-pi-4"), options);
  EXPECT_FALSE(footprint.embodiedG.has_value()); // unknown, not zero
  EXPECT_FALSE(footprint.embodiedUnknown.empty());
}

TEST(Footprint, LifeIsGivenOrOfTheSheetOrOfTheKind) {
  FootprintOptions options;
  EXPECT_DOUBLE_EQ(lifetimeOf(targetNamed("google-tpu-v4"), options).value, 52560);
  EXPECT_DOUBLE_EQ(lifetimeOf(targetNamed("nvidia-t4"), options).value, 26280);
  EXPECT_DOUBLE_EQ(lifetimeOf(targetNamed("intel-xeon-platinum-8380"), options).value, 35040);
  options.deviceYears = 5;
  EXPECT_DOUBLE_EQ(lifetimeOf(targetNamed("nvidia-t4"), options).value, 43800);
}

/// 18 J at the meter and 0.1 s a run, at 360 g/kWh.
static TargetReport servingReport() {
  TargetReport report;
  report.latencyS = exactly(0.1);
  report.energyJ = exactly(10);
  report.hostJ = exactly(2);
  report.pue = 1.5;
  report.facilityJ = 18;
  report.gramsPerKwh = 360;
  report.carbonG = exactly(18 / 3.6e6 * 360);
  return report;
}

TEST(Lifetime, PartsAndWhatDominates) { // LT1 to LT5
  Target target;
  target.idleW = quantity(10);
  target.embodiedKg = quantity(200);
  target.lifetimeH = quantity(35040);
  LifetimeOptions options;
  options.requestsPerDay = 864000; // of 0.1 s: one device, all day
  options.trainingJ = 1000 * 3.6e6;
  options.retrainEveryDays = 100; // four periods begin in a year
  options.machines = 2;
  Lifetime life = lifetimeOf(servingReport(), target, options, {});
  EXPECT_DOUBLE_EQ(life.requests, 864000 * 365.0);
  EXPECT_DOUBLE_EQ(life.trainings, 4);
  EXPECT_NEAR(life.busyDevices, 1, 1e-12);
  ASSERT_EQ(life.parts.size(), 4u);
  EXPECT_DOUBLE_EQ(life.parts[0].energyJ->value, 4000 * 3.6e6);
  EXPECT_DOUBLE_EQ(life.parts[0].carbonG->value, 4000 * 360);
  EXPECT_NEAR(life.parts[1].energyJ->value, 864000 * 365.0 * 18, 1);
  EXPECT_NEAR(life.parts[1].carbonG->value, 864000 * 365.0 * 18 / 1e4, 1e-3);
  // One device waits: 10 W and 20 W of its host, a year, times the PUE.
  EXPECT_NEAR(life.parts[2].energyJ->value, 30 * 365 * 86400.0 * 1.5, 10);
  EXPECT_NEAR(life.parts[3].carbonG->value, 200e3 * 2 * 8760 / 35040, 1e-6);
  EXPECT_NEAR(life.carbonG.value, 1440000 + 567648 + 141912 + 100000, 1);
  EXPECT_EQ(life.dominant, "training");
}

TEST(Lifetime, BatchesShareARun) {
  LifetimeOptions options;
  options.requestsPerDay = 800;
  options.requestsPerRun = 8;
  Lifetime life = lifetimeOf(servingReport(), Target(), options, {});
  EXPECT_NEAR(life.parts[1].energyJ->value, 100 * 365 * 18, 1e-6);
  // Unknown is neither zero nor an error.
  EXPECT_FALSE(life.parts[0].energyJ.has_value());
  EXPECT_FALSE(life.parts[2].energyJ.has_value());
  EXPECT_FALSE(life.parts[3].carbonG.has_value());
  EXPECT_EQ(life.dominant, "serving");
}

TEST(Lifetime, TooFewMachinesAreNamed) {
  Target target;
  target.idleW = quantity(10);
  LifetimeOptions options;
  options.requestsPerDay = 2.5 * 864000;
  options.machines = 2;
  Lifetime life = lifetimeOf(servingReport(), target, options, {});
  EXPECT_FALSE(life.parts[2].energyJ.has_value());
  EXPECT_EQ(life.parts[2].note, "--machines=2 is too few: the requests keep 2.50 busy");
}

namespace {
/// A megabyte each way: 1 s up, 0.5 s down, 0.5 s of round trip.
struct PlacementTest : testing::Test {
  PlacementTest() {
    edge.name = "board";
    edge.energyJ = exactly(3);
    edge.hostJ = exactly(1);
    edge.latencyS = exactly(2); // the board draws 0.5 W
    edge.gramsPerKwh = 300;
    cloud.name = "server";
    cloud.energyJ = exactly(8);
    cloud.hostJ = exactly(4);
    cloud.latencyS = exactly(1);
    cloud.pue = 1.5;
    cloud.gramsPerKwh = 100;
    input.edge = &edge;
    input.cloud = &cloud;
    input.cloudBatch = 4;
    input.upBytes = input.downBytes = 1e6;
    input.network = {"test",      quantity(0.001), quantity(2),
                     quantity(8), quantity(16),    quantity(500)};
  }
  TargetReport edge, cloud;
  PlacementInput input;
};
} // namespace

TEST_F(PlacementTest, SidesAndParts) { // PL1 to PL4
  Placement p = placeRequest(input);
  EXPECT_DOUBLE_EQ(p.edge.energyJ.value, 4);
  EXPECT_DOUBLE_EQ(p.edge.timeS.value, 2);
  EXPECT_DOUBLE_EQ(p.edge.carbonG.value, 4 * 300 / 3.6e6);
  // Machines (2 + 1) * 1.5; network 2 MB * 3.6 uJ/B; radio 2 W * 1.5 s; board
  // 0.5 W * (1.5 + 0.5 + 1) s.
  EXPECT_DOUBLE_EQ(p.cloud.timeS.value, 3);
  EXPECT_NEAR(p.cloud.energyJ.value, 4.5 + 7.2 + 3 + 1.5, 1e-12);
  EXPECT_NEAR(p.cloud.carbonG.value, (4.5 * 100 + 11.7 * 300) / 3.6e6, 1e-15);
  double sum = 0;
  for (const PlacementPart &part : p.cloud.parts)
    sum += part.energyJ.value;
  EXPECT_NEAR(sum, p.cloud.energyJ.value, 1e-12);
  EXPECT_TRUE(p.verdicts[0].edge);
  EXPECT_TRUE(p.verdicts[0].sure);
  EXPECT_NEAR(p.verdicts[0].ratio, 16.2 / 4, 1e-12);
  EXPECT_TRUE(sendingIsTooDear(p));
  // Even with nothing sent: 4.5 + 3.6 + 1 + 1 J.
  EXPECT_FALSE(p.breakEvenBytes.has_value());
  EXPECT_FALSE(p.breakEvenKwhPerGb.has_value());
}

TEST_F(PlacementTest, BreakEven) { // PL5, PL6
  edge.energyJ = exactly(30);      // with its board 31 J
  Placement p = placeRequest(input);
  EXPECT_FALSE(p.verdicts[0].edge);
  EXPECT_FALSE(sendingIsTooDear(p));
  // 3.6 uJ/B of the network and 2.5 W for 1 us/B.
  EXPECT_NEAR(*p.breakEvenBytes, (31 - 10.1) / 6.1e-6, 1e-3);
  EXPECT_NEAR(*p.breakEvenKwhPerGb, (31 - 9) / 2e6 * 1e9 / 3.6e6, 1e-12);
  // At the break-even payload both sides are equal.
  input.upBytes = *p.breakEvenBytes;
  EXPECT_NEAR(placeRequest(input).cloud.energyJ.value, 31, 1e-9);
}

TEST_F(PlacementTest, WideIntervalsAreNotSure) {
  edge.energyJ = {3, 1, 20};
  EXPECT_FALSE(placeRequest(input).verdicts[0].sure);
}

TEST(Networks, AreFoundByName) {
  EXPECT_DOUBLE_EQ(cantFail(findNetwork("fixed")).kwhPerGb.value, 0.06);
  Expected<AccessNetwork> none = findNetwork("pigeon");
  ASSERT_FALSE(bool(none));
  EXPECT_EQ(toString(none.takeError()), "unknown network 'pigeon'\nknown are fixed, wifi, mobile");
}
