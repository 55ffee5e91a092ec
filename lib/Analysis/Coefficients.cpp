//===- Coefficients.cpp - A target's numbers, ready for the equations -----===//

#include "Coefficients.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;

static bool has(const ExecutionUnit &unit, Precision precision) {
  return unit.peakTeraOps[unsigned(precision)].valueOr(0) > 0;
}

UnitChoice energyopt::chooseUnit(const Target &target, WorkClass cls, Precision wanted) {
  // Depthwise convolutions leave matrix units almost idle; vector work never
  // runs there.
  bool mayUseMatrix = isContraction(cls) && cls != WorkClass::DepthwiseConv;
  auto at = [&](Precision p) -> UnitChoice {
    if (mayUseMatrix && has(target.matrix, p))
      return {&target.matrix, p, true};
    if (has(target.vector, p))
      return {&target.vector, p, false};
    return {};
  };
  for (unsigned p = unsigned(wanted); p < kNumPrecisions; ++p)
    if (UnitChoice choice = at(Precision(p)); choice.unit)
      return choice;
  for (unsigned p = unsigned(wanted); p-- > 0;) // nothing wider: the widest there is
    if (UnitChoice choice = at(Precision(p)); choice.unit)
      return choice;
  // Only matrix units at all (fixed-function NPUs): they do everything.
  for (unsigned p = kNumPrecisions; p-- > 0;)
    if (has(target.matrix, Precision(p)))
      return {&target.matrix, Precision(p), true};
  return {};
}

namespace {

/// TM3: share of the peak that a class of work reaches on a kind of unit.
double efficiency(const ClassConstants &c, WorkClass cls, bool matrix, Mode mode) {
  switch (cls) {
  case WorkClass::Conv:
    return (matrix ? c.etaConvMatrix : c.etaConvVector).valueOr(0.5);
  case WorkClass::GroupedConv:
    return (matrix ? c.etaGroupedMatrix : c.etaGroupedVector).valueOr(0.2);
  case WorkClass::DepthwiseConv:
    return (mode == Mode::Training && c.etaDepthwiseTraining ? c.etaDepthwiseTraining
                                                             : c.etaDepthwise)
        .valueOr(0.1);
  case WorkClass::MatMul:
    return (matrix ? c.etaGemmMatrix : c.etaGemmVector).valueOr(0.5);
  case WorkClass::BatchMatMul:
    return (matrix ? c.etaBatchMatrix : c.etaBatchVector).valueOr(0.4);
  case WorkClass::Vector:
    return c.etaVector.valueOr(0.5);
  case WorkClass::Transcendental:
    return c.etaVector.valueOr(0.5) / c.transcendentalOps.valueOr(1);
  }
  return 1;
}

/// EN2: energy of an operation: the sheet's; else the part of active_w that
/// follows the use of the peak; else by process node, pJ = e7 * (node/7)^x.
double joulePerOperation(const Target &target, const ClassConstants &c, const UnitChoice &choice,
                         WorkClass cls) {
  unsigned p = unsigned(choice.precision);
  if (const Quantity &own = choice.unit->picojoulePerOp[p])
    return own.value * 1e-12;
  double active = target.activeW.valueOr(0);
  if (c.dynamicFraction && active > 0) {
    double peak = choice.unit->peakTeraOps[p].value * 1e12;
    return c.dynamicFraction.value * active / peak;
  }
  double node = std::pow(target.processNodeNm.valueOr(7) / 7, c.nodeExponent.valueOr(1));
  if (!isContraction(cls))
    return c.picojouleVector.valueOr(0) * node * 1e-12;
  double factor = 1;
  if (!choice.matrix || choice.precision >= Precision::Fp32)
    factor = c.factorFp32.valueOr(1) * storageBits(choice.precision) / 32;
  else if (choice.precision == Precision::Tf32)
    factor = c.factorTf32.valueOr(1);
  else if (choice.precision == Precision::Fp8)
    factor = c.factorFp8.valueOr(1);
  else if (choice.precision <= Precision::Int8)
    factor = c.factorInt8.valueOr(1) * storageBits(choice.precision) / 8;
  return c.picojouleFp16.valueOr(0) * factor * node * 1e-12;
}

/// Peak of the chosen unit that software reaches: kernels for narrow formats
/// gain less than the units do. A helper (the DLAs beside a GPU) takes its part
/// of a batch.
double peakOf(const Target &target, const ClassConstants &c, const UnitChoice &choice,
              const RunContext &run) {
  unsigned p = unsigned(choice.precision);
  double peak = choice.unit->peakTeraOps[p].value;
  double wide = choice.unit->peakTeraOps[unsigned(Precision::Fp32)].valueOr(0);
  if (c.narrowExponent && choice.precision < Precision::Tf32 && wide > 0)
    peak = wide * std::pow(peak / wide, c.narrowExponent.value);
  if (choice.matrix && run.batched && run.runtime.usesHelpers)
    peak += target.helper.peakTeraOps[p].valueOr(0);
  return peak * 1e12;
}

Rate resolveRate(const Target &target, const ClassConstants &c, WorkClass cls, Precision wanted,
                 const RunContext &run, Mode mode) {
  UnitChoice choice = chooseUnit(target, cls, wanted);
  Rate rate;
  if (!choice.unit)
    return rate;
  const ExecutionUnit &unit = *choice.unit;
  rate.ran = choice.precision;
  rate.matrix = choice.matrix;
  rate.operationsPerS = peakOf(target, c, choice, run) * efficiency(c, cls, choice.matrix, mode);
  double cores = unit.count.valueOr(0), clock = unit.clockMhz.valueOr(0) * 1e6;
  if (clock > 0)
    rate.accumulateS = c.accumulateCycles.valueOr(0) / clock;
  bool perCycle = cls == WorkClass::DepthwiseConv && c.depthwiseMacPerCycle && cores * clock > 0;
  if (perCycle)
    rate.operationsPerS = 2 * c.depthwiseMacPerCycle.value * cores * clock *
                          std::pow(32.0 / storageBits(rate.ran), c.depthwiseWidth.valueOr(0));
  rate.joulePerOperation = joulePerOperation(target, c, choice, cls);
  if (cls == WorkClass::Transcendental)
    rate.joulePerOperation *= c.transcendentalOps.valueOr(1);
  return rate;
}

const Quantity &firstOf(const Quantity &a, const Quantity &b) { return a ? a : b; }

/// TM6: rates of the levels; activations live in DRAM or, without it, in the
/// scratchpad; weights in flash where there is one.
void resolveMemory(Coefficients &out, const Target &target, const Constants &constants) {
  const ClassConstants &c = constants.of(target.cls);
  auto rate = [&](const MemoryLevel &level) {
    return level.bandwidthGbPerS.valueOr(0) * 1e9 *
           level.efficiency.valueOr(c.etaMemory.valueOr(1));
  };
  auto energy = [&](const MemoryLevel &level) {
    auto path = constants.picojoulePerBit.find(level.technology);
    double fallback = path == constants.picojoulePerBit.end() ? 0 : path->second.value;
    return level.picojoulePerBit.valueOr(fallback) * 8e-12;
  };
  const MemoryLevel &home = target.dram.bandwidthGbPerS ? target.dram : target.scratchpad;
  const MemoryLevel &weights = target.flash.bandwidthGbPerS ? target.flash : home;
  out.activationBandwidth = rate(home);
  out.weightBandwidth = rate(weights);
  out.activationJPerByte = energy(home);
  out.weightJPerByte = energy(weights);
  // The shared memory of a GPU's cores holds nothing from kernel to kernel.
  bool padded = target.cls != DeviceClass::Gpu &&
                target.scratchpad.capacityMb.valueOr(0) > target.llc.capacityMb.valueOr(0);
  const MemoryLevel &onchip = padded ? target.scratchpad : target.llc;
  out.room.bytes = onchip.capacityMb.valueOr(0) * 1e6 * c.cacheFraction.valueOr(0.5);
  out.room.tiled = bool(target.dram.bandwidthGbPerS);
  out.cacheBandwidth =
      onchip.bandwidthGbPerS ? rate(onchip) : out.activationBandwidth * c.cacheSpeedup.valueOr(1);
  out.cachedJPerByte = out.activationJPerByte * c.cachedEnergyFraction.valueOr(1);
  const MemoryLevel &pinned = target.flash.weightsMb ? target.flash : target.scratchpad;
  out.room.pinnedWeights = pinned.weightsMb.valueOr(0) * 1e6;
  bool own = pinned.weightsMb && pinned.bandwidthGbPerS;
  out.pinnedBandwidth = own ? rate(pinned) : out.cacheBandwidth;
  out.pinnedJPerByte = own ? energy(pinned) : out.cachedJPerByte;
}

/// EN3: what is drawn throughout a run.
double constantPower(const Target &target, const ClassConstants &c) {
  if (target.constantW)
    return target.constantW.value;
  double active =
      target.activeW.valueOr(target.supplyV.valueOr(0) * target.runCurrentMa.valueOr(0) * 1e-3);
  return c.idleFactor.valueOr(0) * target.idleW.valueOr(0) + c.activeFraction.valueOr(0) * active;
}

/// EN6: watts of the host for one of n devices, W1 * n^(x-1) + r_i * idle_w.
void resolveHost(Coefficients &out, const Target &target, const Constants &constants,
                 int64_t devices) {
  const HostConstants &host = constants.of(target.host);
  double n = static_cast<double>(std::max<int64_t>(devices, 1));
  double shared =
      target.hostW ? target.hostW.value
                   : host.perDeviceW.valueOr(0) * std::pow(n, host.deviceExponent.valueOr(1) - 1) +
                         host.perIdleW.valueOr(0) * target.idleW.valueOr(0);
  out.hostW = shared;
  out.hostPerW = firstOf(target.hostPerW, host.perW).valueOr(0);
}

/// TM7: per-kernel overhead of the runtime; one without an entry of its own
/// takes the costliest of its class.
void resolveDispatch(Coefficients &out, const Target &target, const ClassConstants &c,
                     const RuntimeProfile &runtime, Mode mode) {
  auto found = c.runtimes.find(runtime.name);
  RuntimeConstants numbers;
  if (found != c.runtimes.end()) {
    numbers = found->second;
  } else {
    for (const auto &[name, other] : c.runtimes) {
      const Quantity &cost = firstOf(other.perOpUs, other.issueUs);
      if (cost.value > numbers.perOpUs.value)
        numbers.perOpUs = cost;
    }
  }
  out.perOpS = firstOf(target.perOpUs, numbers.perOpUs).valueOr(0) * 1e-6;
  const Quantity &issue = firstOf(target.issueUs, numbers.issueUs);
  const Quantity &training = firstOf(target.trainingIssueUs, numbers.trainingIssueUs);
  out.issueS = (mode == Mode::Training && training ? training : issue).valueOr(0) * 1e-6;
  out.asynchronous = runtime.asynchronous && out.issueS > 0;
  if (out.asynchronous)
    out.perOpS = 0;
}

} // namespace

Coefficients energyopt::resolveCoefficients(const Target &target, const Constants &constants,
                                            const RunContext &run, const EnergyOptions &options) {
  const ClassConstants &c = constants.of(target.cls);
  Coefficients out;
  for (unsigned cls = 0; cls < kNumWorkClasses; ++cls)
    for (unsigned p = 0; p < kNumPrecisions; ++p)
      out.rates[cls][p] = resolveRate(target, c, WorkClass(cls), Precision(p), run, options.mode);
  out.arrayRows = target.matrix.arrayRows.valueOr(0);
  out.arrayColumns = target.matrix.arrayColumns.valueOr(0);
  resolveMemory(out, target, constants);
  out.room.training = options.mode == Mode::Training;
  out.overlap = c.overlapExponent.valueOr(1);
  out.queue = c.queueExponent.valueOr(4);
  resolveDispatch(out, target, c, run.runtime, options.mode);
  out.constantW = constantPower(target, c);
  double limit = target.activeW && c.capLinear ? target.activeW.value : 0;
  out.limitW = options.powerLimitW.value_or(limit);
  out.capLinear = c.capLinear.valueOr(0);
  out.capQuadratic = c.capQuadratic.valueOr(0);
  out.capSharpness = c.capSharpness.valueOr(6);
  resolveHost(out, target, constants, options.devices);
  out.timeFactor = target.timeFactor.valueOr(1);
  out.energyFactor = target.energyFactor.valueOr(1);
  return out;
}
