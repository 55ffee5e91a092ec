//===- OpsetForms.h - Old forms of ops made new -----------------*- C++ -*-===//
//
// ONNX moved attributes to operands and changed defaults over its versions. The
// rules know only the newest form of an op; this is where older ones become it.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_COST_OPSETFORMS_H
#define ENERGY_OPT_LIB_COST_OPSETFORMS_H

#include "energy-opt/OpView.h"

namespace energyopt {

/// Gives `op` the operands that the newest version of its op has in place of
/// the attributes of op.opset: the axes of Squeeze-1, the pads of Pad-2, the
/// broadcast axis of Add-6. They live in op.normalized; op.inputs points there.
void normalizeOpset(OpView &op);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_COST_OPSETFORMS_H
