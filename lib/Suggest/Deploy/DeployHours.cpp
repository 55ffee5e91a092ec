//===- DeployHours.cpp - When to run what can wait ------------------------===//

#include "Suggest/Advisor.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <numeric>

using namespace energyopt;

/// Of a night's or a noon's batch of work.
constexpr size_t kWindowHours = 6;

static double meanOf(llvm::ArrayRef<double> byHour, size_t from, size_t hours) {
  double sum = 0;
  for (size_t i = 0; i < hours; ++i)
    sum += byHour[(from + i) % byHour.size()];
  return sum / static_cast<double>(hours);
}

void energyopt::adviseHours(Advisor &advisor) {
  const Situation &s = advisor.situation;
  llvm::ArrayRef<double> byHour = s.hourlyCarbon;
  if (byHour.size() < kWindowHours)
    return;
  size_t best = 0;
  for (size_t from = 1; from < byHour.size(); ++from)
    if (meanOf(byHour, from, kWindowHours) < meanOf(byHour, best, kWindowHours))
      best = from;
  double day = meanOf(byHour, 0, byHour.size()), window = meanOf(byHour, best, kWindowHours);
  if (!(day > 0))
    return;
  double share = 1 - window / day;
  Suggestion suggestion = advisor.draft();
  suggestion.title = llvm::formatv(
      "Run what can wait from {0}:00 to {1}:00: {2:F0} gCO2e/kWh, {3:F0} over the day, {4:F0} % "
      "less carbon",
      best, (best + kWindowHours) % byHour.size(), window, day, 100 * share);
  suggestion.apply = "start training and batch jobs at that hour";
  for (const TargetReport &target : s.base.targets)
    suggestion.savingCarbonG.push_back(share * target.carbonG.value);
  advisor.add(std::move(suggestion));
}
