//===- CallExpansion.h - What calls of calls come to ------------*- C++ -*-===//
//
// Sixty functions that each call the next one twice are a few kB of text and
// 2^60 ops. A walk that follows calls would find that out by running into its
// limit, after gigabytes.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_GRAPH_CALLEXPANSION_H
#define ENERGY_OPT_LIB_GRAPH_CALLEXPANSION_H

#include "mlir/IR/Operation.h"

namespace energyopt {

/// The function with a body that an op calls; null if it calls none.
using CalleeOf = llvm::function_ref<mlir::Operation *(mlir::Operation *)>;

/// Ops in the body of `function` and, as often as they are called, in those of the
/// functions that it calls; without terminators, the last of each block. Held at
/// 2^64 - 1. Regions of ops are left out, as a walk may have other ways with them: it
/// visits no fewer than this. A function that calls itself, however it does, counts once.
/// Linear in the ops of all the functions; calls may be nested as deep as they like.
uint64_t expandedOps(mlir::Operation *function, CalleeOf calleeOf);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_GRAPH_CALLEXPANSION_H
