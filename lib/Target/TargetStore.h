//===- TargetStore.h - Where target files come from -------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_TARGET_TARGETSTORE_H
#define ENERGY_OPT_LIB_TARGET_TARGETSTORE_H

#include "energy-opt/Target.h"

namespace energyopt {

/// A YAML file of this repository, in the binary.
struct EmbeddedTarget {
  TargetEntry entry;
  llvm::StringRef text;
};
/// Generated from targets/*.yaml, sorted by name.
llvm::ArrayRef<EmbeddedTarget> embeddedTargets();
/// Generated from constants.yaml.
llvm::StringRef embeddedConstants();

/// loadTarget and parseTarget with the number of files that extend this one.
llvm::Expected<Target> loadBase(llvm::StringRef nameOrPath, int depth);
llvm::Expected<Target> parseTarget(llvm::StringRef text, llvm::StringRef path, int depth);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_TARGET_TARGETSTORE_H
