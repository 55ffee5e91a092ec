//===- Interrupt.h - Ending between two lines -------------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_OUTPUT_INTERRUPT_H
#define ENERGY_OPT_TOOL_OUTPUT_INTERRUPT_H

namespace energyopt {

/// While one lives, SIGINT, SIGTERM and SIGHUP wait: what is being written is written
/// whole. One at a time.
class WholeWrite {
public:
  WholeWrite();
  ~WholeWrite();
  WholeWrite(const WholeWrite &) = delete;
  WholeWrite &operator=(const WholeWrite &) = delete;
};

/// Call it before the first one, after other handlers are set.
void deferInterrupts();

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_OUTPUT_INTERRUPT_H
