//===- CallExpansion.cpp - What calls of calls come to --------------------===//

#include "Graph/CallExpansion.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/MathExtras.h"

using namespace energyopt;
using mlir::Operation;

namespace {

/// A function whose calls are being added up.
struct Pending {
  Operation *function;
  uint64_t ops = 0;
  llvm::SmallVector<Operation *> callees; // those that are not added yet
};

} // namespace

static Pending bodyOf(Operation *function, CalleeOf calleeOf) {
  Pending body{function};
  for (mlir::Region &region : function->getRegions())
    for (mlir::Block &block : region)
      for (Operation &op : block) {
        body.ops += op.getNextNode() ? 1 : 0;
        if (Operation *callee = calleeOf(&op))
          body.callees.push_back(callee);
      }
  return body;
}

uint64_t energyopt::expandedOps(Operation *function, CalleeOf calleeOf) {
  // Of a function that waits for its callees: 0.
  llvm::DenseMap<Operation *, uint64_t> known = {{function, 0}};
  llvm::SmallVector<Pending> stack = {bodyOf(function, calleeOf)};
  while (true) {
    Pending &top = stack.back();
    if (top.callees.empty()) {
      uint64_t ops = known[top.function] = top.ops;
      stack.pop_back();
      if (stack.empty())
        return ops;
      continue;
    }
    auto [callee, isNew] = known.try_emplace(top.callees.back(), 0);
    if (isNew) { // added when it is known
      stack.push_back(bodyOf(callee->first, calleeOf));
      continue;
    }
    top.ops = llvm::SaturatingAdd(top.ops, callee->second);
    top.callees.pop_back();
  }
}
