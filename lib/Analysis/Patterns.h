//===- Patterns.h - Framework ops that exporters take apart -----*- C++ -*-===//
//
// Exporters write GELU, layer norm or attention as 5 to 20 nodes that every
// runtime runs as one kernel. A pattern is found by its arithmetic, not by
// names: a region between one source tensor and one result.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_PATTERNS_H
#define ENERGY_OPT_LIB_ANALYSIS_PATTERNS_H

#include "GraphIndex.h"

namespace energyopt {

/// Rows that are one op to a runtime.
struct Composite {
  const char *name; // "Gelu"
  Role role;
  const char *why;
  llvm::SmallVector<int32_t, 12> rows; // in order
};

struct Composites {
  std::vector<Composite> list;
  std::vector<int32_t> of; // per row, -1: none

  Composites(const GraphIndex &index, const RuntimeProfile &runtime);
  bool contains(int32_t row) const { return of[row] >= 0; }
  void add(Composite composite);
};

/// KN2: activations and normalizations (Diamonds.cpp).
void findDiamonds(const GraphIndex &index, const RuntimeProfile &runtime, Composites &found);
/// KN3: softmax(Q K^T) V with what is around it (AttentionPattern.cpp).
void findAttention(const GraphIndex &index, Composites &found);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_PATTERNS_H
