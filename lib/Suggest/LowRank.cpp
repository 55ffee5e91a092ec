//===- LowRank.cpp - Matrices as products of thin ones -------------------===//

#include "Suggest/Rewrites.h"

using namespace energyopt;

llvm::ArrayRef<Check> energyopt::lowRankChecks() { return {}; }
