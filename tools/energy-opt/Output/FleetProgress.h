//===- FleetProgress.h - How far a run over many models is ------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OUTPUT_FLEETPROGRESS_H
#define ENERGY_OPT_TOOL_OUTPUT_FLEETPROGRESS_H

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>

namespace energyopt {

/// Tells Progress "12 of 340 models, 8.1/s, 40 s left, 1 failed".
class FleetProgress {
public:
  explicit FleetProgress(std::optional<size_t> total) : total(total) {}

  void step(bool failed);
  /// The list ended, so that its length is known now.
  void setTotal(size_t models);

private:
  using Clock = std::chrono::steady_clock;

  std::mutex mutex;
  size_t done = 0, failed = 0;
  std::optional<size_t> total;
  const Clock::time_point start = Clock::now();
};

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OUTPUT_FLEETPROGRESS_H
