//===- Decoder.h - A language model as its graph declares it ----*- C++ -*-===//
//
// Which dims are the tokens of a run and the tokens before it, so that
// serving can bind them for the prompt and for each step.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_DECODER_H
#define ENERGY_OPT_DECODER_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace energyopt {

struct ImportedModel;

/// Whether an input or output of that name and rank holds keys or values:
/// [batch, heads, tokens, head size], or both behind a dim of 2.
inline bool isCacheName(llvm::StringRef name, size_t rank) {
  return rank >= 4 && (name.contains_insensitive("past") || name.contains_insensitive("present") ||
                       name.contains_insensitive("cache"));
}

/// A dim by its name, or of a fixed size.
struct DecoderDim {
  std::string symbol; // "" if fixed
  int64_t size = 0;   // of a fixed one
};

struct DecoderGraph {
  /// Tokens see only those before them.
  bool causal = false;
  /// Keys and values of earlier tokens come in; those of all go out.
  bool takesCache = false, givesCache = false;
  /// Dim 1 of the first input that is no cache.
  std::optional<DecoderDim> tokens;
  /// Of the first input of keys or values: what is neither batch nor fixed.
  std::optional<DecoderDim> past;
  /// A dim of a mask of its own name, as long as both together; "" if none.
  std::string total;
};

DecoderGraph findDecoder(ImportedModel &model);

} // namespace energyopt

#endif // ENERGY_OPT_DECODER_H
