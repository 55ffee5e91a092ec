//===- OnnxModule.h - ONNX models as modules of a pipeline ------*- C++ -*-===//
//
// A module of the importer's form (OnnxImporter.h) that was printed, or written by
// hand, has no model file behind it. Small contents stand in it: `value`, a dense
// attribute of an initializer or of a Constant node, takes the place of a reference.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_SUGGEST_ONNXMODULE_H
#define ENERGY_OPT_LIB_SUGGEST_ONNXMODULE_H

#include "energy-opt/OnnxImporter.h"

#include "llvm/ADT/StringMap.h"

namespace energyopt {

/// Whether checks that rewrite a model know the module: @main of one block, `onnx`
/// ops alone, and regions named as the importer does. Empty if they do, else what
/// is in the way.
std::string whyNotOnnx(mlir::ModuleOp module);

/// Writes the contents of small weights into the module.
void embedSmallWeights(ImportedModel &model);

/// A copy of a module of whyNotOnnx's form in which contents are weights and every
/// node has a name of its own: by these names, `nodes` has those of `module`.
ImportedModel modelOf(mlir::ModuleOp module, llvm::StringMap<mlir::Operation *> &nodes);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_ONNXMODULE_H
