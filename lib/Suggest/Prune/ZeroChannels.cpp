//===- ZeroChannels.cpp - Channels that add nothing -----------------------===//

#include "Suggest/Prune/ZeroChannels.h"

#include "Suggest/Rewrites.h"
#include "energy-opt/OnnxDialect.h"

#include <cmath>

using namespace energyopt;
using mlir::Operation;
using mlir::Value;

/// Constants of elementwise ops beyond this are no biases of channels.
static constexpr int64_t kMostElements = 1 << 20;

template <typename... Names> static bool isAny(Operation *op, Names... names) {
  return (isNamed(op, names) || ...);
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Whether the size of an output says nothing of what it is worth: it is scaled behind.
static bool isRescaled(Operation *layer) {
  return llvm::any_of(layer->getResult(0).getUsers(), [](Operation *user) {
    return isAny(user, "BatchNormalization", "InstanceNormalization", "GroupNormalization", "Mul",
                 "Div");
  });
}

std::optional<LayerWeights> ZeroChannels::weightsOf(Operation *op) const {
  auto layer = layerTensor(op, weights);
  const ChannelDims *dims = graph.dims(op, 1);
  if (!layer || !dims || dims->size() < 2)
    return std::nullopt;
  const WeightTensor &tensor = layer->tensor;
  int64_t pair = tensor.outputs * tensor.inputs;
  if (pair != (*dims)[0].size * (*dims)[1].size)
    return std::nullopt;
  return LayerWeights::of(*layer, weights, {near, isRescaled(op) ? 0 : near});
}

/// Nullopt for what keeps its channels apart. Grouped convolutions do: a group
/// goes as a whole.
std::optional<Contraction> ZeroChannels::contractionOf(Operation *op) const {
  if (!graph.dims(op, 0) || !graph.dims(op, 1) || !graph.dims(op->getResult(0)))
    return std::nullopt;
  Contraction found{op, {1, 1}, 0, {}};
  if (isNamed(op, "Conv") || isNamed(op, "ConvTranspose")) {
    if (intAttr(op, "group", 1) != 1)
      return std::nullopt;
    found.outDim = isNamed(op, "Conv") ? 0 : 1;
    found.dims[1] = 1 - found.outDim;
  } else if (isNamed(op, "Gemm")) {
    found.dims[0] = intAttr(op, "transA", 0) ? 0 : 1;
    found.dims[1] = intAttr(op, "transB", 0) ? 1 : 0;
    found.outDim = 1 - found.dims[1];
  } else if (isNamed(op, "MatMul") || isNamed(op, "com.microsoft.Attention")) {
    unsigned rank = graph.dims(op, 1)->size();
    if (rank < 2 || graph.dims(op, 0)->empty())
      return std::nullopt;
    found.dims[0] = graph.dims(op, 0)->size() - 1;
    found.dims[1] = rank - 2;
    found.outDim = rank - 1;
    if (rank != 2)
      return found;
  } else {
    return std::nullopt;
  }
  found.weights = weightsOf(op);
  return found;
}

//===----------------------------------------------------------------------===//
// What values are
//===----------------------------------------------------------------------===//

static void meet(std::optional<double> &state, std::optional<double> other) {
  if (state != other)
    state = std::nullopt;
}

ZeroChannels::States ZeroChannels::statesOfConstant(Operation *constant,
                                                    const ChannelDims &dims) const {
  auto ref = contentsOf(constant);
  auto values = ref && ref->elements <= kMostElements ? floatsOf(constant, weights) : std::nullopt;
  return values ? statesOfValues(*values, dims) : States();
}

ZeroChannels::States ZeroChannels::statesOfValues(llvm::ArrayRef<float> values,
                                                  const ChannelDims &dims) const {
  States states;
  int64_t inner = 1;
  for (ChannelDim dim : llvm::reverse(dims)) {
    for (auto [i, value] : llvm::enumerate(values)) {
      int root = graph.classOf(dim, int64_t(i) / inner % dim.size);
      auto [at, isNew] = states.try_emplace(root, double(value));
      if (!isNew)
        meet(at->second, double(value));
    }
    inner *= dim.size;
  }
  return states;
}

ZeroChannels::States ZeroChannels::statesOf(Operation *op, unsigned operand, bool all) const {
  States states;
  const ChannelDims *dims = hasOperand(op, operand) ? graph.dims(op, operand) : nullptr;
  if (!dims)
    return states;
  if (Operation *constant = constantBehind(op->getOperand(operand)))
    return statesOfConstant(constant, *dims);
  if (!all && llvm::none_of(*dims, [&](ChannelDim dim) { return constants.contains(dim.id); }))
    return states;
  for (ChannelDim dim : *dims) {
    auto known = constants.find(dim.id);
    for (auto [i, root] : llvm::enumerate(graph.classesOf(dim))) {
      std::optional<double> state;
      if (known != constants.end())
        if (auto value = known->second.find(dim.offset + int(i)); value != known->second.end())
          state = value->second;
      auto [at, isNew] = states.try_emplace(root, state);
      if (!isNew)
        meet(at->second, state);
    }
  }
  return states;
}

std::optional<double> ZeroChannels::uniform(Operation *op, unsigned operand) const {
  Operation *constant = hasOperand(op, operand) ? constantBehind(op->getOperand(operand)) : nullptr;
  auto ref = contentsOf(constant);
  auto values = ref && ref->elements == 1 ? floatsOf(constant, weights) : std::nullopt;
  return values && values->size() == 1 ? std::optional(double(values->front())) : std::nullopt;
}

/// Of what has to stay anyway nothing is noted.
void ZeroChannels::setResults(Operation *op,
                              llvm::function_ref<std::optional<double>(int root)> state) {
  for (Value result : op->getResults())
    for (ChannelDim dim : graph.dims(result) ? *graph.dims(result) : ChannelDims())
      for (auto [i, root] : llvm::enumerate(graph.classesOf(dim)))
        if (!graph.isFrozen(root))
          if (auto value = state(root); value && std::isfinite(*value))
            constants[dim.id][dim.offset + int(i)] = *value;
}

/// What an activation makes of a number, where that is known without rounding.
static std::optional<double> unary(Operation *op, double x) {
  if (isAny(op, "Relu"))
    return std::max(x, 0.0);
  if (isAny(op, "Identity", "Dropout"))
    return x;
  if (isAny(op, "Abs"))
    return std::abs(x);
  if (isAny(op, "Neg"))
    return -x;
  if (isAny(op, "HardSwish") && (x <= -3 || x >= 3))
    return x <= -3 ? 0 : x;
  if (isAny(op, "LeakyRelu", "Elu", "Selu", "Celu", "Gelu", "Mish", "Tanh", "Erf", "Sqrt",
            "Softsign", "Swish", "Sin", "Sign", "Cast", "Floor", "Ceil", "Round",
            "com.microsoft.Gelu", "com.microsoft.FastGelu", "com.microsoft.QuickGelu") &&
      x == 0)
    return 0;
  return std::nullopt;
}

void ZeroChannels::visitBinary(Operation *op) {
  States states[2] = {statesOf(op, 0), statesOf(op, 1)};
  std::optional<double> whole[2] = {uniform(op, 0), uniform(op, 1)};
  setResults(op, [&](int root) -> std::optional<double> {
    std::optional<double> x[2];
    for (unsigned i : {0, 1}) {
      auto found = states[i].find(root);
      x[i] = found == states[i].end() ? whole[i] : found->second;
    }
    if (isNamed(op, "Mul") && ((x[0] && *x[0] == 0) || (x[1] && *x[1] == 0)))
      return 0;
    if (isNamed(op, "Div"))
      return x[0] && x[1] && *x[0] == 0 && *x[1] != 0 ? std::optional(0.0) : std::nullopt;
    if (!x[0] || !x[1])
      return std::nullopt;
    float a = float(*x[0]), b = float(*x[1]);
    return double(isNamed(op, "Mul") ? a * b : isNamed(op, "Add") ? a + b : a - b);
  });
}

void ZeroChannels::visitNorm(Operation *op) {
  States in[5];
  for (unsigned i = 0; i < 5; ++i)
    in[i] = statesOf(op, i);
  double epsilon = floatAttr(op, "epsilon", 1e-5f);
  setResults(op, [&](int root) -> std::optional<double> {
    auto x = in[0].lookup(root), scale = in[1].lookup(root), shift = in[2].lookup(root),
         mean = in[3].lookup(root), variance = in[4].lookup(root);
    if (!shift)
      return std::nullopt;
    if (scale && *scale == 0)
      return shift;
    if (!x || !scale || !mean || !variance)
      return std::nullopt;
    return double(float(*scale * (*x - *mean) / std::sqrt(*variance + epsilon) + *shift));
  });
}

/// An output that meets only zeros is its bias.
void ZeroChannels::visitLayer(const Contraction &layer) {
  Operation *op = layer.op;
  if (!layer.weights && isNamed(op, "MatMul")) { // of heads, each by itself
    States a = statesOf(op, 0), b = statesOf(op, 1);
    return setResults(op, [&](int root) {
      bool zero = a.lookup(root) == 0.0 || b.lookup(root) == 0.0;
      return zero ? std::optional(0.0) : std::nullopt;
    });
  }
  if (!layer.weights || isNamed(op, "com.microsoft.Attention"))
    return;
  const ChannelDims &x = *graph.dims(op, 0), &w = *graph.dims(op, 1);
  States in = statesOf(op, 0), bias = statesOf(op, 2);
  double beta = isNamed(op, "Gemm") ? floatAttr(op, "beta", 1) : 1;
  std::vector<bool> zero(layer.weights->inputs());
  for (int64_t i = 0; i < layer.weights->inputs() && !in.empty(); ++i) {
    auto state = in.lookup(graph.classOf(x[layer.dims[0]], i));
    zero[i] = state && *state == 0;
  }
  const int64_t zeros = llvm::count(zero, true);
  std::vector<bool> meetsZeros(layer.weights->outputs());
  for (int64_t o = 0; o < layer.weights->outputs(); ++o)
    meetsZeros[o] = !layer.weights->reads(o, zeros, [&](int64_t i) { return bool(zero[i]); });
  if (!llvm::is_contained(meetsZeros, true)) // most layers
    return;
  States made;
  for (int64_t o = 0; o < layer.weights->outputs(); ++o) {
    int root = graph.classOf(w[layer.outDim], o);
    std::optional<double> value;
    if (meetsZeros[o])
      value = !hasOperand(op, 2) ? 0.0 : bias.count(root) ? bias.lookup(root) : uniform(op, 2);
    if (value)
      *value = double(float(beta * *value));
    auto [at, isNew] = made.try_emplace(root, value);
    if (!isNew)
      meet(at->second, value);
  }
  setResults(op, [&](int root) { return made.lookup(root); });
}

void ZeroChannels::visitGroups(Operation *conv) {
  auto layer = weightsOf(conv);
  const ChannelDims *x = graph.dims(conv, 0), *y = graph.dims(conv->getResult(0));
  int64_t groups = intAttr(conv, "group", 1);
  if (!layer || !x || !y || x->size() < 2 || y->size() < 2 || layer->outputs() % groups != 0)
    return;
  States in = statesOf(conv, 0), bias = statesOf(conv, 2), made;
  const int64_t outputs = layer->outputs() / groups, inputs = layer->inputs();
  std::vector<bool> zero(inputs);
  int64_t zeros = 0;
  for (int64_t o = 0; o < layer->outputs(); ++o) {
    if (o % outputs == 0) { // of the next group
      for (int64_t i = 0; i < inputs; ++i) {
        auto state = in.lookup(graph.classOf((*x)[1], o / outputs * inputs + i));
        zero[i] = state && *state == 0;
      }
      zeros = llvm::count(zero, true);
    }
    int root = graph.classOf((*y)[1], o);
    std::optional<double> value;
    if (!layer->reads(o, zeros, [&](int64_t i) { return bool(zero[i]); }))
      value = hasOperand(conv, 2) ? bias.lookup(root) : 0.0;
    auto [at, isNew] = made.try_emplace(root, value);
    if (!isNew)
      meet(at->second, value);
  }
  setResults(conv, [&](int root) { return made.lookup(root); });
}

/// The values of a vector that is stored as integers; nullopt if they are not there.
static std::optional<std::vector<float>> dequantized(Operation *op, WeightReader &weights) {
  auto values = intsOf(constantBehind(op->getOperand(0)), weights);
  auto scales = floatsOf(constantBehind(op->getOperand(1)), weights);
  std::optional<std::vector<int64_t>> points = std::vector<int64_t>{0};
  if (hasOperand(op, 2))
    points = intsOf(constantBehind(op->getOperand(2)), weights);
  auto fits = [&](size_t count) { return count == 1 || count == values->size(); };
  if (!values || !scales || !points || !fits(scales->size()) || !fits(points->size()))
    return std::nullopt;
  std::vector<float> floats;
  for (auto [i, value] : llvm::enumerate(*values))
    floats.push_back(float(value - (*points)[points->size() == 1 ? 0 : i]) *
                     (*scales)[scales->size() == 1 ? 0 : i]);
  return floats;
}

/// A stored vector is what it decodes to; weights are left to their layer. Of a result
/// that was quantized, only 0 is sure to come back.
void ZeroChannels::visitDequantize(Operation *op) {
  const ChannelDims *dims = graph.dims(op->getResult(0));
  if (!dims || op->getNumOperands() < 2)
    return;
  if (constantBehind(op->getOperand(0))) {
    auto values = dims->size() == 1 ? dequantized(op, weights) : std::nullopt;
    if (!values || int64_t(values->size()) != dims->front().size)
      return;
    States states = statesOfValues(*values, *dims);
    return setResults(op, [&](int root) { return states.lookup(root); });
  }
  Operation *before = op->getOperand(0).getDefiningOp();
  auto zeroPoint = [](Operation *step) -> Value {
    if (!hasOperand(step, 2))
      return {};
    Operation *constant = constantBehind(step->getOperand(2));
    return constant ? constant->getResult(0) : step->getOperand(2);
  };
  if (!before || !isNamed(before, "QuantizeLinear") || zeroPoint(before) != zeroPoint(op))
    return;
  States states = statesOf(before, 0);
  setResults(op, [&](int root) {
    auto x = states.lookup(root);
    return x && *x == 0 ? x : std::nullopt;
  });
}

void ZeroChannels::visit(Operation *op) {
  if (op->getNumResults() == 0 || op->getNumOperands() == 0)
    return;
  if (auto layer = layers.find(op); layer != layers.end())
    return visitLayer(layer->second);
  if (isNamed(op, "Conv"))
    return visitGroups(op);
  if (isNamed(op, "BatchNormalization"))
    return visitNorm(op);
  if (isNamed(op, "DequantizeLinear"))
    return visitDequantize(op);
  if (isAny(op, "Add", "Sub", "Mul", "Div"))
    return visitBinary(op);
  bool concat = isNamed(op, "Concat");
  // Moves what it reads, or takes the greatest of it.
  bool moves = concat || isAny(op, "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze",
                               "Slice", "Split", "Expand", "Tile", "MaxPool", "GlobalMaxPool",
                               "Gather", "ReduceMax", "ReduceMin");
  bool padsZero =
      isNamed(op, "Pad") && (hasOperand(op, 2) ? uniform(op, 2) == 0.0 : !op->hasAttr("value"));
  bool keepsZero = isAny(op, "AveragePool", "GlobalAveragePool", "LpPool", "GlobalLpPool",
                         "ReduceMean", "ReduceSum", "Resize") ||
                   padsZero;
  bool clips = isNamed(op, "Clip") && opsetOf(op) >= 11;
  std::optional<double> low = clips && hasOperand(op, 1) ? uniform(op, 1)
                                                         : std::optional<double>(-HUGE_VAL),
                        high = clips && hasOperand(op, 2) ? uniform(op, 2)
                                                          : std::optional<double>(HUGE_VAL);
  States merged;
  for (unsigned i = 0; i < (concat ? op->getNumOperands() : 1); ++i)
    for (auto [root, state] : statesOf(op, i, /*all=*/concat)) {
      auto [at, isNew] = merged.try_emplace(root, state);
      if (!isNew)
        meet(at->second, state);
    }
  if (merged.empty())
    return;
  setResults(op, [&](int root) -> std::optional<double> {
    auto x = merged.lookup(root);
    if (!x || moves)
      return x;
    if (keepsZero)
      return *x == 0 ? x : std::nullopt;
    if (clips)
      return low && high ? std::optional(std::min(std::max(*x, *low), *high)) : std::nullopt;
    return unary(op, *x);
  });
}

ZeroChannels::ZeroChannels(const ChannelGraph &graph, WeightReader &weights, double near)
    : graph(graph), weights(weights), near(near) {
  graph.giveClasses(/*frozen=*/true);
  for (Operation &op : graph.main().getBody().front().without_terminator()) {
    if (isNamed(&op, "initializer") || isNamed(&op, "none") || op.getNumResults() == 0 ||
        constantBehind(op.getResult(0)))
      continue;
    ops.push_back(&op);
    if (auto layer = contractionOf(&op))
      layers.try_emplace(&op, std::move(*layer));
  }
  for (Operation *op : ops)
    visit(op);
}
