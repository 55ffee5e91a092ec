//===- GraphOrder.h - Who defines what, and in which order ------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_GRAPHORDER_H
#define ENERGY_OPT_LIB_IMPORT_GRAPHORDER_H

#include "Import/ProtoView.h"

namespace energyopt {

/// Fills `definitions` and `captures` of the graph and of all subgraphs in it.
/// A name that is defined twice is an error.
llvm::Error indexNames(GraphView &graph);

/// The nodes of an indexed graph so that each follows what it uses, captures
/// of its subgraphs included; as near to the file's order as can be. Empty if
/// the file's order is right. A cycle is an error.
llvm::Expected<std::vector<uint32_t>> sortedOrder(const GraphView &graph);

/// How messages name a node: node 'name', or node '#ordinal (op)'.
std::string describeNode(const NodeView &node, size_t index);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_GRAPHORDER_H
