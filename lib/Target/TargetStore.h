//===- TargetStore.h - Where target files come from -------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_TARGET_TARGETSTORE_H
#define ENERGY_OPT_LIB_TARGET_TARGETSTORE_H

#include "energy-opt/Target.h"

namespace energyopt {

/// By its place in builtinTargets().
Target builtinTarget(size_t index);

/// loadTarget and parseTarget with the number of files that extend this one.
llvm::Expected<Target> loadBase(llvm::StringRef nameOrPath, int depth);
llvm::Expected<Target> parseTarget(llvm::StringRef text, llvm::StringRef path, int depth);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_TARGET_TARGETSTORE_H
