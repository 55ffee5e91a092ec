//===- Placement.h - On the device, or in the data centre -------*- C++ -*-===//
//
// One request computed where it arises, against sending it to a data centre and
// getting the answer back. Equations and their labels: docs/footprint.md.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_PLACEMENT_H
#define ENERGY_OPT_PLACEMENT_H

#include "energy-opt/Interval.h"
#include "energy-opt/Target.h"

namespace energyopt {

struct TargetReport;
struct WorkGraph;

/// The way between the two, and what the device spends on it.
struct AccessNetwork {
  std::string name; // "mobile", "fixed", "wifi"
  Quantity kwhPerGb, radioW, uplinkMbitPerS, downlinkMbitPerS, roundTripMs;
};
llvm::Expected<AccessNetwork> findNetwork(llvm::StringRef name);

/// Bytes of a request as raw tensors: what the graph reads and what it gives.
double inputBytes(const WorkGraph &graph);
double outputBytes(const WorkGraph &graph);

struct PlacementInput {
  const TargetReport *edge = nullptr;
  const TargetReport *cloud = nullptr; // one run, of `cloudBatch` requests
  double cloudBatch = 1;
  double upBytes = 0, downBytes = 0;
  bool encoded = false; // the bytes were given, and are not those of tensors
  AccessNetwork network;
};

/// "network": joules of one request.
struct PlacementPart {
  std::string name;
  Interval energyJ;
};

struct PlacementSide {
  std::string target, precision, runtime;
  std::vector<PlacementPart> parts;
  Interval energyJ, timeS, carbonG;
  double gramsPerKwh = 0, pue = 1;
};

/// Which side is less, and whether the intervals agree.
struct SideVerdict {
  std::string figure; // "energy"
  bool edge = false;
  bool sure = false; // the intervals do not overlap
  double ratio = 1;  // the greater over the less
};

struct Placement {
  std::string model;
  std::vector<std::string> assumptions;
  AccessNetwork network;
  double upBytes = 0, downBytes = 0;
  int64_t cloudBatch = 1;
  PlacementSide edge, cloud;
  std::vector<SideVerdict> verdicts; // energy, time, carbon
  /// Sent bytes at which both sides take the same energy; nullopt: the cloud
  /// takes more even if nothing is sent.
  std::optional<double> breakEvenBytes;
  /// Network energy at which they do.
  std::optional<double> breakEvenKwhPerGb;
  /// The smallest batch tried from which on the cloud takes less; nullopt: none.
  std::optional<int64_t> breakEvenBatch;
  int64_t mostBatch = 0; // the largest one tried
};

/// All but the model and the batches. Its assumptions are those of the network,
/// the site and what is not counted.
Placement placeRequest(const PlacementInput &input);
/// Whether what is near the device, the network above all, already takes more
/// than computing there: then no batch of the cloud pays.
bool sendingIsTooDear(const Placement &placement);

} // namespace energyopt

#endif // ENERGY_OPT_PLACEMENT_H
