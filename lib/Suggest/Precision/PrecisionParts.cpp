//===- PrecisionParts.cpp - What checks of number formats share -----------===//

#include "Suggest/Precision/PrecisionParts.h"

#include "Graph/OpAdapter.h"
#include "energy-opt/Analysis.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <cmath>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

mlir::func::FuncOp energyopt::mainOf(mlir::ModuleOp module) {
  return module.lookupSymbol<mlir::func::FuncOp>("main");
}

StringRef energyopt::valueName(Value value) {
  auto arg = llvm::dyn_cast<mlir::BlockArgument>(value);
  auto func = arg ? llvm::dyn_cast<mlir::func::FuncOp>(arg.getOwner()->getParentOp())
                  : mlir::func::FuncOp();
  if (!func)
    return locatedValueName(value);
  auto name = func.getArgAttrOfType<mlir::StringAttr>(arg.getArgNumber(), "onnx.name");
  return name ? name.getValue() : StringRef();
}

std::string energyopt::baseName(Operation *op) {
  StringRef name = locatedNodeName(op);
  return name.empty() ? locatedValueName(op->getResult(0)).str() : name.str();
}

mlir::OpBuilder energyopt::behind(Value value) {
  mlir::OpBuilder builder(value.getContext());
  builder.setInsertionPointAfterValue(value);
  return builder;
}

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

ElementTypes::ElementTypes(ImportedModel &model, const WorkGraph *graph) {
  if (graph)
    infer(*graph);
  else if (auto analysed = analyseImported(model, "", {}))
    infer(analysed->graph);
  else
    llvm::consumeError(analysed.takeError());
}

void ElementTypes::infer(const WorkGraph &graph) {
  for (const GraphTensor &tensor : graph.tensors) {
    auto [known, isNew] = inferred.try_emplace(tensor.name, tensor.dtype);
    // A function's tensors may have the names of others.
    if (!isNew && known->second != tensor.dtype)
      known->second = DType::Undefined;
  }
}

DType ElementTypes::of(Value value) const {
  if (auto known = changed.find(value); known != changed.end())
    return known->second;
  if (auto tensor = llvm::dyn_cast<mlir::TensorType>(value.getType()))
    return dtypeOf(tensor.getElementType());
  return isUndeclared(value.getType()) ? inferred.lookup(valueName(value)) : DType::Undefined;
}

void ElementTypes::set(Value value, DType type) {
  changed[value] = type;
  value.setType(withElements(value.getType(), type));
}

mlir::Type energyopt::withElements(mlir::Type type, DType elements) {
  auto ranked = llvm::dyn_cast<mlir::RankedTensorType>(type);
  return ranked ? mlir::RankedTensorType::get(ranked.getShape(),
                                              elementType(elements, type.getContext()),
                                              ranked.getEncoding())
                : undeclaredType(type.getContext());
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

std::optional<ConstantTensor> energyopt::constantTensor(Value value) {
  Operation *def = constantBehind(value);
  if (!def)
    return std::nullopt;
  mlir::Type type = def->getResult(0).getType();
  if (auto tensor = def->getAttrOfType<mlir::DictionaryAttr>("value"); isNamed(def, "Constant"))
    type = tensor.getAs<mlir::TypeAttr>("type").getValue();
  auto ranked = llvm::dyn_cast<mlir::RankedTensorType>(type);
  return ranked ? std::optional(ConstantTensor{*contentsOf(def), ranked, def}) : std::nullopt;
}

std::optional<std::vector<float>> energyopt::readFloats(const ConstantTensor &tensor,
                                                        WeightReader &weights) {
  auto read = weights.floats(tensor.ref);
  if (read)
    return std::move(*read);
  llvm::consumeError(read.takeError());
  return std::nullopt;
}

std::optional<Layer> energyopt::denseLayer(Operation *op) {
  bool gemm = isNamed(op, "Gemm");
  // What replaces a node that holds a graph, which none of these should, would take
  // the graph along, and with it what is remembered of the values inside.
  if ((!gemm && !isNamed(op, "MatMul")) || op->getNumOperands() < 2 || op->getNumRegions() > 0 ||
      !onlyFirstIsUsed(op) || constantTensor(op->getOperand(0)))
    return std::nullopt;
  std::optional<ConstantTensor> weight = constantTensor(op->getOperand(1));
  if (!weight || weight->type.getRank() != 2 || weight->ref.dtype != DType::F32 ||
      weight->ref.elements == 0)
    return std::nullopt;
  if (gemm && intAttr(op, "transA", 0) != 0)
    return std::nullopt;
  bool transposed = gemm && intAttr(op, "transB", 0) != 0;
  return Layer{op, *weight, 1, transposed ? 0 : 1};
}

Int8Tensor energyopt::quantizeSlices(llvm::ArrayRef<float> values, llvm::ArrayRef<int64_t> shape,
                                     int64_t axis) {
  size_t slices = shape[axis], inner = 1;
  for (int64_t dim : shape.drop_front(axis + 1))
    inner *= dim;
  Int8Tensor out{std::vector<uint8_t>(values.size()), std::vector<float>(slices, 0)};
  auto sliceOf = [&](size_t i) { return i / inner % slices; };
  for (size_t i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i]))
      out.scales[sliceOf(i)] = std::max(out.scales[sliceOf(i)], std::fabs(values[i]));
  for (float &scale : out.scales)
    scale = scale > 0 ? scale / 127 : 1;
  for (size_t i = 0; i < values.size(); ++i) {
    float scaled = std::nearbyint(values[i] / out.scales[sliceOf(i)]);
    scaled = std::isnan(scaled) ? 0 : std::clamp(scaled, -127.0f, 127.0f);
    out.values[i] = static_cast<uint8_t>(static_cast<int8_t>(scaled));
  }
  return out;
}

Value energyopt::addFloats(mlir::OpBuilder &builder, Rewrite &rewrite,
                           llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> values,
                           StringRef name) {
  auto type = mlir::RankedTensorType::get(shape, builder.getF32Type());
  return addWeight(builder, rewrite, type, littleEndian(values), name);
}

Value energyopt::addInt8(mlir::OpBuilder &builder, Rewrite &rewrite, int8_t value, StringRef name) {
  auto type = mlir::RankedTensorType::get({}, builder.getI8Type());
  return addWeight(builder, rewrite, type, {static_cast<uint8_t>(value)}, name);
}

const Int8Weights::Quantized *Int8Weights::of(Value weight, const ConstantTensor &tensor,
                                              int64_t axis) {
  std::pair key(static_cast<void *>(tensor.def), axis);
  if (auto known = made.find(key); known != made.end())
    return &known->second;
  Int8Tensor quantized;
  if (!rewrite.dry) {
    auto values = readFloats(tensor, rewrite.weights());
    if (!values || int64_t(values->size()) != tensor.type.getNumElements())
      return nullptr;
    quantized = quantizeSlices(*values, tensor.type.getShape(), axis);
  }
  mlir::OpBuilder b = behind(tensor.def->getResult(0));
  std::string name = valueName(weight).str();
  auto type = mlir::RankedTensorType::get(tensor.type.getShape(), b.getI8Type());
  Quantized &result = made[key];
  result.values = addWeight(b, rewrite, type, std::move(quantized.values), name + "_int8");
  result.scale =
      addFloats(b, rewrite, {tensor.type.getDimSize(axis)}, quantized.scales, name + "_scale");
  result.scales = std::move(quantized.scales);
  return &result;
}

Operation *Int8Weights::dequantized(Value weight, const ConstantTensor &tensor, int64_t axis) {
  const Quantized *quantized = of(weight, tensor, axis);
  if (!quantized)
    return nullptr;
  Operation *&node = nodes[{static_cast<void *>(tensor.def), axis}];
  if (!node) {
    mlir::OpBuilder b = behind(quantized->scale);
    std::string name = valueName(weight).str();
    node = addNode(b, "", "DequantizeLinear", {quantized->values, quantized->scale}, tensor.type,
                   name + "_dequantize", name + "_dequantized",
                   {b.getNamedAttr("axis", b.getI64IntegerAttr(axis))});
  }
  return node;
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

static llvm::Error badRanges(StringRef path, const llvm::Twine &what) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "ranges file '" + path + "': " + what +
                                     "\nit holds {\"tensor\": [low, high], ...}, what each "
                                     "activation was seen to be");
}

/// LLVM's JSON parser recurses on nesting, without a limit.
static bool nestsDeeper(StringRef json, unsigned most) {
  unsigned depth = 0;
  for (size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') // strings hold brackets, and escaped quotes
      for (++i; i < json.size() && json[i] != '"'; ++i)
        i += json[i] == '\\';
    else if (json[i] == '[' || json[i] == '{')
      ++depth;
    else if (json[i] == ']' || json[i] == '}')
      depth -= depth > 0;
    if (depth > most)
      return true;
  }
  return false;
}

llvm::Expected<Ranges> energyopt::readRanges(StringRef path) {
  constexpr size_t kMostBytes = size_t(64) << 20;
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return badRanges(path, "cannot read it: " + buffer.getError().message());
  if ((*buffer)->getBufferSize() > kMostBytes)
    return badRanges(path, "it is larger than 64 MB");
  if (nestsDeeper((*buffer)->getBuffer(), 2))
    return badRanges(path, "it nests too deep");
  auto json = llvm::json::parse((*buffer)->getBuffer());
  if (!json)
    return badRanges(path, "it is no JSON: " + llvm::toString(json.takeError()));
  const llvm::json::Object *object = json->getAsObject();
  if (!object)
    return badRanges(path, "it is no object");
  Ranges ranges;
  for (const auto &[key, value] : *object) {
    StringRef tensor = key;
    const llvm::json::Array *pair = value.getAsArray();
    std::optional<double> low, high;
    if (pair && pair->size() == 2) {
      low = (*pair)[0].getAsNumber();
      high = (*pair)[1].getAsNumber();
    }
    if (!low || !high)
      return badRanges(path, "tensor '" + tensor + "' has no [low, high]");
    if (!(std::isfinite(*low) && std::isfinite(*high) && *low <= *high))
      return badRanges(path, "tensor '" + tensor +
                                 llvm::formatv("' has low {0} and high {1}", *low, *high).str());
    ranges[tensor] = {*low, *high};
  }
  return ranges;
}
