//===- ChannelRules.cpp - What each op says of the dims around it ---------===//
//
// An op that is not here freezes all that it touches.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Prune/ChannelRules.h"

#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

void ChannelRules::freezeAll() {
  std::string why = asWhole();
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    if (const ChannelDims *dims = in(i))
      freezeFrom(*dims, 0, why);
  for (unsigned i = 0; i < op->getNumResults(); ++i)
    if (const ChannelDims *dims = out(i))
      freezeFrom(*dims, 0, why);
}

std::optional<std::vector<int64_t>> ChannelRules::ints(StringRef attr, unsigned operand) const {
  if (auto array = op->getAttrOfType<mlir::DenseI64ArrayAttr>(attr))
    return array.asArrayRef().vec();
  if (!has(operand))
    return std::nullopt;
  auto known = graph.ints(op->getOperand(operand));
  if (!known)
    return std::nullopt;
  std::vector<int64_t> values;
  for (KnownInt element : *known) {
    if (element.dynamic)
      return std::nullopt;
    values.push_back(element.value);
  }
  return values;
}

std::optional<int64_t> ChannelRules::axis(int64_t fallback, size_t rank) const {
  int64_t axis = intAttr(op, "axis", fallback);
  if (axis < 0)
    axis += rank;
  return axis >= 0 && axis < int64_t(rank) ? std::optional(axis) : std::nullopt;
}

/// Numpy's rules; the last `trailing` dims are left out. A dim of one element
/// says nothing of what it is stretched to.
void ChannelRules::broadcast(const ChannelDims &from, const ChannelDims &to, size_t trailing) {
  for (size_t i = trailing; i < std::min(from.size(), to.size()); ++i) {
    ChannelDim a = from[from.size() - 1 - i], b = to[to.size() - 1 - i];
    if (a.size != 1)
      graph.same(a, b);
  }
}

void ChannelRules::produce(unsigned operand, unsigned dim) {
  if (weightBehind(op->getOperand(operand)))
    graph.addProducer({op, operand, dim});
}

bool ChannelRules::elementwise() {
  if (op->getNumResults() == 0 || !out())
    return false;
  if (opsetOf(op) < 7 && op->hasAttr("broadcast"))
    return false;
  for (unsigned i = 0; i < op->getNumOperands(); ++i) {
    if (!has(i))
      continue;
    if (!in(i) || in(i)->size() > out()->size())
      return false;
    broadcast(*in(i), *out());
  }
  if (op->getNumResults() > 1 && out(1)) // Dropout's mask
    broadcast(*out(1), *out());
  return true;
}

bool ChannelRules::quantize() {
  if (!in(0) || !out() || in(0)->size() != out()->size() || intAttr(op, "block_size", 0) != 0)
    return false;
  broadcast(*in(0), *out());
  std::optional<int64_t> at = axis(1, in(0)->size());
  for (unsigned i = 1; i < op->getNumOperands(); ++i)
    if (has(i)) {
      if (!in(i) || in(i)->size() > 1)
        return false;
      if (in(i)->size() == 1 && in(i)->front().size != 1) {
        if (!at)
          return false;
        graph.same(in(i)->front(), (*out())[*at]);
      }
    }
  return true;
}

/// Of each of `groups` equal parts of two dims, all or nothing.
void ChannelRules::joinGroups(ChannelDim a, ChannelDim b, int64_t groups) {
  for (ChannelDim dim : {a, b})
    for (int64_t i = 0; i < dim.size; ++i)
      graph.join(graph.classOf(a, i * groups / dim.size * (a.size / groups)),
                 graph.classOf(dim, i));
}

bool ChannelRules::conv() {
  if (!in(0) || !in(1) || !out() || in(0)->size() < 3 || in(1)->size() != in(0)->size())
    return false;
  bool transposed = type == "ConvTranspose";
  const ChannelDims &x = *in(0), &w = *in(1), &y = *out();
  int64_t groups = intAttr(op, "group", 1);
  if (groups < 1 || x[1].size % groups != 0 || y[1].size % groups != 0)
    return false;
  graph.same(x[0], y[0]);
  for (const ChannelDims *dims : {in(0), in(1), out()})
    freezeFrom(*dims, 2, because("slides over it"));
  ChannelDim wIn = w[transposed ? 0 : 1], wOut = w[transposed ? 1 : 0];
  if (groups == 1) {
    graph.same(x[1], wIn);
    graph.same(wOut, y[1]);
  } else {
    // The dim of the weights that all groups share out is the first.
    joinGroups(x[1], y[1], groups);
    graph.same(w[0], transposed ? x[1] : y[1]);
    graph.freeze(w[1], because("has groups of that many channels"));
  }
  if (has(2)) {
    if (!in(2))
      return false;
    graph.same(in(2)->front(), y[1]);
  }
  // A depthwise filter makes no channel, it keeps one.
  if (groups == 1 || groups < x[1].size)
    produce(1, transposed ? (groups == 1 ? 1 : 0) : 0);
  return true;
}

bool ChannelRules::gemm() {
  if (!in(0) || !in(1) || !out() || in(0)->size() != 2 || in(1)->size() != 2)
    return false;
  bool transA = intAttr(op, "transA", 0), transB = intAttr(op, "transB", 0);
  const ChannelDims &a = *in(0), &b = *in(1), &y = *out();
  graph.same(a[transA ? 0 : 1], b[transB ? 1 : 0]);
  graph.same(a[transA ? 1 : 0], y[0]);
  graph.same(b[transB ? 0 : 1], y[1]);
  if (has(2)) {
    if (!in(2))
      return false;
    broadcast(*in(2), y);
  }
  produce(1, transB ? 0 : 1);
  return true;
}

bool ChannelRules::matMul() {
  if (!in(0) || !in(1) || !out() || in(0)->size() < 2 || in(1)->size() < 2)
    return false;
  const ChannelDims &a = *in(0), &b = *in(1), &y = *out();
  ChannelDim k = a.back(), m = a[a.size() - 2], n = b.back();
  graph.same(k, b[b.size() - 2]);
  graph.same(m, y[y.size() - 2]);
  graph.same(n, y.back());
  broadcast(a, y, 2);
  broadcast(b, y, 2);
  bool left = weightBehind(op->getOperand(0)), right = weightBehind(op->getOperand(1));
  if (right)
    produce(1, b.size() - 1);
  if (left)
    produce(0, a.size() - 2);
  if (left || right)
    return true;
  // Attention: what is batched here are heads, which stay as wide as they are.
  for (ChannelDim dim : {m, k, n})
    graph.freeze(dim, because("computes attention within it"));
  for (size_t i = 0; i + 2 < y.size(); ++i)
    graph.markHeads(op, y[i]);
  return true;
}

/// Norms by parameters of each channel.
bool ChannelRules::channelParameters() {
  if (!in(0) || !out() || in(0)->size() < 2 || in(0)->size() != out()->size())
    return false;
  if (type == "BatchNormalization" && (intAttr(op, "spatial", 1) == 0 || opsetOf(op) < 7))
    return false;
  broadcast(*in(0), *out());
  for (unsigned i = 1; i < op->getNumOperands(); ++i)
    if (has(i)) {
      if (!in(i) || in(i)->size() != 1)
        return false;
      graph.same(in(i)->front(), (*out())[1]);
    }
  for (unsigned i = 1; i < op->getNumResults(); ++i)
    if (!op->getResult(i).use_empty())
      return false;
  return true;
}

/// What works on each channel of an image by itself.
bool ChannelRules::pool() {
  if (!in(0) || !out() || in(0)->size() < 2 || in(0)->size() != out()->size())
    return false;
  if (op->getNumResults() > 1 && !op->getResult(1).use_empty())
    return false; // indices into the whole tensor
  graph.same((*in(0))[0], (*out())[0]);
  graph.same((*in(0))[1], (*out())[1]);
  freezeFrom(*in(0), 2, because("slides over it"));
  freezeFrom(*out(), 2, because("slides over it"));
  return true;
}

/// What mixes the elements of one dim, and of that alone.
bool ChannelRules::alongAxis() {
  if (!in(0) || !out() || in(0)->size() != out()->size())
    return false;
  std::optional<int64_t> at = axis(-1, in(0)->size());
  // Before version 13 it was all dims from the axis on.
  if (!at || (type != "LpNormalization" && opsetOf(op) < 13))
    at = std::min<int64_t>(axis(1, in(0)->size()).value_or(0), in(0)->size());
  bool onwards = type != "LpNormalization" && opsetOf(op) < 13;
  broadcast(*in(0), *out());
  for (size_t i = *at; i < (onwards ? out()->size() : *at + 1); ++i)
    graph.freeze((*out())[i], because("spans it"));
  return true;
}

/// LayerNormalization and kin: dims from the axis on are normalized together.
bool ChannelRules::normalizeFrom() {
  if (!in(0) || !out() || in(0)->size() != out()->size())
    return false;
  std::optional<int64_t> at = axis(-1, in(0)->size());
  if (!at)
    return false;
  broadcast(*in(0), *out());
  freezeFrom(*out(), *at, because("spans it"));
  for (unsigned i = 1; i < op->getNumOperands(); ++i)
    if (const ChannelDims *dims = in(i))
      freezeFrom(*dims, 0, because("spans it"));
  for (unsigned i = 1; i < op->getNumResults(); ++i)
    if (const ChannelDims *dims = out(i))
      freezeFrom(*dims, 0, because("spans it"));
  return true;
}

/// RoiAlign takes the channels of its first operand as they are.
bool ChannelRules::leading() {
  if (!in(0) || !out() || in(0)->size() != 4 || out()->size() != 4)
    return false;
  graph.same((*in(0))[1], (*out())[1]);
  for (size_t d : {0, 2, 3}) {
    graph.freeze((*in(0))[d], asWhole());
    graph.freeze((*out())[d], asWhole());
  }
  for (unsigned i = 1; i < op->getNumOperands(); ++i)
    if (const ChannelDims *dims = in(i))
      freezeFrom(*dims, 0, asWhole());
  return true;
}

bool ChannelRules::einsum() {
  auto equation = op->getAttrOfType<mlir::StringAttr>("equation");
  if (!equation || !out() || equation.getValue().contains("..."))
    return false;
  auto [left, right] = equation.getValue().split("->");
  llvm::SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (right.empty() || terms.size() != op->getNumOperands())
    return false;
  std::map<char, ChannelDim> byLetter;
  auto relate = [&](StringRef term, const ChannelDims *dims) {
    size_t at = 0;
    for (char letter : term) {
      if (letter == ' ')
        continue;
      if (!dims || at >= dims->size())
        return false;
      auto [it, inserted] = byLetter.try_emplace(letter, (*dims)[at]);
      graph.same(it->second, (*dims)[at++]);
    }
    return dims && at == dims->size();
  };
  bool fits = relate(right, out());
  for (auto [i, term] : llvm::enumerate(terms))
    fits = fits && relate(term, in(i));
  return fits;
}

/// Attention as one op, of rank-3 operands: columns are heads of equal width.
bool ChannelRules::attention() {
  bool packed = type == "Attention" && domain == "com.microsoft";
  int64_t heads = intAttr(op, "num_heads", 0);
  // The first and the last operand and result without a cache.
  if (heads < 1 || !in(0) || in(0)->size() != 3 || !out() || out()->size() != 3 ||
      out()->back().size % heads != 0 || op->hasAttr("qkv_hidden_sizes"))
    return false;
  for (unsigned i = 1; i < op->getNumResults(); ++i)
    if (!op->getResult(i).use_empty())
      return false;
  // Of MultiHeadAttention a bias, and what is added to the scores of all heads alike.
  constexpr unsigned kBias = 3, kAdded = 5;
  for (unsigned i = 3; i < op->getNumOperands(); ++i) {
    bool fits = !packed && (i == kBias ||
                            (i == kAdded && in(i) && in(i)->size() == 4 && (*in(i))[1].size == 1));
    if (has(i) && !fits)
      return false;
  }
  // Columns of all heads, part after part (Q, K, V).
  auto join = [&](ChannelDim dim, int64_t parts) {
    int64_t width = dim.size / (parts * heads);
    if (width * parts * heads != dim.size)
      return false;
    int64_t outWidth = out()->back().size / heads;
    for (int64_t i = 0; i < dim.size; ++i)
      graph.join(graph.classOf(out()->back(), i / width % heads * outWidth), graph.classOf(dim, i));
    return true;
  };
  graph.markHeads(op, out()->back());
  bool fits = join(out()->back(), 1);
  if (packed) {
    if (!in(1) || in(1)->size() != 2 || (has(2) && !in(2)))
      return false;
    graph.same(in(0)->back(), in(1)->front());
    fits = fits && join(in(1)->back(), 3) && (!has(2) || join(in(2)->front(), 3));
    produce(1, 1);
  } else {
    for (unsigned i : {0u, 1u, 2u})
      fits = fits && in(i) && in(i)->size() == 3 && join(in(i)->back(), 1);
    fits = fits && (!has(3) || (in(3) && join(in(3)->front(), 3)));
  }
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    for (size_t d = 0; in(i) && in(i)->size() == 3 && d < 2; ++d)
      graph.freeze((*in(i))[d], asWhole());
  if (has(kAdded) && !packed)
    freezeFrom(*in(kAdded), 0, asWhole());
  graph.freeze((*out())[0], asWhole());
  graph.freeze((*out())[1], asWhole());
  return fits;
}

void ChannelRules::run() {
  if (op->getNumResults() != 0 && constantBehind(op->getResult(0)))
    return;
  using Rule = bool (ChannelRules::*)();
  Rule rule = nullptr;
  bool standard = domain.empty() || domain == "ai.onnx";
  if (standard && op->getNumRegions() == 0)
    rule =
        llvm::StringSwitch<Rule>(type)
            .Cases("Relu", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Clip",
                   "Erf", "Exp", "Log", &ChannelRules::elementwise)
            .Cases("Sqrt", "Reciprocal", "Neg", "Abs", "Elu", "Selu", "Celu", "Gelu", "Mish",
                   "Softplus", &ChannelRules::elementwise)
            .Cases("Softsign", "ThresholdedRelu", "Floor", "Ceil", "Round", "Sign", "Sin", "Cos",
                   "Identity", "Dropout", &ChannelRules::elementwise)
            .Cases("Cast", "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean",
                   &ChannelRules::elementwise)
            .Cases("Where", "Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "And",
                   "Or", "Not", "PRelu", &ChannelRules::elementwise)
            .Cases("Swish", "IsNaN", "Xor", "Mod", &ChannelRules::elementwise)
            .Cases("QuantizeLinear", "DequantizeLinear", &ChannelRules::quantize)
            .Cases("Conv", "ConvTranspose", &ChannelRules::conv)
            .Case("Gemm", &ChannelRules::gemm)
            .Case("MatMul", &ChannelRules::matMul)
            .Cases("BatchNormalization", "InstanceNormalization", &ChannelRules::channelParameters)
            .Cases("MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool",
                   "GlobalLpPool", &ChannelRules::pool)
            .Cases("Softmax", "LogSoftmax", "Hardmax", "LpNormalization", &ChannelRules::alongAxis)
            .Cases("LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization",
                   &ChannelRules::normalizeFrom)
            .Case("Concat", &ChannelRules::concat)
            .Case("Split", &ChannelRules::split)
            .Case("Slice", &ChannelRules::slice)
            .Case("Gather", &ChannelRules::gather)
            .Case("Transpose", &ChannelRules::transpose)
            .Cases("Reshape", "Flatten", "Squeeze", "Unsqueeze", &ChannelRules::reshape)
            .Case("Expand", &ChannelRules::expand)
            .Case("Tile", &ChannelRules::tile)
            .Case("ConstantOfShape", &ChannelRules::filled)
            .Cases("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1",
                   "ReduceL2", "ReduceSumSquare", "ArgMax", "ArgMin", &ChannelRules::reduce)
            .Cases("Resize", "Upsample", "Pad", &ChannelRules::resize)
            .Case("RoiAlign", &ChannelRules::leading)
            .Case("Einsum", &ChannelRules::einsum)
            .Default(nullptr);
  else if (domain == "com.microsoft")
    rule = llvm::StringSwitch<Rule>(type)
               .Cases("Gelu", "FastGelu", "QuickGelu", "BiasGelu", &ChannelRules::elementwise)
               .Cases("QuantizeLinear", "DequantizeLinear", &ChannelRules::quantize)
               .Cases("Attention", "MultiHeadAttention", &ChannelRules::attention)
               .Default(nullptr);
  if (standard && type == "Shape") {
    if (out())
      freezeFrom(*out(), 0, asWhole());
    return;
  }
  if (!rule || !(this->*rule)())
    freezeAll();
}

void energyopt::relateChannels(ChannelGraph &graph, Operation *op) {
  ChannelRules(graph, op).run();
}
