//===- Collectives.cpp - Time and bytes of communication ------------------===//
//
// PA3: a ring of n devices sends 2(n-1)/n of the bytes from each to sum them
// everywhere, (n-1)/n to gather or to scatter them (Patarasuk and Yuan 2009).
// Rings that leave a node share its adapters: as many run side by side as the
// node has devices of other groups. Latency: 2*ceil(log2 n) messages, as trees
// have it.
//
//===----------------------------------------------------------------------===//

#include "Collectives.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;

static double firstOf(const Quantity &own, const Quantity &common, double fallback) {
  return own.valueOr(common.valueOr(fallback));
}

Fabric::Fabric(const Target &target, const Constants &constants) {
  const Link &link = target.link, &commonLink = constants.link;
  const Network &net = target.network, &commonNet = constants.network;
  constexpr double kOneWay = 0.5 * 1e9; // sheets count both directions
  linkRate = firstOf(link.bandwidthGbPerS, commonLink.bandwidthGbPerS, 1) * kOneWay *
             firstOf(link.efficiency, commonLink.efficiency, 1);
  networkRate = firstOf(net.bandwidthGbPerS, commonNet.bandwidthGbPerS, 1) * kOneWay *
                firstOf(net.efficiency, commonNet.efficiency, 1);
  linkLatencyS = firstOf(link.latencyUs, commonLink.latencyUs, 0) * 1e-6;
  networkLatencyS = firstOf(net.latencyUs, commonNet.latencyUs, 0) * 1e-6;
  joulePerByte = firstOf(link.picojoulePerBit, commonLink.picojoulePerBit, 0) * 8e-12;
  devicesPerNode =
      std::max<int64_t>(std::llround(firstOf(net.devicesPerNode, commonNet.devicesPerNode, 1)), 1);
  devicesPerHost = std::min<int64_t>(
      devicesPerNode,
      std::max<int64_t>(std::llround(commonNet.devicesPerNode.valueOr(devicesPerNode)), 1));
}

bool Fabric::inNode(DeviceGroup group) const {
  return group.devices * group.stride <= devicesPerNode;
}

double Fabric::bandwidth(DeviceGroup group) const {
  if (inNode(group))
    return linkRate;
  double members = static_cast<double>(std::max<int64_t>(devicesPerNode / group.stride, 1));
  return std::min(linkRate, networkRate * members);
}

Transmission Fabric::collective(double share, double bytes, DeviceGroup group,
                                double messages) const {
  if (group.devices <= 1 || bytes <= 0)
    return {};
  double n = static_cast<double>(group.devices);
  Transmission result;
  result.bytes = share * (n - 1) / n * bytes;
  double latency = inNode(group) ? linkLatencyS : networkLatencyS;
  result.seconds =
      result.bytes / bandwidth(group) + messages * share * std::ceil(std::log2(n)) * latency;
  return result;
}

Transmission Fabric::allReduce(double bytes, DeviceGroup group, double messages) const {
  return collective(2, bytes, group, messages);
}

Transmission Fabric::gather(double bytes, DeviceGroup group) const {
  return collective(1, bytes, group, 1);
}

Transmission Fabric::send(double bytes, DeviceGroup group) const {
  if (group.devices <= 1)
    return {};
  // Neighbours are as far apart as the stride.
  bool near = group.stride < devicesPerNode;
  return {bytes / (near ? linkRate : networkRate) + (near ? linkLatencyS : networkLatencyS), bytes};
}
