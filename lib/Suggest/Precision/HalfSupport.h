//===- HalfSupport.h - What ONNX computes in 16 bits ------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRECISION_HALFSUPPORT_H
#define ENERGY_OPT_LIB_SUGGEST_PRECISION_HALFSUPPORT_H

#include "Suggest/Precision/PrecisionParts.h"

namespace energyopt {

/// Why a node of the graph has to compute in float32; null if it does not.
const char *whyFloat32(mlir::Operation *op, DType narrow);
/// Whether results may be far larger than operands, or sum many of them.
bool growsLarge(mlir::Operation *op);
/// Operands and results that are float32 whatever the node computes in.
bool staysFloat32(mlir::Operation *op, unsigned operand);
bool resultStaysFloat32(mlir::Operation *op, unsigned result);

/// Little-endian elements, rounded to nearest even. Finite ones beyond the
/// narrow type's range become its largest, and are counted.
std::vector<uint8_t> narrowFloats(llvm::ArrayRef<float> values, DType narrow, size_t &clamped);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRECISION_HALFSUPPORT_H
