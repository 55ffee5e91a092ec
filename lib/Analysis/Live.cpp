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

std::vector<int64_t> energyopt::liveActivations(const WorkGraph &graph) {
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
      change[first[t]] += graph.tensors[t].bytes;
      change[last[t] + 1] -= graph.tensors[t].bytes;
    }
  Wide alive = 0;
  std::vector<int64_t> live;
  for (size_t i = 0; i < graph.rows.size(); ++i) {
    alive += change[i];
    live.push_back(static_cast<int64_t>(std::min<Wide>(alive, std::numeric_limits<int64_t>::max())));
  }
  return live;
}
