//===- Decoder.h - What a language model's graph shows ----------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_DECODER_H
#define ENERGY_OPT_LIB_SUGGEST_DECODER_H

#include "Suggest/Rewrites.h"

namespace energyopt {

/// The product of hidden states [batch, tokens, K] with a vocabulary that makes
/// an output of the graph.
struct LogitsHead {
  mlir::Operation *projection = nullptr;
  /// Casts and additions of a bias behind it, the last one first.
  llvm::SmallVector<mlir::Operation *, 2> between;
  unsigned output = 0;
};

/// The head of a graph that computes logits of several tokens; nullopt if there
/// is none.
std::optional<LogitsHead> findLogitsHead(Rewrite &rewrite);

/// Whether tokens see only those before them: by a causal mask that the graph
/// makes or an op has, or because keys and values go in or out.
bool isCausalDecoder(mlir::ModuleOp module);
/// Whether a port is a tensor [batch, heads, tokens, head size] of keys or values.
bool isCachePort(mlir::Type type, mlir::DictionaryAttr attrs);
/// Whether keys and values are inputs or outputs.
bool hasCache(mlir::ModuleOp module);

/// shape-last-token-logits.
void projectLastToken(Rewrite &rewrite);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_DECODER_H
