//===- Rewrites.cpp - What checks share -----------------------------------===//

#include "Suggest/Rewrites.h"

#include "Graph/OpAdapter.h"
#include "energy-opt/OnnxDialect.h"
#include "energy-opt/WorkGraph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

std::string energyopt::loggedName(Operation *op) {
  StringRef name = locatedNodeName(op);
  if (!name.empty())
    return name.str();
  StringRef output = op->getNumResults() ? locatedValueName(op->getResult(0)) : StringRef();
  return (onnxDomainAndType(op).second + " -> " + output).str();
}

bool energyopt::hasOperand(Operation *op, unsigned operand) {
  return operand < op->getNumOperands() &&
         !llvm::isa<mlir::NoneType>(op->getOperand(operand).getType());
}

/// Operands that every version of an op has and that rewrites count on. A file may
/// say otherwise.
static unsigned leastOperands(StringRef onnxName) {
  return llvm::StringSwitch<unsigned>(onnxName)
      .Cases("initializer", "none", "yield", "Constant", 0)
      .Cases("Add", "Sub", "Mul", "Div", "Pow", "Equal", "MatMul", "Gemm", "Conv", 2)
      .Cases("ConvTranspose", "Gather", "Expand", "Tile", "QuantizeLinear", "DequantizeLinear", 2)
      .Cases("Where", "OneHot", 3)
      .Case("BatchNormalization", 5)
      .Default(1);
}

bool energyopt::isNamed(Operation *op, StringRef onnxName) {
  constexpr StringRef kDialect = "onnx.";
  StringRef name = op->getName().getStringRef();
  // Asked of every op again and again: sizes tell most apart.
  if (name.size() != kDialect.size() + onnxName.size() || !name.ends_with(onnxName) ||
      !name.consume_front(kDialect))
    return false;
  return op->getNumOperands() >= leastOperands(name) &&
         (op->getNumResults() > 0 || name == "yield");
}

int64_t energyopt::intAttr(Operation *op, StringRef name, int64_t fallback) {
  auto attr = op->getAttrOfType<mlir::IntegerAttr>(name);
  return attr ? attr.getInt() : fallback;
}

float energyopt::floatAttr(Operation *op, StringRef name, float fallback) {
  auto attr = op->getAttrOfType<mlir::FloatAttr>(name);
  return attr ? static_cast<float>(attr.getValueAsDouble()) : fallback;
}

int64_t energyopt::opsetOf(Operation *op) {
  // A function imports its own; the main graph has the module's.
  for (Operation *scope = op; scope; scope = scope->getParentOp())
    if (auto opsets = scope->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets"))
      if (auto version = opsets.getAs<mlir::IntegerAttr>("ai.onnx"))
        return version.getInt();
  return 1;
}

/// An initializer that no run can override.
static bool isFixed(Operation *op) {
  return isNamed(op, "initializer") && !op->hasAttr("graph_input");
}

std::optional<WeightRef> energyopt::constantOf(Operation *op) {
  if (!op || !isFixed(op))
    return std::nullopt;
  return weightRef(op->getAttrDictionary(), op->getResult(0).getType());
}

namespace {
/// What a WeightRef is made of.
struct TensorAttrs {
  mlir::DictionaryAttr attrs;
  mlir::Type type; // null: of no constant
};
} // namespace

static TensorAttrs tensorOf(Operation *constant) {
  if (!constant || constant->getNumResults() != 1)
    return {};
  if (isFixed(constant))
    return {constant->getAttrDictionary(), constant->getResult(0).getType()};
  if (!isNamed(constant, "Constant"))
    return {};
  auto value = constant->getAttrOfType<mlir::DictionaryAttr>("value");
  auto type = value ? value.getAs<mlir::TypeAttr>("type") : mlir::TypeAttr();
  return {value, type ? type.getValue() : mlir::Type()};
}

std::optional<WeightRef> energyopt::contentsOf(Operation *constant) {
  auto [attrs, type] = tensorOf(constant);
  return type ? weightRef(attrs, type) : std::nullopt;
}

std::shared_ptr<const TensorData> energyopt::fewOf(Operation *constant, WeightReader &weights) {
  auto [attrs, type] = tensorOf(constant);
  return type ? loadSmall(attrs, type, weights) : nullptr;
}

/// What is looked through of copies of copies: asked of every operand, a chain of them
/// takes as long as its length.
static constexpr unsigned kMostCopies = 64;

Operation *energyopt::constantBehind(mlir::Value value) {
  auto isCopy = [](Operation *op) { return isNamed(op, "Identity") && op->getNumOperands() == 1; };
  Operation *def = value.getDefiningOp();
  for (unsigned i = 0; i < kMostCopies && def && isCopy(def); ++i)
    def = def->getOperand(0).getDefiningOp();
  return contentsOf(def) ? def : nullptr;
}

void energyopt::requireDomain(mlir::ModuleOp module, StringRef domain, int64_t version) {
  mlir::Builder b(module.getContext());
  mlir::NamedAttrList opsets(module->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets"));
  if (opsets.get(domain))
    return;
  opsets.set(domain, b.getI64IntegerAttr(version));
  module->setAttr("onnx.opsets", opsets.getDictionary(module.getContext()));
}

/// `contents` of nullopt: a type without values, which is only to be priced.
static mlir::Value addInitializer(mlir::OpBuilder &builder, WeightReader &weights,
                                  mlir::RankedTensorType type,
                                  std::optional<std::vector<uint8_t>> contents, StringRef name) {
  int64_t length = contents ? contents->size() : 0;
  int64_t offset = contents ? weights.keep(std::move(*contents)) : 0;
  mlir::OperationState state(mlir::NameLoc::get(builder.getStringAttr(name)), "onnx.initializer");
  state.addTypes(type);
  state.addAttribute("source", builder.getI64IntegerAttr(2));
  state.addAttribute("encoding", builder.getStringAttr(length ? "raw" : "none"));
  state.addAttribute("offset", builder.getI64IntegerAttr(offset));
  state.addAttribute("length", builder.getI64IntegerAttr(length));
  return builder.create(state)->getResult(0);
}

mlir::Value energyopt::addConstant(mlir::OpBuilder &builder, WeightReader &weights,
                                   mlir::RankedTensorType type, std::vector<uint8_t> bytes,
                                   StringRef name) {
  return addInitializer(builder, weights, type, std::move(bytes), name);
}

std::vector<uint8_t> energyopt::littleEndian(llvm::ArrayRef<float> values) {
  std::vector<uint8_t> bytes(4 * values.size());
  for (auto [i, value] : llvm::enumerate(values))
    llvm::support::endian::write32le(bytes.data() + 4 * i, llvm::bit_cast<uint32_t>(value));
  return bytes;
}

mlir::Value energyopt::addConstant(mlir::OpBuilder &builder, WeightReader &weights,
                                   mlir::RankedTensorType type, llvm::ArrayRef<float> values,
                                   StringRef name) {
  return addInitializer(builder, weights, type, littleEndian(values), name);
}

mlir::Value energyopt::addConstant(mlir::OpBuilder &builder, WeightReader &weights,
                                   llvm::ArrayRef<int64_t> values, bool scalar, StringRef name) {
  std::vector<uint8_t> bytes(8 * values.size());
  for (auto [i, value] : llvm::enumerate(values))
    llvm::support::endian::write64le(bytes.data() + 8 * i, value);
  llvm::SmallVector<int64_t, 1> shape;
  if (!scalar)
    shape.push_back(values.size());
  auto type = mlir::RankedTensorType::get(shape, builder.getI64Type());
  return addInitializer(builder, weights, type, std::move(bytes), name);
}

mlir::Value energyopt::addWeight(mlir::OpBuilder &builder, Rewrite &rewrite,
                                 mlir::RankedTensorType type, std::vector<uint8_t> contents,
                                 StringRef name) {
  std::optional<std::vector<uint8_t>> made;
  if (!rewrite.dry)
    made = std::move(contents);
  return addInitializer(builder, rewrite.weights(), type, std::move(made), name);
}

mlir::Value energyopt::addAbsent(mlir::OpBuilder &builder) {
  mlir::OperationState none(builder.getUnknownLoc(), "onnx.none");
  none.addTypes(builder.getNoneType());
  return builder.create(none)->getResult(0);
}

Operation *energyopt::addNode(mlir::OpBuilder &builder, StringRef domain, StringRef op,
                              mlir::ValueRange operands, mlir::Type result, StringRef nodeName,
                              StringRef resultName,
                              llvm::ArrayRef<mlir::NamedAttribute> attributes) {
  mlir::Location loc =
      nodeLocation(builder.getContext(), nodeName, {resultName}, builder.getStringAttr(""), 0);
  mlir::OperationState state(loc, onnxOpName(domain, op));
  state.addOperands(operands);
  state.addTypes(result);
  state.addAttributes(attributes);
  return builder.create(state);
}

void energyopt::updateSignature(mlir::func::FuncOp function) {
  mlir::Block &body = function.front();
  function.setFunctionType(mlir::FunctionType::get(function.getContext(), body.getArgumentTypes(),
                                                   body.getTerminator()->getOperandTypes()));
}

/// An output is declared as it was, though its value may be known better now.
static void keepOutputTypes(mlir::func::FuncOp function) {
  auto key = mlir::StringAttr::get(function.getContext(), "onnx.type");
  for (auto [i, value] : llvm::enumerate(function.front().getTerminator()->getOperands()))
    if (mlir::Type declared = function.getResultTypes()[i];
        declared != value.getType() && !function.getResultAttr(i, key))
      function.setResultAttr(i, key, mlir::TypeAttr::get(declared));
  updateSignature(function);
}

void Rewrite::run() {
  check.apply(*this);
  for (auto function : model.module->getOps<mlir::func::FuncOp>())
    if (!function.isExternal())
      keepOutputTypes(function);
}

std::optional<llvm::SmallVector<int64_t>> Rewrite::shapeOf(mlir::Value value) {
  if (auto type = llvm::dyn_cast<mlir::RankedTensorType>(value.getType()))
    return llvm::SmallVector<int64_t>(type.getShape());
  if (!graph)
    return std::nullopt;
  if (tensors.empty())
    for (auto [i, tensor] : llvm::enumerate(graph->tensors))
      tensors[tensor.name] = i;
  auto found = tensors.find(locatedValueName(value));
  if (found == tensors.end() || !graph->tensors[found->second].hasRank)
    return std::nullopt;
  llvm::SmallVector<int64_t> shape;
  for (PrintedDim dim : graph->tensors[found->second].dims)
    shape.push_back(dim.value_or(mlir::ShapedType::kDynamic));
  return shape;
}

std::optional<WeightBytes> energyopt::bytesOf(Rewrite &rewrite, const WeightRef &constant) {
  auto read = rewrite.weights().bytes(constant);
  if (read)
    return std::move(*read);
  llvm::consumeError(read.takeError());
  return std::nullopt;
}

bool energyopt::isOutput(mlir::Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return user->hasTrait<mlir::OpTrait::IsTerminator>() || isNamed(user, "yield");
  });
}

bool energyopt::onlyFirstIsUsed(Operation *op) {
  return op->getNumResults() > 0 &&
         llvm::all_of(op->getResults().drop_front(), [](mlir::Value v) { return v.use_empty(); });
}

bool energyopt::needsCopy(mlir::Value result, mlir::Value source) {
  if (!isOutput(result))
    return false;
  Operation *def = source.getDefiningOp();
  return !def || isNamed(def, "initializer") ||
         def->getBlock() != result.getDefiningOp()->getBlock() || isOutput(source);
}

static bool isUnused(Operation *op) {
  if (op->hasTrait<mlir::OpTrait::IsTerminator>() || isNamed(op, "yield"))
    return false;
  // An initializer that a run may override is part of the interface.
  return op->use_empty() && !op->hasAttr("graph_input") && !hasEffects(op);
}

void energyopt::eraseUnused(mlir::ModuleOp module, Rewrite *log) {
  std::vector<std::string> names;
  for (auto func : module.getOps<mlir::func::FuncOp>()) {
    if (func.getNumResults() == 0)
      continue; // it does not say what it is for, and none of it would be left
    // Users first, so that what only they use is dead when it is reached.
    func.walk<mlir::WalkOrder::PostOrder, mlir::ReverseIterator>([&](Operation *op) {
      if (op == func.getOperation() || !isUnused(op))
        return;
      if (!isNamed(op, "none"))
        names.push_back(loggedName(op));
      op->erase();
    });
  }
  if (log)
    log->ops.insert(log->ops.end(), names.rbegin(), names.rend());
}
