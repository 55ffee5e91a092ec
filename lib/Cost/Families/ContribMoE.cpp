//===- ContribMoE.cpp - Mixtures of experts -------------------------------===//

#include "Cost/Families/ContribMoE.h"
#include "Cost/Families/Checks.h"
#include "Cost/Families/Common.h"
#include "Cost/Families/Contraction.h"
#include "Cost/Families/Delegate.h"
#include "Cost/Families/Elementwise.h"
#include "Cost/Families/Quantize.h"
#include "Cost/Families/RunTime.h"
#include "Cost/Families/Select.h"
#include "Cost/Families/Softmax.h"

#include <cmath>

using namespace energyopt;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

namespace {

/// Inputs of the three layers; -1: no scales.
struct Layer {
  unsigned weight;
  int scales;
  unsigned bias;
};

llvm::ArrayRef<Layer> layersOf(bool quantized) {
  static const Layer plain[] = {{2, -1, 3}, {4, -1, 5}, {6, -1, 7}};
  static const Layer packed[] = {{2, 3, 4}, {5, 6, 7}, {8, 9, 10}};
  return quantized ? packed : plain;
}

struct Experts {
  Expr tokens, hidden, number;
  int64_t chosen;
};

/// Values that an element of the weight holds.
Expected<int64_t> packing(const OpView &op, bool quantized) {
  if (!quantized || op.in(2).dtype != DType::U8)
    return 1;
  std::string type = op.stringAttr("quant_type", "int");
  int64_t bits = type == "int" ? op.intAttr("expert_weight_bits", 4) : type == "fp8" ? 8 : 4;
  if (bits != 2 && bits != 4 && bits != 8)
    return op.error("expert_weight_bits is " + Twine(bits) + ", expected 2, 4 or 8");
  return 8 / bits;
}

Expected<Experts> readExperts(const OpView &op) {
  int64_t k = op.intAttr("k", 1);
  if (k < 1)
    return op.error("attribute k is " + Twine(k) + ", expected at least 1");
  const ValueInfo &input = op.in(0);
  if (input.rank() != 2 && input.rank() != 3)
    return op.error("input 0 has rank " + Twine(input.rank()) +
                    ", expected [tokens, hidden] or [batch, sequence, hidden]");
  if (Error e = requireRank(op, 1, 2))
    return e;
  if (Error e = requireRank(op, 2, 3))
    return e;
  Expr number = op.in(2).dim(0);
  auto experts = op.ctx->unify(number, op.in(1).dim(1));
  if (!experts)
    return op.error("the router chooses among " + op.in(1).dim(1).str() +
                    " experts, but there are " + number.str());
  if (experts->constant() && k > *experts->constant())
    return op.error("chooses " + Twine(k) + " of " + experts->str() + " experts");
  Shape rows(input.shape->begin(), std::prev(input.shape->end()));
  return Experts{numElements(rows), input.shape->back(), *experts, k};
}

Error shapeMoE(OpView &op, const RuleParams &params) {
  auto layers = layersOf(params.a);
  if (!op.has(0) || !op.has(1) || !op.has(layers[0].weight) || !op.has(layers[1].weight))
    return op.error("needs input, router_probs, fc1 and fc2 weights");
  if (auto pack = packing(op, params.a); !pack)
    return pack.takeError();
  if (op.ranked(0) && op.ranked(1) && op.ranked(2))
    if (auto experts = readExperts(op); !experts)
      return experts.takeError();
  setOutput(op, 0, op.in(0).dtype, op.in(0).shape);
  return Error::success();
}

/// The gate's activation on the first layer's results.
bool addGate(const OpView &op, Work &work, DType type, const Expr &inner) {
  std::string activation = op.stringAttr("activation_type", "relu");
  if (activation != "swiglu")
    return addActivation(op, work, activation, type, inner);
  addElementwise(work, type, inner, 2); // + beta, product of the halves
  return addActivation(op, work, "Swish", type, inner);
}

/// SV12: share of n experts that tokens use which choose k each, evenly and apart
/// from one another: 1 - (1 - k/n)^tokens
double shareOfExperts(int64_t n, int64_t k, int64_t tokens) {
  return k >= n ? 1 : -std::expm1(tokens * std::log1p(-static_cast<double>(k) / n));
}

/// `whole`, of all experts, as far as tokens are expected to use them. Open
/// sizes are bounded by min(n, tokens*k) experts.
Expr usedPart(const Expr &whole, const Experts &e) {
  if (auto n = e.number.constant(), tokens = e.tokens.constant(), all = whole.constant();
      n && tokens && all && *n > 0 && *all < int64_t(1) << 62)
    return Expr(std::llround(*all * shareOfExperts(*n, e.chosen, *tokens)));
  return whole.ceilDiv(e.number) * Expr::min(e.number, e.tokens * e.chosen);
}

/// A2: macs = tokens*k * weights of one expert; the weights of each expert that
/// is used are read once.
Work workMoE(const OpView &op, const RuleParams &params) {
  auto layers = layersOf(params.a);
  for (unsigned input : {0u, 1u, layers[0].weight, layers[1].weight})
    if (!op.ranked(input))
      return unknownShape(op);
  auto experts = readExperts(op);
  if (!experts)
    return unmodelledError(experts.takeError());
  auto pack = packing(op, params.a);
  if (!pack)
    return unmodelledError(pack.takeError());
  Work work = tensorWork(op);
  if (work.status == WorkStatus::Unmodelled)
    return work;

  DType type = op.in(0).dtype;
  Expr routed = experts->tokens * experts->chosen;
  auto perExpert = [&](const Expr &whole) { return whole.ceilDiv(experts->number); };
  Expr inner = 0;
  for (auto [i, layer] : llvm::enumerate(layers)) {
    if (!op.has(layer.weight))
      continue;
    Expr weights = perExpert(op.in(layer.weight).elements()) * *pack;
    Expr width = weights.exactDiv(experts->hidden).value_or(weights.floorDiv(experts->hidden));
    if (i == 1)
      inner = width;
    ContractionDims dims = i == 1 ? ContractionDims{1, routed, experts->hidden, width}
                                  : ContractionDims{1, routed, width, experts->hidden};
    addMatMul(op, work, type, /*parameter=*/true, dims);
    if (params.a)
      addElementwise(work, type, usedPart(op.in(layer.weight).elements() * *pack, *experts),
                     dequantizeOps(/*zeroPoint=*/true));
    if (op.has(layer.bias))
      addElementwise(work, type, routed * perExpert(op.in(layer.bias).elements()), 1);
    for (int input : {static_cast<int>(layer.weight), layer.scales, static_cast<int>(layer.bias)})
      if (input >= 0 && op.has(input))
        work.readBytes[input] = usedPart(work.readBytes[input], *experts);
  }
  if (!addGate(op, work, type, routed * inner))
    return unknownActivation(op.stringAttr("activation_type", "relu"));
  // Route, then weigh and add what the chosen experts say.
  Expr scores = experts->tokens * experts->number;
  addSoftmax(work, type, scores);
  work.add(WorkClass::Vector, type,
           sortComparisons(scores, experts->chosen) + routed * experts->hidden * 2);
  markBounded(work,
              "which experts are used depends on the data: their expected number where tokens "
              "choose evenly");
  return work;
}

} // namespace

const Family energyopt::moeFamily = {
    "mixture-of-experts", "A2: macs = tokens*k*(weights of one expert)", shapeMoE, workMoE};
