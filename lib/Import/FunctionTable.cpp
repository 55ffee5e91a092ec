//===- FunctionTable.cpp - Model-local functions --------------------------===//

#include "Import/FunctionTable.h"

#include "Import/ImportError.h"
#include "energy-opt/Limits.h"

#include "llvm/ADT/STLExtras.h"

namespace energyopt {

static std::string keyOf(llvm::StringRef domain, llvm::StringRef name, llvm::StringRef overload) {
  if (domain == "ai.onnx")
    domain = "";
  return (domain + llvm::Twine('\0') + name + llvm::Twine('\0') + overload).str();
}

/// "domain::name[:overload]", with a suffix in the unlikely case that another
/// function's parts join to the same text.
static std::string symbolOf(const FunctionView &function, const llvm::StringMap<bool> &taken) {
  llvm::StringRef domain = function.domain.empty() ? "ai.onnx" : function.domain;
  std::string symbol = (domain + "::" + function.name).str();
  if (!function.overload.empty())
    symbol += (":" + function.overload).str();
  while (taken.count(symbol))
    symbol += "'";
  return symbol;
}

llvm::Expected<FunctionTable> FunctionTable::create(const std::vector<FunctionView> &functions) {
  FunctionTable table;
  llvm::StringMap<bool> symbols;
  for (const FunctionView &function : functions) {
    if (function.name.empty())
      return importError("the model has a function without a name", "export the model again");
    std::string key = keyOf(function.domain, function.name, function.overload);
    auto [before, isNew] = table.byKey.try_emplace(key, table.entries.size());
    if (!isNew)
      return importError("function " + quoted(table.entries[before->second].symbol) +
                             ": is defined twice",
                         "a function is named by domain, name and overload; keep one");
    std::string symbol = symbolOf(function, symbols);
    symbols[symbol] = true;
    table.entries.push_back({&function, std::move(symbol)});
  }
  if (llvm::Error error = table.checkCalls())
    return error;
  return table;
}

const FunctionTable::Entry *FunctionTable::find(const NodeView &node) const {
  if (entries.empty())
    return nullptr;
  auto it = byKey.find(keyOf(node.domain, node.opType, node.overload));
  return it == byKey.end() ? nullptr : &entries[it->second];
}

void FunctionTable::collectCalls(const GraphView &graph, std::vector<uint32_t> &calls) const {
  for (const NodeView &node : graph.nodes) {
    if (const Entry *callee = find(node))
      calls.push_back(callee - entries.data());
    for (const AttributeView &attribute : node.attributes)
      for (const auto &subgraph : attribute.graphs)
        collectCalls(*subgraph, calls);
  }
}

/// Takes away functions whose callers are all taken away; what remains calls
/// itself in a circle.
llvm::Error FunctionTable::checkCalls() const {
  std::vector<std::vector<uint32_t>> calls(entries.size());
  std::vector<uint32_t> callers(entries.size(), 0), depth(entries.size(), 1), ready;
  for (size_t i = 0; i < entries.size(); ++i) {
    collectCalls(entries[i].function->body, calls[i]);
    for (uint32_t callee : calls[i])
      ++callers[callee];
  }
  for (size_t i = 0; i < entries.size(); ++i)
    if (!callers[i])
      ready.push_back(i);
  for (size_t next = 0; next < ready.size(); ++next) {
    uint32_t caller = ready[next];
    if (depth[caller] > limitOf(Limit::Calls))
      return importError("function " + quoted(entries[caller].symbol) +
                             ": calls nest deeper than " + llvm::Twine(limitOf(Limit::Calls)) +
                             " levels",
                         howToRaise(Limit::Calls));
    for (uint32_t callee : calls[caller]) {
      depth[callee] = std::max(depth[callee], depth[caller] + 1);
      if (--callers[callee] == 0)
        ready.push_back(callee);
    }
  }
  auto stuck = llvm::find_if(callers, [](uint32_t n) { return n > 0; });
  if (stuck == callers.end())
    return llvm::Error::success();
  // Whoever is called by the circle remains too: walk up to who calls.
  std::vector<uint32_t> callerOf(entries.size());
  for (size_t i = 0; i < entries.size(); ++i)
    for (uint32_t callee : calls[i])
      if (callers[i])
        callerOf[callee] = i;
  std::vector<bool> seen(entries.size(), false);
  uint32_t at = stuck - callers.begin();
  while (!seen[at]) {
    seen[at] = true;
    at = callerOf[at];
  }
  return importError("function " + quoted(entries[at].symbol) +
                         ": calls itself, at least through others",
                     "ONNX functions must not be recursive");
}

} // namespace energyopt
