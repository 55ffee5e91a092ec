//===- Rewrites.h - What checks share ---------------------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_REWRITES_H
#define ENERGY_OPT_LIB_SUGGEST_REWRITES_H

#include "energy-opt/Checks.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace energyopt {

// The tables, one for each family; Checks.cpp puts them in order.
llvm::ArrayRef<Check> exactChecks();
llvm::ArrayRef<Check> fusionChecks();
llvm::ArrayRef<Check> precisionChecks();
llvm::ArrayRef<Check> pruneChecks();
llvm::ArrayRef<Check> lowRankChecks();
llvm::ArrayRef<Check> shapeChecks();
llvm::ArrayRef<Check> deployChecks();

void foldBatchNorms(Rewrite &rewrite);        // exact-batchnorm-folding
void foldConstants(Rewrite &rewrite);         // exact-constant-folding
void freezeShapeArithmetic(Rewrite &rewrite); // exact-shape-arithmetic
void removeNoops(Rewrite &rewrite);           // exact-noop
void sinkTransposes(Rewrite &rewrite);        // exact-transpose-sinking
void fuseBias(Rewrite &rewrite);              // exact-fuse-bias
void fuseActivations(Rewrite &rewrite);       // exact-fuse-activation
void fuseGelu(Rewrite &rewrite);              // exact-fuse-gelu
void fuseLayerNorm(Rewrite &rewrite);         // exact-fuse-layernorm
void fuseRmsNorm(Rewrite &rewrite);           // exact-fuse-rmsnorm
void fuseRotary(Rewrite &rewrite);            // exact-fuse-rotary
void fuseAttention(Rewrite &rewrite);         // exact-fuse-attention

/// What a log calls `op`: its name, else "Conv -> output".
std::string loggedName(mlir::Operation *op);
/// Whether `op` is of that name and has the operands that every such op has.
bool isNamed(mlir::Operation *op, llvm::StringRef onnxName);
/// Whether an operand is there and not left out.
bool hasOperand(mlir::Operation *op, unsigned operand);
/// An attribute of a node; `fallback` if it is absent or of another kind.
int64_t intAttr(mlir::Operation *op, llvm::StringRef name, int64_t fallback);
float floatAttr(mlir::Operation *op, llvm::StringRef name, float fallback);
/// Version of ai.onnx that `op` is written in.
int64_t opsetOf(mlir::Operation *op);
/// Makes the model import `domain` at `version`, if it does not yet.
void requireDomain(mlir::ModuleOp module, llvm::StringRef domain, int64_t version);

/// Where the contents of an initializer that no run can override are; nullopt
/// for any other op.
std::optional<WeightRef> constantOf(mlir::Operation *op);
/// The same of an initializer or a Constant.
std::optional<WeightRef> contentsOf(mlir::Operation *constant);
/// Elements of such an op if they are few, read once for a model and its copies; null
/// if they are many or cannot be read.
std::shared_ptr<const TensorData> fewOf(mlir::Operation *constant, WeightReader &weights);
/// The initializer or Constant behind a value, through Identity; null if it is
/// computed or a run may override it.
mlir::Operation *constantBehind(mlir::Value value);

/// The contents of a constant; nullopt where they cannot be read.
std::optional<WeightBytes> bytesOf(Rewrite &rewrite, const WeightRef &constant);

/// A small float32 initializer (a scale, a threshold): it has its contents in
/// dry rewrites too.
mlir::Value addConstant(mlir::OpBuilder &builder, WeightReader &weights,
                        mlir::RankedTensorType type, llvm::ArrayRef<float> values,
                        llvm::StringRef name);
/// The same of int64, for shapes and axes.
mlir::Value addConstant(mlir::OpBuilder &builder, WeightReader &weights,
                        llvm::ArrayRef<int64_t> values, bool scalar, llvm::StringRef name);
/// The same of any type, from its little-endian elements.
mlir::Value addConstant(mlir::OpBuilder &builder, WeightReader &weights,
                        mlir::RankedTensorType type, std::vector<uint8_t> bytes,
                        llvm::StringRef name);
std::vector<uint8_t> littleEndian(llvm::ArrayRef<float> values);
/// An initializer of any type from its little-endian elements. Of a dry
/// rewrite `contents` is empty, and so are those of the initializer.
mlir::Value addWeight(mlir::OpBuilder &builder, Rewrite &rewrite, mlir::RankedTensorType type,
                      std::vector<uint8_t> contents, llvm::StringRef name);
/// Elements of `width` bytes each, of a tensor of `dims`, with its axes in the
/// order of `perm`.
std::vector<uint8_t> transposed(llvm::ArrayRef<uint8_t> bytes, llvm::ArrayRef<int64_t> dims,
                                llvm::ArrayRef<int64_t> perm, unsigned width);
/// A node "onnx.<name>" (domain "" is ai.onnx) with one result, called
/// `nodeName`; its result is called `resultName`.
mlir::Operation *addNode(mlir::OpBuilder &builder, llvm::StringRef domain, llvm::StringRef op,
                         mlir::ValueRange operands, mlir::Type result, llvm::StringRef nodeName,
                         llvm::StringRef resultName,
                         llvm::ArrayRef<mlir::NamedAttribute> attributes = {});

/// An operand that is left out, where others follow.
mlir::Value addAbsent(mlir::OpBuilder &builder);

/// Says of a function that it takes and returns what its body does.
void updateSignature(mlir::func::FuncOp function);

/// Whether a value is an output of the graph or of a region.
bool isOutput(mlir::Value value);

/// Whether nothing reads another result than the first. What a file says has more of
/// them than its op cannot be erased once the first is replaced.
bool onlyFirstIsUsed(mlir::Operation *op);

/// Whether `source` cannot take the place of `result`. Outputs have names of
/// their own, so that one that is an input, a weight, an outer value or another
/// output takes a copy in any case.
bool needsCopy(mlir::Value result, mlir::Value source);

/// Erases nodes that nobody uses and whose running changes nothing, and
/// initializers and placeholders without users.
void eraseUnused(mlir::ModuleOp module, Rewrite *log = nullptr);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_REWRITES_H
