//===- Evaluate.cpp - The equations of time and energy --------------------===//

#include "Evaluate.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;

/// TM4, GPUs: u = x / (x + rate * tau), x = 2*G*M*N: by Little's law the rate is
/// reached with rate * tau operations in flight, and a sum has one at a time.
/// TM5, systolic arrays of R rows and C columns (weights stationary, loads
/// hidden): u = M*N*K / (max(M, R) * R*ceil(K/R) * C*ceil(N/C)).
double energyopt::utilization(const Coefficients &c, const Rate &rate, const LoadItem &item) {
  if (!isContraction(item.cls))
    return 1;
  if (c.arrayRows > 0 && c.arrayColumns > 0 && rate.matrix) {
    double padded = std::max(item.m, c.arrayRows) * c.arrayRows * std::ceil(item.k / c.arrayRows) *
                    c.arrayColumns * std::ceil(item.n / c.arrayColumns);
    return padded > 0 ? std::min(1.0, item.m * item.n * item.k / padded) : 1;
  }
  double inFlight = 2 * item.groups * item.m * item.n;
  return inFlight > 0 ? inFlight / (inFlight + rate.operationsPerS * rate.accumulateS) : 1;
}

/// (a^p + b^p)^(1/p): 1 adds, infinity takes the greater one. Scaled so that
/// nothing underflows.
static double softMax(double a, double b, double p) {
  double large = std::max(a, b), small = std::min(a, b);
  return large > 0 ? large * std::pow(1 + std::pow(small / large, p), 1 / p) : 0;
}

static double seconds(double bytes, double bandwidth) {
  return bandwidth > 0 ? bytes / bandwidth : 0;
}

double energyopt::memoryJoule(const Coefficients &c, const Bytes &b) {
  return b.activation * c.activationJPerByte + b.weight * c.weightJPerByte;
}

double energyopt::onchipJoule(const Coefficients &c, const Bytes &b) {
  return b.cachedActivation * c.cachedJPerByte + b.cachedWeight * c.pinnedJPerByte;
}

/// TM1: t_c = sum of operations / (peak * eta * u);
/// TM6: t_m = sum of bytes / bandwidth of the level that they move at;
/// TM2: t = (t_c^p + t_m^p)^(1/p).  EN1: e = sum of op * e_op + byte * e_byte.
KernelFigures energyopt::priceKernel(const Coefficients &c, const KernelLoad &load) {
  KernelFigures figures;
  for (const LoadItem &item : load.items) {
    const Rate &rate = c.rate(item.cls, item.precision);
    if (rate.operationsPerS > 0)
      figures.computeS += item.operations / (rate.operationsPerS * utilization(c, rate, item));
    figures.computeJ += item.operations * rate.joulePerOperation;
  }
  const Bytes &b = load.bytes;
  figures.memoryS =
      seconds(b.activation, c.activationBandwidth) + seconds(b.weight, c.weightBandwidth) +
      seconds(b.cachedActivation, c.cacheBandwidth) + seconds(b.cachedWeight, c.pinnedBandwidth);
  figures.dramBytes = b.activation + b.weight;
  figures.onchipBytes = b.cachedActivation + b.cachedWeight;
  figures.dramJ = memoryJoule(c, b);
  figures.onchipJ = onchipJoule(c, b);
  figures.busyS = softMax(figures.computeS, figures.memoryS, c.overlap);
  for (double *each : {&figures.computeS, &figures.memoryS, &figures.busyS, &figures.computeJ,
                       &figures.dramJ, &figures.onchipJ, &figures.dramBytes, &figures.onchipBytes})
    *each *= load.executions;
  return figures;
}

/// TM7: synchronous: busy + n * t_op; asynchronous queue:
/// (busy^q + (n * t_issue)^q)^(1/q).
double energyopt::dispatchTime(const Coefficients &c, double busyS, double launches) {
  if (c.asynchronous)
    return softMax(busyS, launches * c.issueS, c.queue);
  return busyS + launches * c.perOpS;
}

/// EN4: P = (demand^-k + limit^-k)^(-1/k): never above the limit, and a little
/// below it already when demand comes near.
double energyopt::limitedPower(const Coefficients &c, double demandW) {
  if (c.limitW <= 0 || demandW <= 0)
    return demandW;
  double small = std::min(demandW, c.limitW), large = std::max(demandW, c.limitW);
  return small * std::pow(1 + std::pow(small / large, c.capSharpness), -1 / c.capSharpness);
}

/// TM8: exp(ga*r + ga2*r^2), r = ln(demand / P).
double energyopt::capSlowdown(const Coefficients &c, double demandW) {
  if (c.limitW <= 0 || demandW <= 0)
    return 1;
  double r = std::log(demandW / limitedPower(c, demandW));
  return std::exp(c.capLinear * r + c.capQuadratic * r * r);
}

/// EN5: demand = P_const + dynamic / T0; E = P * T. EN6, host: E_host = W_host * T + r * E.
Figures energyopt::evaluate(const Coefficients &c, llvm::ArrayRef<KernelLoad> kernels,
                            std::vector<KernelFigures> *perKernel) {
  Figures total;
  if (perKernel)
    perKernel->reserve(kernels.size());
  for (const KernelLoad &load : kernels) {
    KernelFigures figures = priceKernel(c, load);
    total.busyS += figures.busyS;
    total.dynamicJ += figures.computeJ + figures.dramJ + figures.onchipJ;
    total.launches += load.executions;
    if (perKernel)
      perKernel->push_back(figures);
  }
  total.uncappedS = dispatchTime(c, total.busyS, total.launches);
  if (total.uncappedS <= 0)
    return total;
  total.demandW = c.constantW + total.dynamicJ / total.uncappedS;
  double slowdown = capSlowdown(c, total.demandW);
  total.timeScale = slowdown * c.timeFactor;
  total.latencyS = total.uncappedS * total.timeScale;
  total.energyJ = limitedPower(c, total.demandW) * total.uncappedS * slowdown * c.energyFactor;
  total.powerW = total.energyJ / total.latencyS;
  total.energyScale = total.energyJ / (total.demandW * total.uncappedS);
  total.hostJ = c.hostW * total.latencyS + c.hostPerW * total.energyJ;
  return total;
}
