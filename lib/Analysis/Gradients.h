//===- Gradients.h - Which rows a backward pass visits ----------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_GRADIENTS_H
#define ENERGY_OPT_LIB_ANALYSIS_GRADIENTS_H

#include "energy-opt/WorkGraph.h"

namespace energyopt {

/// TR1: a tensor has a gradient if it is a float and some trained parameter
/// leads to it.
class Gradients {
public:
  explicit Gradients(const WorkGraph &graph);

  bool carries(int32_t tensor) const { return tensor >= 0 && carrying[tensor]; }
  /// Whether the backward pass visits the row.
  bool visits(const GraphRow &row) const;
  /// Products that forward and backward pass of a contraction make, of its size
  /// each: one, and one per operand that has a gradient.
  int64_t products(const GraphRow &row) const;
  /// Whether it is a parameter that an optimizer changes.
  bool isTrained(int32_t tensor) const { return trainedFlags[tensor]; }
  /// Whether a parameter is behind it, be it through rows computed at load.
  bool isWeight(int32_t tensor) const;
  int32_t root(int32_t tensor) const;
  /// The graph has parameters to train; else all of its float inputs count as
  /// such.
  bool hasParameters = false;

private:
  void findTrained();
  void propagate();

  const WorkGraph &graph;
  std::vector<bool> carrying, trainedFlags;
};

bool isContractionRow(const GraphRow &row);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_GRADIENTS_H
