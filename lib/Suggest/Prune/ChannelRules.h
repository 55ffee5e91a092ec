//===- ChannelRules.h - What each op says of the dims around it -*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRUNE_CHANNELRULES_H
#define ENERGY_OPT_LIB_SUGGEST_PRUNE_CHANNELRULES_H

#include "Suggest/Prune/Channels.h"
#include "Suggest/Rewrites.h"
#include "energy-opt/OnnxDialect.h"

namespace energyopt {

/// The rules of one op.
class ChannelRules {
public:
  ChannelRules(ChannelGraph &graph, mlir::Operation *op)
      : graph(graph), op(op), domain(onnxDomainAndType(op).first),
        type(onnxDomainAndType(op).second) {}

  void run();

private:
  const ChannelDims *in(unsigned i) const { return graph.dims(op, i); }
  const ChannelDims *out(unsigned i = 0) const {
    return i < op->getNumResults() ? graph.dims(op->getResult(i)) : nullptr;
  }
  bool has(unsigned i) const { return hasOperand(op, i); }
  std::string because(llvm::StringRef what) const {
    return (type + " '" + loggedName(op) + "' " + what).str();
  }
  std::string asWhole() const { return because("takes it as a whole"); }

  void freezeAll();
  void freezeFrom(const ChannelDims &dims, size_t first, llvm::StringRef why) {
    for (size_t i = first; i < dims.size(); ++i)
      graph.freeze(dims[i], why);
  }
  std::optional<std::vector<int64_t>> ints(llvm::StringRef attr, unsigned operand) const;
  std::optional<int64_t> axis(int64_t fallback, size_t rank) const;
  void broadcast(const ChannelDims &from, const ChannelDims &to, size_t trailing = 0);
  bool refine(llvm::ArrayRef<ChannelDim> a, llvm::ArrayRef<ChannelDim> b);
  bool samePart(const ChannelDims *part, const ChannelDims &whole, int64_t at, int64_t &offset);
  void joinGroups(ChannelDim a, ChannelDim b, int64_t groups);
  void produce(unsigned operand, unsigned dim);

  // Each returns false if it does not understand the op as it stands. What
  // computes is in ChannelRules.cpp, what moves or selects in ChannelMoves.cpp.
  bool elementwise();
  bool quantize();
  bool conv();
  bool gemm();
  bool matMul();
  bool channelParameters();
  bool pool();
  bool alongAxis();
  bool normalizeFrom();
  bool concat();
  bool split();
  bool slice();
  bool gather();
  bool transpose();
  bool reshape();
  bool expand();
  bool tile();
  bool reduce();
  bool resize();
  bool leading();
  bool einsum();
  bool attention();
  bool filled();

  ChannelGraph &graph;
  mlir::Operation *op;
  llvm::StringRef domain, type;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRUNE_CHANNELRULES_H
