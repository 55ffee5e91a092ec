//===- ChannelMoves.cpp - Ops that move, select or resize -----------------===//

#include "Suggest/Prune/ChannelRules.h"

using namespace energyopt;

/// Part `part` of `whole` begins at `offset` along axis `at`, and moves it on.
bool ChannelRules::samePart(const ChannelDims *part, const ChannelDims &whole, int64_t at,
                            int64_t &offset) {
  if (!part || part->size() != whole.size())
    return false;
  for (auto [d, dim] : llvm::enumerate(*part)) {
    if (int64_t(d) != at) {
      graph.same(dim, whole[d]);
      continue;
    }
    if (offset + dim.size > whole[d].size)
      return false;
    graph.same(dim, whole[d].part(offset, dim.size));
    offset += dim.size;
  }
  return true;
}

bool ChannelRules::concat() {
  std::optional<int64_t> at = out() ? axis(1, out()->size()) : std::nullopt;
  int64_t offset = 0;
  for (unsigned i = 0; at && i < op->getNumOperands(); ++i)
    if (!samePart(in(i), *out(), *at, offset))
      return false;
  return at.has_value();
}

bool ChannelRules::split() {
  std::optional<int64_t> at = in(0) ? axis(0, in(0)->size()) : std::nullopt;
  int64_t offset = 0;
  for (unsigned i = 0; at && i < op->getNumResults(); ++i)
    if (!samePart(out(i), *in(0), *at, offset))
      return false;
  return at.has_value();
}

bool ChannelRules::slice() {
  if (!in(0) || !out() || in(0)->size() != out()->size() || opsetOf(op) < 10)
    return false;
  size_t rank = in(0)->size();
  auto starts = ints("", 1), axes = ints("", 3), steps = ints("", 4);
  bool forward = !has(4) || (steps && llvm::all_of(*steps, [](int64_t step) { return step == 1; }));
  if (!forward)
    return false;
  std::vector<bool> cut(rank, !axes && has(3));
  std::vector<int64_t> start(rank, -1);
  if (!axes && starts)
    for (axes.emplace(); axes->size() < starts->size();)
      axes->push_back(axes->size());
  for (auto [i, axis] : llvm::enumerate(axes.value_or(std::vector<int64_t>()))) {
    if (axis < 0)
      axis += rank;
    if (axis < 0 || axis >= int64_t(rank))
      return false;
    cut[axis] = true;
    if (starts && i < starts->size())
      start[axis] = (*starts)[i];
  }
  if (!axes)
    cut.assign(rank, true);
  for (size_t d = 0; d < rank; ++d) {
    ChannelDim from = (*in(0))[d], to = (*out())[d];
    if (!cut[d] || from.size == to.size) {
      graph.same(from, to);
      continue;
    }
    int64_t first = start[d] < 0 ? start[d] + from.size : start[d];
    if (start[d] == -1 || !ints("", 2) || first < 0 || first + to.size > from.size) {
      graph.freeze(from, asWhole());
      graph.freeze(to, asWhole());
      continue;
    }
    graph.same(from.part(first, to.size), to);
  }
  return true;
}

bool ChannelRules::gather() {
  if (!in(0) || !in(1) || !out() || out()->size() + 1 != in(0)->size() + in(1)->size())
    return false;
  std::optional<int64_t> at = axis(0, in(0)->size());
  if (!at)
    return false;
  graph.freeze((*in(0))[*at], because("picks from it"));
  size_t o = 0;
  for (int64_t d = 0; d < *at; ++d)
    graph.same((*in(0))[d], (*out())[o++]);
  for (ChannelDim dim : *in(1))
    graph.same(dim, (*out())[o++]);
  for (size_t d = *at + 1; d < in(0)->size(); ++d)
    graph.same((*in(0))[d], (*out())[o++]);
  return true;
}

bool ChannelRules::transpose() {
  if (!in(0) || !out() || in(0)->size() != out()->size())
    return false;
  size_t rank = in(0)->size();
  auto perm = op->getAttrOfType<mlir::DenseI64ArrayAttr>("perm");
  if (perm && size_t(perm.size()) != rank)
    return false;
  for (size_t i = 0; i < rank; ++i) {
    int64_t from = perm ? perm[i] : int64_t(rank - 1 - i);
    if (from < 0 || from >= int64_t(rank))
      return false;
    graph.same((*in(0))[from], (*out())[i]);
  }
  return true;
}

/// Both shapes as products of the same factors, found from the innermost dim.
bool ChannelRules::refine(llvm::ArrayRef<ChannelDim> a, llvm::ArrayRef<ChannelDim> b) {
  struct Side {
    llvm::SmallVector<ChannelDim, 4> dims;
    llvm::SmallVector<llvm::SmallVector<ChannelDim, 4>, 4> atoms; // innermost first
    int64_t left = 1;
    bool next() {
      if (atoms.size() == dims.size())
        return false;
      left = dims[dims.size() - 1 - atoms.size()].size;
      atoms.emplace_back();
      return true;
    }
  } sides[2];
  for (auto [side, dims] : {std::pair(&sides[0], a), {&sides[1], b}})
    for (ChannelDim dim : dims)
      if (dim.size != 1)
        side->dims.push_back(dim);
  while (true) {
    for (Side &side : sides)
      if (side.left == 1)
        side.next();
    int64_t low = std::min(sides[0].left, sides[1].left),
            high = std::max(sides[0].left, sides[1].left);
    if (low == 1 && high == 1)
      break;
    if (low <= 1 || high % low != 0)
      return false;
    ChannelDim atom = graph.newDim(low);
    for (Side &side : sides) {
      side.atoms.back().push_back(atom);
      side.left /= low;
    }
  }
  for (Side &side : sides)
    for (auto [i, atoms] : llvm::enumerate(side.atoms)) {
      std::reverse(atoms.begin(), atoms.end());
      graph.product(side.dims[side.dims.size() - 1 - i], atoms);
    }
  return true;
}

bool ChannelRules::reshape() {
  if (!in(0) || !out() || (type == "Reshape" && op->getNumOperands() < 2))
    return false;
  return refine(*in(0), *out());
}

bool ChannelRules::expand() {
  if (!in(0) || !out() || in(0)->size() > out()->size())
    return false;
  broadcast(*in(0), *out());
  return true;
}

/// What is as large as another value: its shape is taken by the run.
bool ChannelRules::filled() {
  mlir::Operation *shape = op->getOperand(0).getDefiningOp();
  if (!shape || !isNamed(shape, "Shape") || shape->hasAttr("start") || shape->hasAttr("end"))
    return false;
  const ChannelDims *like = graph.dims(shape, 0);
  if (!like || !out() || like->size() != out()->size())
    return false;
  for (auto [a, b] : llvm::zip_equal(*like, *out()))
    graph.same(a, b);
  return true;
}

bool ChannelRules::tile() {
  if (!in(0) || !out() || in(0)->size() != out()->size())
    return false;
  for (auto [from, to] : llvm::zip(*in(0), *out()))
    for (int64_t i = 0; i < to.size; ++i) {
      if (from.size == 0)
        return false;
      graph.join(graph.classOf(from, i % from.size), graph.classOf(to, i));
    }
  return true;
}

bool ChannelRules::reduce() {
  if (!in(0) || !out())
    return false;
  size_t rank = in(0)->size();
  auto axes = ints("axes", 1);
  if (!axes && has(1))
    return false;
  std::vector<bool> gone(rank, !axes);
  if (type == "ArgMax" || type == "ArgMin")
    axes = {intAttr(op, "axis", 0)}, gone.assign(rank, false);
  for (int64_t axis : axes.value_or(std::vector<int64_t>())) {
    if (axis < 0)
      axis += rank;
    if (axis < 0 || axis >= int64_t(rank))
      return false;
    gone[axis] = true;
  }
  bool keeps = intAttr(op, "keepdims", 1);
  size_t o = 0;
  for (size_t d = 0; d < rank; ++d) {
    if (gone[d])
      graph.freeze((*in(0))[d], because("reduces it"));
    else if (o < out()->size())
      graph.same((*in(0))[d], (*out())[o]);
    o += !gone[d] || keeps;
  }
  return o == out()->size();
}

/// Resize and Pad: dims that keep their size are not touched.
bool ChannelRules::resize() {
  if (!in(0) || !out() || in(0)->size() != out()->size())
    return false;
  std::vector<bool> moved(in(0)->size(), false);
  if (type == "Pad") {
    auto pads = ints("pads", 1);
    if (!pads || pads->size() != 2 * moved.size())
      return false;
    for (size_t i = 0; i < pads->size(); ++i)
      moved[i % moved.size()] = moved[i % moved.size()] || (*pads)[i] != 0;
  }
  for (auto [d, pair] : llvm::enumerate(llvm::zip(*in(0), *out()))) {
    auto [from, to] = pair;
    if (from.size == to.size && !moved[d] && (type == "Pad" || d < 2)) {
      graph.same(from, to);
      continue;
    }
    graph.freeze(from, because("resizes it"));
    graph.freeze(to, because("resizes it"));
  }
  return true;
}
