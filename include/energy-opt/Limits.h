//===- Limits.h - What a file may ask for -----------------------*- C++ -*-===//
//
// A file that somebody else wrote can ask for any amount of memory, stack and
// time: nested graphs, calls that multiply, dims by the thousand. These bounds lie
// far above what real models have; each that is met is an error which names the
// limit. docs/limits.md lists them.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIMITS_H
#define ENERGY_OPT_LIMITS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace energyopt {

enum class Limit : uint8_t {
  Nesting,     // of ONNX subgraphs
  Calls,       // of ONNX functions, inside one another
  Dims,        // of one tensor
  Parts,       // nodes, initializers and functions of a file
  Fields,      // of a protobuf file
  Depth,       // of bodies inside one another, calls followed
  Ops,         // that are visited once calls and loops are followed
  MlirNesting, // of brackets in MLIR text
  WeightBytes, // of one tensor whose values are read
};

struct LimitInfo {
  llvm::StringLiteral name;    // "nesting"
  uint64_t fallback, most;     // the default; what it may be raised to
  llvm::StringLiteral meaning; // "subgraphs inside one another"
};
llvm::ArrayRef<LimitInfo> allLimits();

uint64_t limitOf(Limit limit);

/// "--limit=nesting=N raises this, up to 200".
std::string howToRaise(Limit limit);

/// Sets a limit for the whole process; before any file is read. The Error's text is
/// "what is wrong", '\n', "how to mend it".
llvm::Error setLimit(llvm::StringRef name, uint64_t value);

} // namespace energyopt

#endif // ENERGY_OPT_LIMITS_H
