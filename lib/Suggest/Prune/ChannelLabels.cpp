//===- ChannelLabels.cpp - Elements of dims that stand or fall together ---===//

#include "Suggest/Prune/ChannelLabels.h"

using namespace energyopt;
using llvm::StringRef;

ChannelDim ChannelLabels::newDim(int64_t size, bool isWeighted) {
  Dim &dim = dims.emplace_back();
  dim.copyOf = int(dims.size()) - 1;
  dim.weighted = isWeighted;
  dim.size = size;
  total += size;
  return {dim.copyOf, 0, size};
}

int ChannelLabels::rootOf(int id) const {
  while (dims[id].copyOf != id)
    id = dims[id].copyOf = dims[dims[id].copyOf].copyOf;
  return id;
}

int ChannelLabels::firstOf(ChannelDim dim) const {
  Dim &root = dims[rootOf(dim.id)];
  if (root.first < 0) {
    root.first = int(parent.size());
    size_t end = parent.size() + root.size;
    parent.resize(end, 0);
    frozen.resize(end, root.frozen);
    weighted.resize(end, root.weighted);
    headMarks.resize(end, false);
  }
  return root.first + dim.offset;
}

std::vector<int> ChannelLabels::classesOf(ChannelDim dim) const {
  std::vector<int> found;
  found.reserve(dim.size);
  eachClass(dim, [&](int cls) { found.push_back(cls); });
  return found;
}

void ChannelLabels::giveClasses(bool ofFrozen) const {
  std::vector<ChannelDim> given;
  size_t all = parent.size();
  eachDim([&](ChannelDim dim) {
    if (hasClasses(dim) || (!ofFrozen && allFrozen(dim)))
      return;
    given.push_back(dim);
    all += dim.size;
  });
  parent.reserve(all);
  frozen.reserve(all);
  for (ChannelDim dim : given)
    firstOf(dim);
}

void ChannelLabels::eachDim(llvm::function_ref<void(ChannelDim)> visit) const {
  for (int id = 0; id < int(dims.size()); ++id)
    if (dims[id].copyOf == id)
      visit({id, 0, dims[id].size});
}

//===----------------------------------------------------------------------===//
// Joining
//===----------------------------------------------------------------------===//

void ChannelLabels::join(int a, int b) {
  a = find(a), b = find(b);
  if (a == b)
    return;
  parent[b] = a - b;
  if (!frozen[a])
    frozen[a] = frozen[b];
  if (headMarks[b])
    headMarks[a] = true;
  if (weighted[b])
    weighted[a] = true;
}

void ChannelLabels::copy(Dim &from, Dim &into, bool intoIsFirst) {
  from.copyOf = into.copyOf;
  if (into.first < 0) {
    if (from.frozen && (!into.frozen || !intoIsFirst))
      into.frozen = from.frozen;
    into.weighted |= from.weighted;
    return;
  }
  for (int i = 0; (from.frozen || from.weighted) && i < int(into.size); ++i) {
    int cls = find(into.first + i);
    if (from.frozen && (!frozen[cls] || !intoIsFirst))
      frozen[cls] = from.frozen;
    if (from.weighted)
      weighted[cls] = true;
  }
}

void ChannelLabels::same(ChannelDim a, ChannelDim b) {
  if (a.size != b.size) {
    freeze(a, "sizes differ");
    freeze(b, "sizes differ");
    return;
  }
  bool whole = isWhole(a) && isWhole(b);
  Dim &x = dims[rootOf(a.id)], &y = dims[rootOf(b.id)];
  if (whole && &x == &y)
    return;
  if (whole && y.first < 0)
    return copy(y, x, /*intoIsFirst=*/true);
  if (whole && x.first < 0)
    return copy(x, y, /*intoIsFirst=*/false);
  int first = firstOf(a), second = firstOf(b);
  for (int i = 0; i < int(a.size); ++i)
    join(first + i, second + i);
  if (whole)
    y.copyOf = x.copyOf;
}

//===----------------------------------------------------------------------===//
// What has to stay
//===----------------------------------------------------------------------===//

int ChannelLabels::numberOf(StringRef why) {
  if (reasons.back() != why || reasons.size() == 1)
    reasons.push_back(why.str());
  return int(reasons.size()) - 1;
}

void ChannelLabels::freezeClass(int cls, int why) {
  int root = find(cls);
  if (!frozen[root])
    frozen[root] = why;
}

void ChannelLabels::freeze(ChannelDim dim, StringRef why) {
  if (allFrozen(dim))
    return;
  int number = numberOf(why);
  if (isWhole(dim) && !hasClasses(dim)) {
    dims[rootOf(dim.id)].frozen = number;
    return;
  }
  int first = firstOf(dim);
  for (int i = 0; i < int(dim.size); ++i)
    freezeClass(first + i, number);
}

bool ChannelLabels::allFrozen(ChannelDim dim) const {
  const Dim &root = dims[rootOf(dim.id)];
  if (root.first < 0)
    return root.frozen != 0 || dim.size == 0;
  for (int i = 0; i < int(dim.size); ++i)
    if (!isFrozen(root.first + dim.offset + i))
      return false;
  return true;
}

StringRef ChannelLabels::reason(ChannelDim dim) const {
  const Dim &root = dims[rootOf(dim.id)];
  return root.first < 0 ? StringRef(reasons[root.frozen]) : reason(root.first + dim.offset);
}

bool ChannelLabels::isWeighted(ChannelDim dim) const {
  const Dim &root = dims[rootOf(dim.id)];
  return root.first < 0 ? root.weighted : weighted[find(root.first + dim.offset)];
}

void ChannelLabels::mark(ChannelDim heads) {
  int first = firstOf(heads);
  for (int i = 0; i < int(heads.size); ++i)
    headMarks[find(first + i)] = true;
}
