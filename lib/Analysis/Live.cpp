//===- Live.cpp - What is in memory while a graph runs --------------------===//

#include "energy-opt/Live.h"

#include <algorithm>
#include <limits>

using namespace energyopt;
using Role = GraphTensor::Role;

int32_t energyopt::rootOf(const WorkGraph &graph, int32_t tensor) {
  while (tensor >= 0 && graph.tensors[tensor].viewOf >= 0)
    tensor = graph.tensors[tensor].viewOf;
  return tensor;
}

int64_t energyopt::bytesAt(const GraphTensor &tensor, unsigned floatBits) {
  if (floatBits == 0 || !isFloat(tensor.dtype))
    return tensor.bytes;
  // Wide: bytes of a tensor that is held at the maximum times 8 do not fit.
  using Wide = __int128;
  Wide width = bitWidth(tensor.dtype), bytes = (Wide(tensor.bytes) * floatBits + width - 1) / width;
  return static_cast<int64_t>(std::min<Wide>(bytes, std::numeric_limits<int64_t>::max()));
}

/// T3, with floats of `floatBits` bits.
static std::vector<int64_t> liveAt(const WorkGraph &graph, unsigned floatBits) {
  size_t n = graph.tensors.size();
  std::vector<int32_t> first(n, -1), last(n, -1);
  for (size_t t = 0; t < n; ++t)
    if (graph.tensors[t].role == Role::Input)
      first[t] = 0;
  auto use = [&](int32_t tensor, size_t row) {
    int32_t root = rootOf(graph, tensor);
    if (root < 0 || graph.tensors[root].role == Role::Parameter)
      return;
    if (first[root] < 0)
      first[root] = static_cast<int32_t>(row);
    last[root] = static_cast<int32_t>(row);
  };
  for (size_t i = 0; i < graph.rows.size(); ++i) {
    if (graph.rows[i].count == 0)
      continue;
    for (const TensorUse &u : graph.rows[i].reads)
      use(u.tensor, i);
    for (const TensorUse &u : graph.rows[i].writes)
      use(u.tensor, i);
  }
  for (const GraphPort &port : graph.outputs) {
    int32_t root = rootOf(graph, port.tensor);
    if (root >= 0 && first[root] >= 0)
      last[root] = static_cast<int32_t>(graph.rows.size()) - 1;
  }
  // Wide: what was held at the maximum going in must come out again.
  using Wide = __int128;
  std::vector<Wide> change(graph.rows.size() + 1, 0);
  for (size_t t = 0; t < n; ++t)
    if (first[t] >= 0 && last[t] >= 0) {
      change[first[t]] += bytesAt(graph.tensors[t], floatBits);
      change[last[t] + 1] -= bytesAt(graph.tensors[t], floatBits);
    }
  Wide alive = 0;
  std::vector<int64_t> live;
  for (size_t i = 0; i < graph.rows.size(); ++i) {
    alive += change[i];
    live.push_back(
        static_cast<int64_t>(std::min<Wide>(alive, std::numeric_limits<int64_t>::max())));
  }
  return live;
}

std::vector<int64_t> energyopt::liveActivations(const WorkGraph &graph) { return liveAt(graph, 0); }

int64_t energyopt::peakActivations(const WorkGraph &graph, unsigned floatBits) {
  std::vector<int64_t> live = liveAt(graph, floatBits);
  return live.empty() ? 0 : *std::max_element(live.begin(), live.end());
}
