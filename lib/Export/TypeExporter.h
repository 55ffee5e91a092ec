//===- TypeExporter.h - MLIR types to TypeProto -----------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_EXPORT_TYPEEXPORTER_H
#define ENERGY_OPT_LIB_EXPORT_TYPEEXPORTER_H

#include "Export/WireMessage.h"

#include "mlir/IR/Types.h"

namespace energyopt {

/// A TypeProto; empty for !onnx.value and for types that ONNX lacks.
WireMessage typeProto(mlir::Type type);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_EXPORT_TYPEEXPORTER_H
