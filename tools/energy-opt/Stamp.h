//===- Stamp.h - Which sources this was built from --------------*- C++ -*-===//

#ifndef ENERGY_OPT_TOOL_STAMP_H
#define ENERGY_OPT_TOOL_STAMP_H

#include "llvm/ADT/StringRef.h"

namespace energyopt {

/// As `git describe` says, "v0.1.0-12-g8f12904"; empty for a release and outside of
/// git. Its file is compiled anew with each commit (lib/Package/Stamp.cmake).
llvm::StringRef buildStamp();

} // namespace energyopt

#endif // ENERGY_OPT_TOOL_STAMP_H
