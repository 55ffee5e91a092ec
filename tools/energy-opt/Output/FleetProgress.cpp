//===- FleetProgress.cpp - How far a run over many models is --------------===//

#include "Output/FleetProgress.h"

#include "Output/Progress.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace energyopt {

/// "40 s", "12 min", "3 h 20 min"
static std::string describeWait(double seconds) {
  if (seconds < 100)
    return formatv("{0:f0} s", seconds);
  if (seconds < 6000)
    return formatv("{0:f0} min", seconds / 60);
  auto minutes = static_cast<uint64_t>(std::min(seconds, 1e12) / 60);
  return formatv("{0} h {1} min", minutes / 60, minutes % 60);
}

void FleetProgress::setTotal(size_t models) {
  std::lock_guard<std::mutex> lock(mutex);
  total = models;
}

void FleetProgress::step(bool hasFailed) {
  std::lock_guard<std::mutex> lock(mutex);
  ++done;
  failed += hasFailed;
  double perSecond = done / std::chrono::duration<double>(Clock::now() - start).count();
  std::string text =
      total ? formatv("{0} of {1} models", done, *total).str() : formatv("{0} models", done).str();
  text += formatv(perSecond < 1 ? ", {0:f1}/min" : ", {0:f1}/s",
                  perSecond < 1 ? perSecond * 60 : perSecond);
  if (total && *total > done)
    text += ", " + describeWait((*total - done) / perSecond) + " left";
  if (failed)
    text += formatv(", {0} failed", failed);
  Progress::models(text);
}

} // namespace energyopt
