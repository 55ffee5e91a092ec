//===- Checkpoints.h - What the forward pass keeps --------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_ANALYSIS_CHECKPOINTS_H
#define ENERGY_OPT_LIB_ANALYSIS_CHECKPOINTS_H

#include "Gradients.h"

namespace energyopt {

/// TR4, TR5: results that live until the backward pass, and rows whose forward
/// work runs again for those that do not.
struct KeptResults {
  int64_t bytes = 0;
  /// The tensor that crosses from layer to layer: the median over the places
  /// where a single one does; 0 where there is none.
  int64_t boundaryBytes = 0;
  std::vector<bool> again; // by row
};

KeptResults keepResults(const WorkGraph &graph, const Gradients &gradients,
                        Checkpointing checkpointing);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_ANALYSIS_CHECKPOINTS_H
