//===- Networks.cpp - The way between a device and a data centre ----------===//

#include "energy-opt/Placement.h"
#include "energy-opt/SiteFacts.h"
#include "energy-opt/WorkGraph.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace energyopt {

Expected<AccessNetwork> findNetwork(StringRef name) {
  if (!findFact("network_kwh_per_gb", name)) {
    std::vector<std::string> known;
    visitFacts("network_kwh_per_gb",
               [&](const SiteFact &fact) { known.push_back(fact.item.str()); });
    return createStringError(inconvertibleErrorCode(),
                             "unknown network '" + name + "'\nknown are " + join(known, ", "));
  }
  return AccessNetwork{name.str(),
                       factOf("network_kwh_per_gb", name),
                       factOf("radio_w", name),
                       factOf("uplink_mbit_per_s", name),
                       factOf("downlink_mbit_per_s", name),
                       factOf("round_trip_ms", name)};
}

static double bytesOf(const WorkGraph &graph, ArrayRef<GraphPort> ports) {
  double bytes = 0;
  for (const GraphPort &port : ports)
    if (port.tensor >= 0 && graph.tensors[port.tensor].role != GraphTensor::Role::Parameter)
      bytes += static_cast<double>(graph.tensors[port.tensor].bytes);
  return bytes;
}

double inputBytes(const WorkGraph &graph) { return bytesOf(graph, graph.inputs); }
double outputBytes(const WorkGraph &graph) { return bytesOf(graph, graph.outputs); }

} // namespace energyopt
