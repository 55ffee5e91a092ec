//===- ZeroReads.cpp - Which channels are read as more than zeros ---------===//

#include "Suggest/Prune/ZeroChannels.h"

#include "Suggest/Rewrites.h"

using namespace energyopt;
using mlir::Operation;

bool ZeroChannels::need(int root) {
  bool isNew = !needed[root];
  needed[root] = true;
  return isNew;
}

bool ZeroChannels::needAll(const ChannelDims *dims) {
  bool changed = false;
  for (ChannelDim dim : dims ? *dims : ChannelDims())
    for (int64_t i = 0; i < dim.size; ++i)
      changed |= need(graph.classOf(dim, i));
  return changed;
}

/// A sum without padding takes a constant input up into its bias.
bool ZeroChannels::absorbs(const Contraction &layer) const {
  Operation *op = layer.op;
  bool gemm = isNamed(op, "Gemm"), conv = isNamed(op, "Conv");
  auto pads = op->getAttrOfType<mlir::DenseI64ArrayAttr>("pads");
  auto padding = op->getAttrOfType<mlir::StringAttr>("auto_pad");
  if (gemm ? intAttr(op, "transA", 0) != 0 || floatAttr(op, "alpha", 1) != 1 ||
                 floatAttr(op, "beta", 1) != 1
           : !conv ||
                 (pads && llvm::any_of(pads.asArrayRef(), [](int64_t pad) { return pad != 0; })) ||
                 (padding && padding != "NOTSET" && padding != "VALID"))
    return false;
  auto weight = contentsOf(constantBehind(op->getOperand(1)));
  if (!layer.weights || !weight || weight->dtype != DType::F32)
    return false;
  if (!hasOperand(op, 2))
    return true;
  Operation *bias = constantBehind(op->getOperand(2));
  auto ref = contentsOf(bias);
  return ref && ref->dtype == DType::F32 && ref->elements == layer.weights->outputs() &&
         graph.dims(op, 2) && graph.dims(op, 2)->size() == 1;
}

/// What an op reads that is not there in all that it makes; whether that was news.
bool ZeroChannels::need(Operation *op) {
  if (isNamed(op, "Einsum")) {
    bool changed = false;
    for (unsigned i = 0; i < op->getNumOperands(); ++i)
      changed |= needAll(graph.dims(op, i));
    return changed;
  }
  auto found = layers.find(op);
  if (found == layers.end())
    return false;
  const Contraction &layer = found->second;
  ChannelDim a = (*graph.dims(op, 0))[layer.dims[0]], b = (*graph.dims(op, 1))[layer.dims[1]];
  const ChannelDims &w = *graph.dims(op, 1);
  States in = statesOf(op, 0), other;
  if (!layer.weights)
    other = statesOf(op, 1);
  bool absorbing = absorbs(layer), changed = false;
  std::vector<bool> dropped(layer.weights ? layer.weights->outputs() : 0);
  if (layer.weights)
    for (auto [isDropped, root] : llvm::zip(dropped, graph.classesOf(w[layer.outDim])))
      isDropped = !needed[root];
  const int64_t drops = llvm::count(dropped, true);
  for (auto [i, root] : llvm::enumerate(graph.classesOf(a))) {
    if (needed[root])
      continue;
    auto state = in.lookup(root);
    std::optional<double> twin;
    if (!other.empty())
      twin = other.lookup(graph.classOf(b, i));
    if ((state && (*state == 0 || absorbing)) || (twin && *twin == 0))
      continue;
    if (!layer.weights ||
        layer.weights->isRead(i, drops, [&](int64_t o) { return bool(dropped[o]); }))
      changed |= need(root);
  }
  return changed;
}

/// Walks from the outputs to the inputs until nothing more is needed.
void ZeroChannels::spread() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (Operation *op : llvm::reverse(ops))
      changed |= need(op);
  }
}

/// A class without which a dim would have no element left; -1 if there is none.
int ZeroChannels::emptied() const {
  int found = -1;
  graph.eachDim([&](ChannelDim dim) {
    bool stays = dim.size == 0 || found >= 0;
    for (int64_t i = 0; i < dim.size && !stays; ++i)
      stays = needed[graph.classOf(dim, i)];
    if (!stays)
      found = graph.classOf(dim, 0);
  });
  return found;
}

std::vector<bool> ZeroChannels::removable(const std::vector<bool> &candidates) {
  needed = candidates;
  needed.resize(graph.classes(), false);
  needed.flip();
  spread();
  for (int root = emptied(); root >= 0; root = emptied()) {
    needed[root] = true;
    spread();
  }
  std::vector<bool> removed = needed; // whatever is no candidate is needed
  removed.flip();
  return removed;
}

std::vector<NewBias> ZeroChannels::biases(const std::vector<bool> &removed) {
  std::vector<NewBias> made;
  for (Operation *op : ops) {
    auto found = layers.find(op);
    if (found == layers.end() || !absorbs(found->second))
      continue;
    const Contraction &layer = found->second;
    const ChannelDims &w = *graph.dims(op, 1);
    ChannelDim x = (*graph.dims(op, 0))[layer.dims[0]], out = w[layer.outDim];
    States in = statesOf(op, 0);
    std::vector<double> value(x.size, 0.0);
    for (int64_t i = 0; i < x.size; ++i)
      if (int root = graph.classOf(x, i); removed[root])
        value[i] = in.lookup(root).value_or(0);
    if (llvm::all_of(value, [](double v) { return v == 0; }))
      continue;
    auto weight = floatsOf(constantBehind(op->getOperand(1)), weights);
    auto bias = hasOperand(op, 2) ? floatsOf(constantBehind(op->getOperand(2)), weights)
                                  : std::vector<float>(out.size, 0.0f);
    if (!weight || !bias)
      continue;
    std::vector<double> sums(bias->begin(), bias->end());
    int64_t window = int64_t(weight->size()) / (out.size * x.size);
    bool outFirst = layer.dims[1] == 1;
    for (int64_t o = 0; o < out.size; ++o)
      for (int64_t i = 0; i < x.size; ++i)
        for (int64_t k = 0; k < window && value[i] != 0; ++k)
          sums[o] +=
              value[i] * (*weight)[(outFirst ? o * x.size + i : i * out.size + o) * window + k];
    NewBias next{op, {}};
    for (int64_t o = 0; o < out.size; ++o)
      if (!removed[graph.classOf(out, o)])
        next.values.push_back(float(sums[o]));
    made.push_back(std::move(next));
  }
  return made;
}
