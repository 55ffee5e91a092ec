//===- LoopContraction.cpp - Which loops make a matrix product ------------===//

#include "Mlir/LoopContraction.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;

ContractionDims energyopt::contractionOf(llvm::ArrayRef<LoopUse> loops) {
  ContractionDims dims;
  for (const LoopUse &loop : loops) {
    Expr &role = loop.acc ? (loop.lhs == loop.rhs ? dims.groups
                             : loop.lhs           ? dims.m
                                                  : dims.n)
                          : dims.k;
    role *= loop.trips;
  }
  return dims;
}

WorkClass energyopt::contractionClass(llvm::ArrayRef<LoopUse> loops, bool parameter) {
  if (llvm::none_of(loops, [](const LoopUse &loop) { return loop.window; }))
    return parameter ? WorkClass::MatMul : WorkClass::BatchMatMul;
  bool grouped = false, channels = false;
  for (const LoopUse &loop : loops) {
    if (loop.trips.is(1))
      continue;
    grouped |= loop.lhs && loop.rhs && loop.acc;
    channels |= loop.lhs && loop.rhs && !loop.acc && !loop.window;
  }
  if (!grouped)
    return WorkClass::Conv;
  return channels ? WorkClass::GroupedConv : WorkClass::DepthwiseConv;
}
