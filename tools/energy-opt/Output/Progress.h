//===- Progress.h - What a long run is at -----------------------*- C++ -*-===//
//
// One line on stderr for a person who waits: from the second second on, on a
// terminal, gone at the end. Not in CI, where nobody waits.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_TOOL_OUTPUT_PROGRESS_H
#define ENERGY_OPT_TOOL_OUTPUT_PROGRESS_H

#include "llvm/ADT/Twine.h"

namespace energyopt {

/// Shows stages while it lives, if somebody `wants` them and can see them. There
/// is one at a time.
class Progress {
public:
  explicit Progress(bool wanted);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// What is being done from now on. Of any thread.
  static void stage(const llvm::Twine &text);
  /// How far a run over several models is; stages are not shown from then on.
  static void models(const llvm::Twine &text);
  /// Takes the line away until the next stage: something is about to be printed.
  static void pause();
};

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OUTPUT_PROGRESS_H
