//===- Fit.cpp - Least squares with bounds and prior ranges ---------------===//

#include "Calibrate/Fit.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>

using namespace energyopt;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A 90 % interval of a normal distribution is 2 * 1.645 sigma wide.
static double priorSigma(const FitParameter &p) { return std::log(p.high / p.low) / 3.29; }

namespace {
/// The problem in x = log(value / start).
class Problem {
public:
  Problem(llvm::ArrayRef<FitParameter> parameters, const ResidualFn &residuals,
          llvm::ArrayRef<double> weights, const FitOptions &options)
      : parameters(parameters), residuals(residuals), weights(weights), options(options) {}

  std::vector<double> values(const VectorXd &x) const {
    std::vector<double> out(parameters.size());
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = parameters[i].start * std::exp(x[i]);
    return out;
  }

  /// Bounds: the range, widened by itself on either side.
  void clamp(VectorXd &x) const {
    for (size_t i = 0; i < parameters.size(); ++i) {
      const FitParameter &p = parameters[i];
      double width = std::log(p.high / p.low);
      x[i] =
          std::clamp(x[i], std::log(p.low / p.start) - width, std::log(p.high / p.start) + width);
    }
  }

  /// Scaled residuals, the prior's last. Pseudo-Huber: beyond two noise widths
  /// the cost grows linearly.
  VectorXd scaled(const VectorXd &x) const {
    std::vector<double> raw = residuals(values(x));
    VectorXd r(raw.size() + parameters.size());
    for (size_t i = 0; i < raw.size(); ++i) {
      constexpr double kKnee = 2;
      double z = raw[i] / options.noise;
      double soft = kKnee * std::sqrt(2 * (std::sqrt(1 + z * z / (kKnee * kKnee)) - 1));
      r[i] = std::sqrt(weights[i]) * std::copysign(soft, z);
    }
    for (size_t i = 0; i < parameters.size(); ++i)
      r[raw.size() + i] = x[i] / priorSigma(parameters[i]);
    return r;
  }

  MatrixXd jacobian(const VectorXd &x, const VectorXd &at) const {
    constexpr double kStep = 1e-3; // in log units
    MatrixXd slopes(at.size(), x.size());
    for (Eigen::Index j = 0; j < x.size(); ++j) {
      VectorXd moved = x;
      moved[j] += kStep;
      slopes.col(j) = (scaled(moved) - at) / kStep;
    }
    return slopes;
  }

private:
  llvm::ArrayRef<FitParameter> parameters;
  const ResidualFn &residuals;
  llvm::ArrayRef<double> weights;
  const FitOptions &options;
};
} // namespace

std::vector<double> energyopt::fitParameters(llvm::ArrayRef<FitParameter> parameters,
                                             const ResidualFn &residuals,
                                             llvm::ArrayRef<double> weights,
                                             const FitOptions &options,
                                             llvm::ArrayRef<double> from) {
  Problem problem(parameters, residuals, weights, options);
  VectorXd x = VectorXd::Zero(parameters.size());
  for (size_t i = 0; i < from.size(); ++i)
    x[i] = std::log(from[i] / parameters[i].start);
  VectorXd r = problem.scaled(x);
  double damping = 1e-2;
  for (unsigned iteration = 0; iteration < options.maxIterations; ++iteration) {
    MatrixXd jacobian = problem.jacobian(x, r);
    MatrixXd hessian = jacobian.transpose() * jacobian; // Gauss-Newton
    VectorXd gradient = jacobian.transpose() * r;
    bool improved = false;
    double gain = 0;
    for (unsigned attempt = 0; attempt < 8 && !improved; ++attempt) {
      MatrixXd damped = hessian;
      damped.diagonal() += damping * hessian.diagonal().cwiseMax(1e-9);
      VectorXd next = x - damped.ldlt().solve(gradient);
      problem.clamp(next);
      VectorXd moved = problem.scaled(next);
      gain = r.squaredNorm() - moved.squaredNorm();
      improved = gain > 0;
      if (improved) {
        x = next;
        r = moved;
      }
      damping *= improved ? 0.3 : 4;
    }
    if (!improved || gain < 1e-5 * r.squaredNorm())
      break;
  }
  return problem.values(x);
}
