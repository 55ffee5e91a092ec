//===- Completion.h - Scripts for shells ------------------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_COMMANDS_COMPLETION_H
#define ENERGY_OPT_TOOL_COMMANDS_COMPLETION_H

#include "llvm/Support/raw_ostream.h"

namespace energyopt {

void printBashCompletion(llvm::raw_ostream &os);
void printZshCompletion(llvm::raw_ostream &os);
void printFishCompletion(llvm::raw_ostream &os);

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_COMMANDS_COMPLETION_H
