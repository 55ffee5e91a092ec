//===- Work.h - What an op does, free of any hardware -----------*- C++ -*-===//
//
// The counts that a Target turns into joules and seconds. An op never knows
// hardware, a target never knows ops: this is all that passes between them.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_WORK_H
#define ENERGY_OPT_WORK_H

#include "energy-opt/DType.h"

namespace energyopt {

/// Kinds of arithmetic that hardware runs at different efficiency.
enum class WorkClass : uint8_t {
  Conv,           // dense convolution, groups = 1
  GroupedConv,    // 1 < groups < channels
  DepthwiseConv,  // one input channel per group
  MatMul,         // contraction with a parameter operand
  BatchMatMul,    // contraction of two activations (attention products)
  Vector,         // add, mul, fma = 2, div, sqrt, compare, convert: 1 each
  Transcendental, // exp, log, erf, tanh, sin, pow …: 1 each
};
inline bool isContraction(WorkClass c) { return c <= WorkClass::BatchMatMul; }

/// A contraction as `groups` independent products [m,k]x[k,n]; for a
/// convolution m = N*OH*OW, n = OC/groups, k = IC/groups*KH*KW.
struct ContractionDims {
  Expr groups = 1, m = 1, n = 1, k = 1;
};

struct WorkItem {
  WorkClass cls = WorkClass::Vector;
  /// Type that is computed in (operands of a contraction).
  DType dtype = DType::F32;
  /// Multiply-accumulates of a contraction, operations otherwise.
  Expr count;
  ContractionDims dims; // contractions only
};

enum class WorkStatus : uint8_t {
  Modelled,
  Free,      // metadata only: no arithmetic, no bytes moved
  Bounded,   // data-dependent: the counts are an upper bound
  Unmodelled // no rule, or a shape it needs is unknown; see `reason`
};

struct Work {
  WorkStatus status = WorkStatus::Modelled;
  std::string reason; // of Unmodelled and Bounded
  llvm::SmallVector<WorkItem, 2> items;
  /// Bytes read of each input and written of each output, aligned with the
  /// op's operands (0 for an absent one). A Gather reads rows, not its table.
  /// Ops that write into operands (memrefs) append to writeBytes, after the
  /// results, the bytes written into each operand.
  llvm::SmallVector<Expr, 4> readBytes, writeBytes;
  /// The formula with its numbers put in, one line each; filled only when the
  /// OpView asks for an explanation.
  std::vector<std::string> equations;

  static Work free() {
    Work w;
    w.status = WorkStatus::Free;
    return w;
  }
  static Work unmodelled(std::string reason) {
    Work w;
    w.status = WorkStatus::Unmodelled;
    w.reason = std::move(reason);
    return w;
  }
  Work &add(WorkClass cls, DType dtype, Expr count, ContractionDims dims = {});
};

/// The published counts (definitions in docs/model.md).
struct WorkTotals {
  Expr macs, flops, intOps, transcendentals;
};
WorkTotals totals(const Work &work);

} // namespace energyopt

#endif // ENERGY_OPT_WORK_H
