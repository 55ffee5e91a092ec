//===- Collectives.h - Time and bytes of communication ----------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_FOOTPRINT_COLLECTIVES_H
#define ENERGY_OPT_LIB_FOOTPRINT_COLLECTIVES_H

#include "energy-opt/Target.h"

namespace energyopt {

/// PA1: a group of `devices` of a job that are `stride` apart in the order of its
/// devices; those of a node follow each other.
struct DeviceGroup {
  int64_t devices = 1, stride = 1;
};

struct Transmission {
  double seconds = 0, bytes = 0; // sent by each device
};

/// What joins the devices of a target: its own figures, else those of the
/// constants.
class Fabric {
public:
  Fabric(const Target &target, const Constants &constants);

  /// PA3: a sum over the group that every device ends up with.
  Transmission allReduce(double bytes, DeviceGroup group, double messages = 1) const;
  /// PA3: half of it; each device ends up with its part, or starts from it.
  Transmission gather(double bytes, DeviceGroup group) const;
  /// PA4: from a device to its neighbour in the group.
  Transmission send(double bytes, DeviceGroup group) const;
  double jouleOf(double bytes) const { return bytes * joulePerByte; }
  int64_t devicesPerNode = 1;
  /// Links may join a whole pod; a host serves no more than servers commonly do.
  int64_t devicesPerHost = 1;

private:
  bool inNode(DeviceGroup group) const;
  double bandwidth(DeviceGroup group) const;
  Transmission collective(double share, double bytes, DeviceGroup group, double messages) const;

  double linkRate, networkRate; // bytes/s one way, as collectives reach
  double linkLatencyS, networkLatencyS, joulePerByte;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_FOOTPRINT_COLLECTIVES_H
