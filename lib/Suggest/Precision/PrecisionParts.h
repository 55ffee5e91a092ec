//===- PrecisionParts.h - What checks of number formats share ---*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_SUGGEST_PRECISION_PRECISIONPARTS_H
#define ENERGY_OPT_LIB_SUGGEST_PRECISION_PRECISIONPARTS_H

#include "Suggest/Rewrites.h"
#include "energy-opt/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace energyopt {

// The checks, one file for each kind.
void convertToHalf(Rewrite &rewrite);       // precision-fp16
void convertToBfloat(Rewrite &rewrite);     // precision-bf16
void quantizeWeights8(Rewrite &rewrite);    // precision-int8-weights
void quantizeWeights4(Rewrite &rewrite);    // precision-int4-weights
void quantizeDynamically(Rewrite &rewrite); // precision-int8-dynamic
void quantizeStatically(Rewrite &rewrite);  // precision-int8-static
void quantizeCache(Rewrite &rewrite);       // precision-kv-cache
void adviseTf32(Advisor &advisor);
void adviseFp8(Advisor &advisor);

/// Whether a target's sheet has units for a format.
bool hasFormat(const Target &target, Precision precision);

/// The graph; null if the module has none.
mlir::func::FuncOp mainOf(mlir::ModuleOp module);
/// Name of any value, of the graph's inputs too.
llvm::StringRef valueName(mlir::Value value);
/// A node's name, or that of its result: what names of new parts begin with.
std::string baseName(mlir::Operation *op);

/// Element types of values: the declared ones, else those that shape inference
/// finds.
class ElementTypes {
public:
  /// `graph`: the model's analysis, if there is one.
  ElementTypes(ImportedModel &model, const WorkGraph *graph);
  /// Undefined if nothing is known, or not of a tensor.
  DType of(mlir::Value value) const;
  /// Gives a value another element type.
  void set(mlir::Value value, DType type);

private:
  void infer(const WorkGraph &graph);

  llvm::StringMap<DType> inferred; // by name
  llvm::DenseMap<mlir::Value, DType> changed;
};
/// `type` with other elements; what has no declared shape stays undeclared.
mlir::Type withElements(mlir::Type type, DType elements);

/// A tensor of the file: an initializer or the value of a Constant, also when
/// Identity hands it on.
struct ConstantTensor {
  WeightRef ref;
  mlir::RankedTensorType type;
  mlir::Operation *def; // what it can be replaced beside
};
std::optional<ConstantTensor> constantTensor(mlir::Value value);
/// Its values; nullopt if they are not in the file.
std::optional<std::vector<float>> readFloats(const ConstantTensor &tensor, WeightReader &weights);

/// Why a layer is left whose weight's values are not there.
constexpr llvm::StringLiteral kNoValues = ": its weight is not in the file";

/// A product with a constant weight of float32.
struct Layer {
  mlir::Operation *op;
  ConstantTensor weight;
  unsigned weightOperand = 1;
  int64_t outputAxis = 1; // of the weight: a scale for each index
};
/// MatMul and Gemm with a matrix as their right operand.
std::optional<Layer> denseLayer(mlir::Operation *op);

/// Symmetric int8: value = q * scale, a scale for each index of one axis.
struct Int8Tensor {
  std::vector<uint8_t> values; // two's complement
  std::vector<float> scales;
};
/// The largest magnitude of a slice becomes 127; slices of zeros have scale 1.
Int8Tensor quantizeSlices(llvm::ArrayRef<float> values, llvm::ArrayRef<int64_t> shape,
                          int64_t axis);

/// Int8 forms of the weights of a model, made once for all users.
class Int8Weights {
public:
  explicit Int8Weights(Rewrite &rewrite) : rewrite(rewrite) {}
  struct Quantized {
    mlir::Value values, scale;
    std::vector<float> scales; // empty in a dry rewrite
  };
  /// Nullptr if the values are not in the file.
  const Quantized *of(mlir::Value weight, const ConstantTensor &tensor, int64_t axis);
  /// The weight as float32 again, by a DequantizeLinear beside it.
  mlir::Operation *dequantized(mlir::Value weight, const ConstantTensor &tensor, int64_t axis);

private:
  Rewrite &rewrite;
  std::map<std::pair<void *, int64_t>, Quantized> made;
  std::map<std::pair<void *, int64_t>, mlir::Operation *> nodes;
};

/// An int8 scalar.
mlir::Value addInt8(mlir::OpBuilder &builder, Rewrite &rewrite, int8_t value, llvm::StringRef name);
/// A float32 initializer; `values` is empty in a dry rewrite.
mlir::Value addFloats(mlir::OpBuilder &builder, Rewrite &rewrite, llvm::ArrayRef<int64_t> shape,
                      llvm::ArrayRef<float> values, llvm::StringRef name);
/// Position right behind the definition of a value.
mlir::OpBuilder behind(mlir::Value value);

/// Observed values of tensors, from a file {"tensor": [low, high], ...}.
using Ranges = llvm::StringMap<std::pair<double, double>>;
llvm::Expected<Ranges> readRanges(llvm::StringRef path);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_SUGGEST_PRECISION_PRECISIONPARTS_H
