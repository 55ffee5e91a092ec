//===- Work.cpp - Adding up what an op does -------------------------------===//

#include "energy-opt/Work.h"

using namespace energyopt;

Work &Work::add(WorkClass cls, DType dtype, Expr count, ContractionDims dims) {
  if (!count.is(0))
    items.push_back({cls, dtype, std::move(count), std::move(dims)});
  return *this;
}

/// P1: macs = sum of contractions; flops = 2*macs of float types + all other
/// float operations; int_ops the same of the other types; a transcendental
/// counts in flops and in transcendentals.
WorkTotals energyopt::totals(const Work &work) {
  WorkTotals sum;
  for (const WorkItem &item : work.items) {
    bool contraction = isContraction(item.cls);
    if (contraction)
      sum.macs += item.count;
    Expr &operations = isFloat(item.dtype) || isComplex(item.dtype) ? sum.flops : sum.intOps;
    operations += contraction ? Expr(2) * item.count : item.count;
    if (item.cls == WorkClass::Transcendental)
      sum.transcendentals += item.count;
  }
  return sum;
}
