//===- GraphOrder.cpp - Who defines what, and in which order --------------===//

#include "Import/GraphOrder.h"

#include "Import/ImportError.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

#include <queue>

namespace energyopt {

std::string describeNode(const NodeView &node, size_t index) {
  if (!node.name.empty())
    return "node " + quoted(node.name);
  return "node " + quoted("#" + std::to_string(index + 1) +
                          (node.opType.empty() ? "" : (" (" + node.opType + ")").str()));
}

static llvm::Error defineValue(GraphView &graph, llvm::StringRef name, Definition by) {
  if (graph.definitions.try_emplace(name, by).second)
    return llvm::Error::success();
  std::string where =
      by.node < 0 ? "graph " + quoted(graph.name) : describeNode(graph.nodes[by.node], by.node);
  return importError(where + ": defines " + quoted(name) + ", which has a definition already",
                     "give every input, initializer and node output its own name");
}

/// Inputs, initializers and node outputs. An initializer may bear the name of
/// an input: it is that input's default.
static llvm::Error indexDefinitions(GraphView &graph) {
  graph.definitions.reserve(graph.nodes.size() + graph.initializers.size() + graph.inputs.size());
  llvm::DenseSet<llvm::StringRef> defaults;
  for (const ValueInfoView &input : graph.inputs) {
    if (input.name.empty())
      return importError("graph " + quoted(graph.name) + ": has an input without a name",
                         "name every input");
    if (llvm::Error error = defineValue(graph, input.name, {Definition::kPort}))
      return error;
    defaults.insert(input.name);
  }
  auto defineInitializer = [&](llvm::StringRef name) -> llvm::Error {
    if (name.empty())
      return importError("graph " + quoted(graph.name) + ": has an initializer without a name",
                         "name every initializer, or drop it");
    if (defaults.erase(name))
      return llvm::Error::success();
    return defineValue(graph, name, {Definition::kPort});
  };
  for (const TensorView &tensor : graph.initializers)
    if (llvm::Error error = defineInitializer(tensor.name))
      return error;
  for (const SparseTensorView &tensor : graph.sparseInitializers)
    if (llvm::Error error = defineInitializer(tensor.values.name))
      return error;
  for (auto [i, node] : llvm::enumerate(graph.nodes))
    for (auto [k, output] : llvm::enumerate(node.outputs))
      if (!output.empty())
        if (llvm::Error error = defineValue(graph, output, {int32_t(i), int32_t(k)}))
          return error;
  return llvm::Error::success();
}

/// Names that the node's subgraphs use of the graphs around them.
template <typename Fn> static void forEachCapture(const NodeView &node, Fn fn) {
  for (const AttributeView &attribute : node.attributes)
    for (const auto &graph : attribute.graphs)
      for (llvm::StringRef capture : graph->captures)
        fn(capture);
}

/// Nodes of an indexed graph whose outputs `node` uses.
template <typename Fn>
static void forEachProducer(const GraphView &graph, const NodeView &node, Fn fn) {
  auto report = [&](Definition by) {
    if (by.node >= 0)
      fn(static_cast<uint32_t>(by.node));
  };
  for (const InputView &input : node.inputs)
    report(input.by);
  forEachCapture(node, [&](llvm::StringRef name) { report(graph.lookup(name)); });
}

llvm::Error indexNames(GraphView &graph) {
  if (llvm::Error error = indexDefinitions(graph))
    return error;
  llvm::DenseSet<llvm::StringRef> seen;
  auto use = [&](llvm::StringRef name) {
    Definition by = graph.lookup(name);
    if (by.node == Definition::kElsewhere && seen.insert(name).second)
      graph.captures.push_back(name);
    return by;
  };
  for (NodeView &node : graph.nodes) {
    for (AttributeView &attribute : node.attributes)
      for (auto &subgraph : attribute.graphs)
        if (llvm::Error error = indexNames(*subgraph))
          return error;
    for (InputView &input : node.inputs)
      if (!input.name.empty())
        input.by = use(input.name);
    forEachCapture(node, use);
  }
  for (const ValueInfoView &output : graph.outputs)
    if (!output.name.empty())
      use(output.name);
  // Declarations that say more than a type, or of a name that is not here,
  // are kept as they are.
  for (const ValueInfoView &info : graph.valueInfos)
    if (!info.verbatim.empty() || !graph.definitions.count(info.name))
      graph.verbatim.append(
          {static_cast<int64_t>(info.field.offset), static_cast<int64_t>(info.field.length)});
  return llvm::Error::success();
}

/// Nodes that others wait for: follows one cycle backwards from any node that
/// could not be placed.
static llvm::Error cycleError(const GraphView &graph, const std::vector<uint32_t> &waiting,
                              uint32_t start) {
  llvm::DenseSet<uint32_t> visited;
  uint32_t node = start;
  while (visited.insert(node).second)
    forEachProducer(graph, graph.nodes[node], [&](uint32_t producer) {
      if (waiting[producer])
        node = producer;
    });
  return importError(describeNode(graph.nodes[node], node) +
                         ": depends on its own output (the graph has a cycle)",
                     "a graph must be acyclic; express loops with Loop or Scan");
}

llvm::Expected<std::vector<uint32_t>> sortedOrder(const GraphView &graph) {
  size_t count = graph.nodes.size();
  // Edges to nodes at or behind the user decide whether there is work to do.
  bool sorted = true;
  std::vector<uint32_t> waiting(count, 0); // operands not yet computed
  std::vector<std::vector<uint32_t>> users;
  for (size_t i = 0; i < count && sorted; ++i)
    forEachProducer(graph, graph.nodes[i], [&](uint32_t producer) { sorted &= producer < i; });
  if (sorted)
    return std::vector<uint32_t>();

  users.resize(count);
  for (size_t i = 0; i < count; ++i)
    forEachProducer(graph, graph.nodes[i], [&](uint32_t producer) {
      users[producer].push_back(i);
      ++waiting[i];
    });
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> ready;
  for (size_t i = 0; i < count; ++i)
    if (!waiting[i])
      ready.push(i);
  std::vector<uint32_t> order;
  while (!ready.empty()) {
    uint32_t node = ready.top();
    ready.pop();
    order.push_back(node);
    for (uint32_t user : users[node])
      if (--waiting[user] == 0)
        ready.push(user);
  }
  if (order.size() == count)
    return order;
  auto stuck = llvm::find_if(waiting, [](uint32_t n) { return n > 0; });
  return cycleError(graph, waiting, stuck - waiting.begin());
}

} // namespace energyopt
