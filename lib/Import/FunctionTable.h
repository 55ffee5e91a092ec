//===- FunctionTable.h - Model-local functions ------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_FUNCTIONTABLE_H
#define ENERGY_OPT_LIB_IMPORT_FUNCTIONTABLE_H

#include "Import/ProtoView.h"

#include "llvm/ADT/StringMap.h"

namespace energyopt {

/// Calls may nest this deep: whoever inlines them may recurse.

class FunctionTable {
public:
  struct Entry {
    const FunctionView *function = nullptr;
    std::string symbol; // domain::name[:overload]
  };

  /// Two definitions of a function, and calls that lead back to their caller,
  /// are errors.
  static llvm::Expected<FunctionTable> create(const std::vector<FunctionView> &functions);

  /// The function that a node calls; null if it is an op.
  const Entry *find(const NodeView &node) const;
  const std::vector<Entry> &all() const { return entries; }

private:
  llvm::Error checkCalls() const;
  void collectCalls(const GraphView &graph, std::vector<uint32_t> &calls) const;

  std::vector<Entry> entries;
  llvm::StringMap<uint32_t> byKey;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_FUNCTIONTABLE_H
