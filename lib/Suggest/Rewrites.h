//===- Rewrites.h - What checks share ---------------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_REWRITES_H
#define ENERGY_OPT_LIB_SUGGEST_REWRITES_H

#include "energy-opt/Checks.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace energyopt {

// One function for each check, see Checks.cpp.
void removeDeadCode(ImportedModel &model, RewriteLog &log);
void foldBatchNorms(ImportedModel &model, RewriteLog &log);
void removeIdentities(ImportedModel &model, RewriteLog &log);
void mergeCommonSubexpressions(ImportedModel &model, RewriteLog &log);
void shareInitializers(ImportedModel &model, RewriteLog &log);

/// What a log calls `op`: its name, else "Conv -> output".
std::string loggedName(mlir::Operation *op);
bool isNamed(mlir::Operation *op, llvm::StringRef onnxName);
/// An attribute of a node; `fallback` if it is absent or of another kind.
int64_t intAttr(mlir::Operation *op, llvm::StringRef name, int64_t fallback);
/// Version of ai.onnx that `op` is written in.
int64_t opsetOf(mlir::Operation *op);

/// Where the contents of an initializer that no run can override are; nullopt
/// for any other op.
std::optional<WeightRef> constantOf(mlir::Operation *op);

/// A float32 initializer with new contents.
mlir::Value addConstant(mlir::OpBuilder &builder, WeightReader &weights,
                        mlir::RankedTensorType type, llvm::ArrayRef<float> values,
                        llvm::StringRef name);

/// Erases nodes that nobody uses and whose running changes nothing, and
/// initializers and placeholders without users.
void eraseUnused(mlir::ModuleOp module, RewriteLog *log = nullptr);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_REWRITES_H
