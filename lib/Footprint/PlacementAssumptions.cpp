//===- PlacementAssumptions.cpp - What a placement rests on ---------------===//

#include "Footprint/PlacementAssumptions.h"

#include "Report/Format.h"
#include "energy-opt/SiteFacts.h"

using namespace llvm;

namespace energyopt {

double wattsAround(const TargetReport &edge) {
  return edge.latencyS.value > 0 ? edge.hostJ.value / edge.latencyS.value : 0;
}

/// "network: 0.06 kWh/GB (0.00265 to 0.06); published: ...".
static std::string line(StringRef what, const Quantity &q, StringRef unit, StringRef more = "") {
  std::string range =
      q.low < q.high ? " (" + exactNumber(q.low) + " to " + exactNumber(q.high) + ")" : "";
  return (what + ": " + exactNumber(q.value) + " " + unit + range + more + "; " + originOf(q))
      .str();
}

static std::string supply(StringRef side, const TargetReport &report, StringRef also) {
  return (side + ": " + exactNumber(report.gramsPerKwh) + " gCO2e/kWh" + also + ", PUE " +
          exactNumber(report.pue))
      .str();
}

std::vector<std::string> placementAssumptions(const PlacementInput &input) {
  const AccessNetwork &n = input.network;
  const TargetReport &edge = *input.edge, &cloud = *input.cloud;
  std::vector<std::string> all;
  all.push_back(input.encoded ? "payload: as given, encoding and decoding cost nothing"
                              : "payload: raw tensors of the graph's inputs and outputs");
  all.push_back(line("network", n.kwhPerGb, "kWh/GB",
                     ", its power over its traffic: one byte more adds far less"));
  all.push_back(line("radio", n.radioW, "W", ", not counting what it draws after a transfer"));
  all.push_back(line("uplink", n.uplinkMbitPerS, "Mbit/s"));
  all.push_back(line("downlink", n.downlinkMbitPerS, "Mbit/s"));
  all.push_back(line("round trip", n.roundTripMs, "ms"));
  double watts = wattsAround(edge);
  all.push_back(watts > 0 ? "waiting: the rest of the board draws " + digits(watts) +
                                " W, as it does while the device computes; the chip nothing"
                          : "waiting: a bare chip, nothing around it is counted on either side");
  all.push_back(supply("edge", edge, ", also of the network"));
  all.push_back(supply("cloud", cloud, ""));
  if (!cloud.footprint.idleJ)
    all.push_back("cloud: machines that wait are not counted; --idle-share adds them");
  if (input.cloudBatch > 1)
    all.push_back("cloud: no time is counted for requests to gather for a batch");
  if (!edge.footprint.embodiedG || !cloud.footprint.embodiedG)
    all.push_back("carbon: of electricity; --embodied adds the making of the devices where it is "
                  "known of both");
  for (const TargetReport *side : {&edge, &cloud})
    for (const std::string &note : side->notes)
      all.push_back((side == &edge ? "edge: " : "cloud: ") + note);
  return all;
}

} // namespace energyopt
