//===- Placement.cpp - On the device, or in the data centre ---------------===//

#include "Footprint/PlacementAssumptions.h"

#include "energy-opt/Report.h"
#include "energy-opt/SiteFacts.h"

#include <cmath>

using namespace llvm;

namespace energyopt {

static constexpr double kBytesPerGb = 1e9, kBitsPerByte = 8, kBitsPerMbit = 1e6, kMsPerS = 1000;

/// PL1: network = bytes * kWh/GB.
static Interval networkJoules(const AccessNetwork &network, double bytes) {
  return scaled(intervalOf(network.kwhPerGb), bytes * kJoulePerKwh / kBytesPerGb);
}

/// PL2: on air = 8 * bytes / rate.
static Interval airSeconds(const Quantity &mbitPerS, double bytes) {
  return productOf({exactly(bytes * kBitsPerByte / kBitsPerMbit), inverse(intervalOf(mbitPerS))});
}

/// What device and host take of `report`, for each of `requests`.
static void addMachines(PlacementSide &side, const TargetReport &report, double requests) {
  side.target = report.name;
  side.precision = report.precision;
  side.runtime = report.runtime;
  side.gramsPerKwh = report.gramsPerKwh;
  side.pue = report.pue;
  Interval device = scaled(report.energyJ, 1 / requests);
  Interval host = scaled(report.hostJ, 1 / requests);
  side.parts.push_back({"device", device});
  side.parts.push_back({"host", host});
  if (report.pue > 1)
    side.parts.push_back({"facility", scaled(sumOf({device, host}), report.pue - 1)});
  if (report.footprint.idleJ)
    side.parts.push_back({"idle", scaled(*report.footprint.idleJ, 1 / requests)});
}

static std::vector<Interval> energies(const PlacementSide &side) {
  std::vector<Interval> all;
  for (const PlacementPart &part : side.parts)
    all.push_back(part.energyJ);
  return all;
}

static Interval gramsOf(const Interval &joules, double gramsPerKwh) {
  return scaled(joules, gramsPerKwh / kJoulePerKwh);
}

/// Of one side alone it would tell nothing.
static void addEmbodied(const PlacementInput &input, Placement &out) {
  const auto &edge = input.edge->footprint.embodiedG, &cloud = input.cloud->footprint.embodiedG;
  if (!edge || !cloud)
    return;
  out.edge.carbonG = sumOf({out.edge.carbonG, *edge});
  out.cloud.carbonG = sumOf({out.cloud.carbonG, scaled(*cloud, 1 / input.cloudBatch)});
}

/// PL3: edge = (E + E_board) * PUE; its time is the run's.
static PlacementSide onTheDevice(const TargetReport &report) {
  PlacementSide side;
  addMachines(side, report, 1);
  side.energyJ = sumOf(energies(side));
  side.timeS = report.latencyS;
  side.carbonG = gramsOf(side.energyJ, report.gramsPerKwh);
  return side;
}

/// PL4: cloud = (E + E_host) * PUE / batch + network + radio * on air + board *
/// waiting; time = on air + round trip + the run of the batch. The device, the
/// network and what waits are supplied where the device is.
static PlacementSide inTheCloud(const PlacementInput &input) {
  const TargetReport &report = *input.cloud;
  const AccessNetwork &network = input.network;
  PlacementSide side;
  addMachines(side, report, input.cloudBatch);
  std::vector<Interval> machines = energies(side);
  Interval onAir = sumOf({airSeconds(network.uplinkMbitPerS, input.upBytes),
                          airSeconds(network.downlinkMbitPerS, input.downBytes)});
  Interval roundTrip = scaled(intervalOf(network.roundTripMs), 1 / kMsPerS);
  side.timeS = sumOf({onAir, roundTrip, report.latencyS});
  std::vector<Interval> near{networkJoules(network, input.upBytes + input.downBytes),
                             productOf({intervalOf(network.radioW), onAir}),
                             scaled(side.timeS, wattsAround(*input.edge))};
  side.parts.push_back({"network", near[0]});
  side.parts.push_back({"radio", near[1]});
  side.parts.push_back({"waiting", near[2]});
  side.energyJ = sumOf(energies(side));
  side.carbonG = sumOf({gramsOf(sumOf(machines), report.gramsPerKwh),
                        gramsOf(sumOf(near), input.edge->gramsPerKwh)});
  return side;
}

/// PL5: break-even bytes = (E_edge - what the cloud takes without sending) /
/// what a sent byte takes: network, radio and waiting.
static std::optional<double> breakEvenBytes(const PlacementInput &input, const Placement &out) {
  PlacementInput nothing = input;
  nothing.upBytes = 0;
  double left = out.edge.energyJ.value - inTheCloud(nothing).energyJ.value;
  double watts = input.network.radioW.value + wattsAround(*input.edge);
  double perByte = input.network.kwhPerGb.value * kJoulePerKwh / kBytesPerGb +
                   watts * kBitsPerByte / (input.network.uplinkMbitPerS.value * kBitsPerMbit);
  if (left < 0 || perByte <= 0)
    return std::nullopt;
  return left / perByte;
}

/// PL6: break-even kWh/GB = (E_edge - the cloud's side without the network) /
/// bytes.
static std::optional<double> breakEvenNetwork(const PlacementInput &input, const Placement &out) {
  double bytes = input.upBytes + input.downBytes;
  double without = out.cloud.energyJ.value - networkJoules(input.network, bytes).value;
  double left = out.edge.energyJ.value - without;
  if (left < 0 || bytes <= 0)
    return std::nullopt;
  return left / bytes * kBytesPerGb / kJoulePerKwh;
}

static SideVerdict judge(StringRef figure, const Interval &edge, const Interval &cloud) {
  SideVerdict verdict{figure.str(), edge.value <= cloud.value, false, 1};
  const Interval &less = verdict.edge ? edge : cloud;
  const Interval &more = verdict.edge ? cloud : edge;
  verdict.sure = less.high < more.low;
  verdict.ratio = less.value > 0 ? more.value / less.value : HUGE_VAL;
  return verdict;
}

bool sendingIsTooDear(const Placement &placement) {
  double near = 0;
  for (const PlacementPart &part : placement.cloud.parts)
    if (part.name == "network" || part.name == "radio")
      near += part.energyJ.value;
  return near >= placement.edge.energyJ.value;
}

Placement placeRequest(const PlacementInput &input) {
  Placement out;
  out.assumptions = placementAssumptions(input);
  out.network = input.network;
  out.upBytes = input.upBytes;
  out.downBytes = input.downBytes;
  out.cloudBatch = static_cast<int64_t>(input.cloudBatch);
  out.edge = onTheDevice(*input.edge);
  out.cloud = inTheCloud(input);
  addEmbodied(input, out);
  out.verdicts = {judge("energy", out.edge.energyJ, out.cloud.energyJ),
                  judge("time", out.edge.timeS, out.cloud.timeS),
                  judge("carbon", out.edge.carbonG, out.cloud.carbonG)};
  out.breakEvenBytes = breakEvenBytes(input, out);
  out.breakEvenKwhPerGb = breakEvenNetwork(input, out);
  return out;
}

} // namespace energyopt
