//===- DistinctLoads.cpp - The same work in fewer entries -----------------===//
//
// Layers repeat, and the equations are linear in executions.
//
//===----------------------------------------------------------------------===//

#include "Load.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/bit.h"

#include <algorithm>
#include <unordered_map>

using namespace energyopt;

std::vector<KernelLoad> energyopt::distinctLoads(llvm::ArrayRef<KernelLoad> loads) {
  auto key = [](const KernelLoad &load) {
    auto bits = [](double x) { return llvm::bit_cast<uint64_t>(x); };
    llvm::hash_code hash =
        llvm::hash_combine(bits(load.bytes.activation), bits(load.bytes.weight),
                           bits(load.bytes.cachedActivation), bits(load.bytes.cachedWeight));
    for (const LoadItem &i : load.items)
      hash = llvm::hash_combine(hash, unsigned(i.cls), unsigned(i.precision), bits(i.operations),
                                bits(i.groups), bits(i.m), bits(i.n), bits(i.k));
    return size_t(hash);
  };
  auto same = [](const KernelLoad &a, const KernelLoad &b) {
    auto equal = [](const LoadItem &x, const LoadItem &y) {
      return x.cls == y.cls && x.precision == y.precision && x.operations == y.operations &&
             x.groups == y.groups && x.m == y.m && x.n == y.n && x.k == y.k;
    };
    return a.bytes == b.bytes &&
           std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), equal);
  };
  std::vector<KernelLoad> distinct;
  std::unordered_map<size_t, size_t> places;
  for (const KernelLoad &load : loads) {
    auto [found, isNew] = places.try_emplace(key(load), distinct.size());
    if (!isNew && same(distinct[found->second], load))
      distinct[found->second].executions += load.executions;
    else
      distinct.push_back(load);
  }
  return distinct;
}
