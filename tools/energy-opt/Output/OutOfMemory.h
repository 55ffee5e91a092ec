//===- OutOfMemory.h - Ending where memory runs out -------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OUTPUT_OUTOFMEMORY_H
#define ENERGY_OPT_TOOL_OUTPUT_OUTOFMEMORY_H

namespace energyopt {

/// From now on, running out of memory (`ulimit -v`, `-d`) ends the program as a model
/// does that cannot be read: in words, with exit code 2, and without a draft of what
/// was being written. MLIR's parser is recovered from instead.
void endInWordsWithoutMemory();

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OUTPUT_OUTOFMEMORY_H
