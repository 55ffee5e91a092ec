//===- Precision.cpp - Narrower number formats ---------------------------===//

#include "Suggest/Rewrites.h"

using namespace energyopt;

llvm::ArrayRef<Check> energyopt::precisionChecks() { return {}; }
