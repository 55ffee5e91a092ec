//===- FitTest.cpp - The fit finds what made the data ---------------------===//

#include "Calibrate/Fit.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace energyopt;

namespace {
/// t = work / rate + overhead, at five sizes.
struct TwoTerms {
  std::vector<double> work = {1, 10, 100, 1000, 10000};
  std::vector<double> measured;
  TwoTerms(double rate, double overhead) {
    for (double w : work)
      measured.push_back(w / rate + overhead);
  }
  ResidualFn residuals() const {
    return [this](llvm::ArrayRef<double> v) {
      std::vector<double> r;
      for (size_t i = 0; i < work.size(); ++i)
        r.push_back(std::log((work[i] / v[0] + v[1]) / measured[i]));
      return r;
    };
  }
};
} // namespace

TEST(Fit, RecoversTheTruthUnderAWidePrior) {
  TwoTerms data(/*rate=*/50, /*overhead=*/0.3);
  std::vector<FitParameter> p = {{"rate", 20, 1, 1000}, {"overhead", 1, 0.01, 100}};
  FitOptions options;
  options.noise = 0.05;
  auto fitted = fitParameters(p, data.residuals(), std::vector<double>(5, 1.0), options);
  EXPECT_NEAR(fitted[0], 50, 1);
  EXPECT_NEAR(fitted[1], 0.3, 0.01);
}

TEST(Fit, ANarrowPriorHolds) {
  // The data say 50, the range says 20 within 1 %: bounds are twice the range.
  TwoTerms data(50, 0.3);
  std::vector<FitParameter> p = {{"rate", 20, 19.8, 20.2}, {"overhead", 1, 0.01, 100}};
  auto fitted = fitParameters(p, data.residuals(), std::vector<double>(5, 1.0), {});
  EXPECT_LT(fitted[0], 20.7);
}

TEST(Fit, OneOutlierDoesNotMoveIt) {
  TwoTerms data(50, 0.3);
  data.measured[4] *= 8;
  std::vector<FitParameter> p = {{"rate", 20, 1, 1000}, {"overhead", 1, 0.01, 100}};
  FitOptions options;
  options.noise = 0.05;
  auto fitted = fitParameters(p, data.residuals(), std::vector<double>(5, 1.0), options);
  // Least squares alone would put it near 50 / 8^(1/3) = 25 or below.
  EXPECT_GT(fitted[0], 33);
}

TEST(Fit, ZeroWeightIsLeftOut) {
  TwoTerms data(50, 0.3);
  data.measured[4] *= 100;
  std::vector<FitParameter> p = {{"rate", 20, 1, 1000}, {"overhead", 1, 0.01, 100}};
  FitOptions options;
  options.noise = 0.05;
  auto fitted = fitParameters(p, data.residuals(), {1, 1, 1, 1, 0}, options);
  EXPECT_NEAR(fitted[0], 50, 3);
}
