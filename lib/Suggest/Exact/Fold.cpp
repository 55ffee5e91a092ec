//===- Fold.cpp - What no input decides is computed now -------------------===//
//
// The partial evaluator of the analysis computes small tensors, in the
// precision of their type; large ones are only moved, byte by byte.
//
//===----------------------------------------------------------------------===//

#include "Suggest/Editor.h"

#include "Cost/PartialEval.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;
using mlir::Value;

//===----------------------------------------------------------------------===//
// Contents to bytes
//===----------------------------------------------------------------------===//

static const llvm::fltSemantics *semanticsOf(DType type) {
  switch (type) {
  case DType::F64:
    return &llvm::APFloat::IEEEdouble();
  case DType::F32:
    return &llvm::APFloat::IEEEsingle();
  case DType::F16:
    return &llvm::APFloat::IEEEhalf();
  case DType::BF16:
    return &llvm::APFloat::BFloat();
  default:
    return nullptr;
  }
}

/// The bits of one element; nullopt if the type cannot hold it exactly.
static std::optional<uint64_t> bitsOf(const Scalar &element, DType type) {
  if (const llvm::fltSemantics *semantics = semanticsOf(type)) {
    llvm::APFloat value(*element.asFloat());
    bool inexact = false;
    value.convert(*semantics, llvm::APFloat::rmNearestTiesToEven, &inexact);
    if (inexact || value.isNaN()) // which NaN is the runtime's to say
      return std::nullopt;
    return value.bitcastToAPInt().getZExtValue();
  }
  auto e = element.asInt();
  auto c = e ? e->constant() : std::nullopt;
  bool fits = (isInteger(type) || type == DType::Bool) && type != DType::U64 && bitWidth(type) >= 8;
  return c && fits ? std::optional<uint64_t>(*c) : std::nullopt;
}

static std::optional<std::vector<uint8_t>> encode(const TensorData &data, DType type) {
  unsigned width = type == DType::Bool ? 1 : bitWidth(type) / 8;
  std::vector<uint8_t> bytes;
  for (const Scalar &element : data) {
    auto bits = bitsOf(element, type);
    if (!bits)
      return std::nullopt;
    for (unsigned i = 0; i < width; ++i)
      bytes.push_back(*bits >> (8 * i));
  }
  return bytes;
}

/// The evaluator keeps floats that are whole as integers, which have no -0.
static bool losesSignOfZero(Operation *op, const TensorData &result, const Facts &facts) {
  bool arithmetic = scalarFunction(domainAndOp(op->getName().getStringRef()).second) != nullptr;
  bool zero = llvm::any_of(result, [](const Scalar &s) { return *s.asFloat() == 0; });
  if (!arithmetic || !zero || !isFloat(facts.dtype(op->getResult(0))) || isNamed(op, "Cast"))
    return false;
  return isNamed(op, "Neg") || llvm::any_of(op->getOperands(), [&](Value operand) {
           auto data = facts.contents(operand);
           return isFloat(facts.dtype(operand)) && data &&
                  llvm::any_of(*data, [](const Scalar &s) { return std::signbit(*s.asFloat()); });
         });
}

static mlir::RankedTensorType fixedType(const ValueInfo &info, mlir::MLIRContext *context) {
  auto dims = constantDims(info);
  if (!dims || info.kind != ValueKind::Tensor || info.dtype == DType::Undefined)
    return {};
  return mlir::RankedTensorType::get(*dims, elementType(info.dtype, context));
}

/// Puts an initializer in the place of a node whose result is known.
static bool freeze(Operation *op, Editor &editor) {
  Value result = op->getResult(0);
  const ValueInfo &info = editor.facts.of(result);
  auto data = editor.facts.contents(result);
  mlir::RankedTensorType type = fixedType(info, op->getContext());
  if (!data || !type || type.getNumElements() != static_cast<int64_t>(data->size()) ||
      isOutput(result) || losesSignOfZero(op, *data, editor.facts))
    return false;
  auto bytes = encode(*data, info.dtype);
  if (!bytes || bytes->empty() || !editor.canReplace(op, result))
    return false;
  mlir::OpBuilder b(op);
  Value made =
      addConstant(b, editor.rewrite.weights(), type, std::move(*bytes), locatedValueName(result));
  ValueInfo known = info;
  known.isParameter = true;
  editor.facts.set(made, std::move(known));
  editor.replace(op, made);
  return true;
}

//===----------------------------------------------------------------------===//
// Large constants
//===----------------------------------------------------------------------===//

/// A copy of a weight reference with another type; the bytes stay where they are.
static Value refer(mlir::DictionaryAttr reference, mlir::RankedTensorType type, Operation *op) {
  mlir::OpBuilder b(op);
  mlir::OperationState state(
      mlir::NameLoc::get(b.getStringAttr(locatedValueName(op->getResult(0)))), "onnx.initializer");
  state.addTypes(type);
  for (StringRef name : {"source", "encoding", "offset", "length", "location"})
    if (mlir::Attribute attr = reference.get(name))
      state.addAttribute(name, attr);
  for (mlir::NamedAttribute attr : reference)
    if (attr.getName().getValue().starts_with("onnx.external."))
      state.attributes.push_back(attr);
  return b.create(state)->getResult(0);
}

/// Strings, sparse tensors and types that nobody interprets stay as they are.
static bool isPlain(const WeightRef &ref) {
  return (ref.encoding != WeightRef::Encoding::None || ref.source == WeightRef::Source::Made) &&
         ref.dtype != DType::String && ref.dtype != DType::Undefined && ref.elements > 0;
}

static void putReference(Operation *op, mlir::DictionaryAttr reference, mlir::RankedTensorType type,
                         Editor &editor) {
  Value made = refer(reference, type, op);
  editor.facts.visit(*made.getDefiningOp());
  editor.replace(op, made);
}

/// A Constant node of a tensor: the same bytes as an initializer.
static bool unwrap(Operation *op, Editor &editor) {
  auto value = op->getAttrOfType<mlir::DictionaryAttr>("value");
  auto typeAttr = value ? value.getAs<mlir::TypeAttr>("type") : nullptr;
  auto type = typeAttr ? llvm::dyn_cast<mlir::RankedTensorType>(typeAttr.getValue()) : nullptr;
  auto ref = type ? weightRef(value, type) : std::nullopt;
  if (!ref || !isPlain(*ref) || isOutput(op->getResult(0)))
    return false;
  putReference(op, value, type, editor);
  return true;
}

/// Weights in another shape, as long as the file does not hold them twice.
static bool reshapeWeight(Operation *op, Editor &editor) {
  static constexpr StringRef kViews[] = {"Reshape", "Squeeze", "Unsqueeze", "Flatten"};
  if (llvm::none_of(kViews, [&](StringRef name) { return isNamed(op, name); }))
    return false;
  Operation *def = op->getOperand(0).getDefiningOp();
  auto ref = constantOf(def);
  auto type = fixedType(editor.facts.of(op->getResult(0)), op->getContext());
  if (!ref || !isPlain(*ref) || !type || type.getNumElements() != ref->elements ||
      !def->hasOneUse() || isOutput(op->getResult(0)) || !editor.facts.isConstant(op->getResult(0)))
    return false;
  putReference(op, def->getAttrDictionary(), type, editor);
  return true;
}

std::vector<uint8_t> energyopt::transposed(llvm::ArrayRef<uint8_t> bytes,
                                           llvm::ArrayRef<int64_t> dims,
                                           llvm::ArrayRef<int64_t> perm, unsigned width) {
  auto strides = rowMajorStrides(dims);
  llvm::SmallVector<int64_t> shape, steps;
  for (int64_t axis : perm) {
    shape.push_back(dims[axis]);
    steps.push_back(strides[axis]);
  }
  std::vector<uint8_t> result(bytes.size());
  llvm::SmallVector<int64_t> at(perm.size(), 0);
  int64_t from = 0;
  for (size_t to = 0; to + width <= result.size(); to += width) {
    std::copy_n(bytes.begin() + from * width, width, result.begin() + to);
    for (size_t axis = perm.size(); axis-- > 0;) {
      from += steps[axis];
      if (++at[axis] < shape[axis])
        break;
      from -= steps[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return result;
}

static bool transposeWeight(Operation *op, Editor &editor) {
  if (!isNamed(op, "Transpose"))
    return false;
  Operation *def = op->getOperand(0).getDefiningOp();
  auto ref = constantOf(def);
  auto type = fixedType(editor.facts.of(op->getResult(0)), op->getContext());
  std::optional<std::vector<int64_t>> perm = permutationOf(op, editor.facts);
  if (!ref || !isPlain(*ref) || !type || !perm || !def->hasOneUse() || isOutput(op->getResult(0)) ||
      bitWidth(ref->dtype) % 8 != 0 ||
      (ref->source == WeightRef::Source::External &&
       editor.rewrite.weights().isAbsent(ref->location)))
    return false;
  std::vector<uint8_t> bytes;
  if (!editor.rewrite.dry) {
    auto read = bytesOf(editor.rewrite, *ref);
    if (!read)
      return false;
    auto from = llvm::cast<mlir::RankedTensorType>(op->getOperand(0).getType());
    bytes = transposed(read->get(), from.getShape(), *perm, bitWidth(ref->dtype) / 8);
  }
  mlir::OpBuilder b(op);
  Value made =
      addWeight(b, editor.rewrite, type, std::move(bytes), locatedValueName(op->getResult(0)));
  editor.facts.visit(*made.getDefiningOp());
  editor.replace(op, made);
  return true;
}

//===----------------------------------------------------------------------===//
// exact-constant-folding, exact-shape-arithmetic
//===----------------------------------------------------------------------===//

/// Pairs of these are how a runtime knows that a layer is quantized.
static bool isQuantization(Operation *op) {
  return domainAndOp(op->getName().getStringRef()).second.contains("quantizeLinear") ||
         isNamed(op, "QuantizeLinear") || isNamed(op, "DequantizeLinear");
}

/// Bytes of all operands that are known.
static int64_t operandBytes(Operation *op, const Facts &facts) {
  int64_t sum = 0;
  for (Value operand : op->getOperands()) {
    auto bytes = facts.of(operand).bytes();
    sum += bytes ? bytes->constant().value_or(0) : 0;
  }
  return sum;
}

/// A Reshape whose target is computed from dims, of which one is open at most
/// that its operand does not have in the same place: [N, 12, 64] is [0, 12, 64]
/// or [-1, 12, 64].
static bool freezeTarget(Operation *op, Editor &editor) {
  if (!isNamed(op, "Reshape") || opsetOf(op) < 5 || op->getNumOperands() != 2 ||
      intAttr(op, "allowzero", 0) != 0)
    return false;
  const ValueInfo &source = editor.facts.of(op->getOperand(0));
  auto data = editor.facts.of(op->getOperand(1)).data;
  if (!data || !source.hasRank() || editor.facts.isConstant(op->getOperand(1)))
    return false;
  std::vector<int64_t> target;
  bool inferred = false, known = true;
  for (auto [i, scalar] : llvm::enumerate(*data)) {
    auto entry = scalar.asInt();
    auto size = entry ? entry->constant() : std::nullopt;
    if (!size && entry && static_cast<int64_t>(i) < source.rank() && *entry == source.dim(i))
      size = 0;
    if (!size && entry && !inferred)
      size = -1;
    known &= size && !(*size == -1 && inferred);
    inferred |= size && *size == -1;
    target.push_back(size.value_or(0));
  }
  if (!known)
    return false;
  editor.rewrite.ops.push_back(loggedName(op));
  editor.setOperand(op, 1, editor.addInts(op, target, locatedValueName(op->getOperand(1))));
  return true;
}

/// What is made of little, like a mask, had better be made again than loaded.
constexpr int64_t kMostGrownBytes = 4096;

void energyopt::foldConstants(Rewrite &rewrite) {
  Editor editor(rewrite);
  editor.forEachNode([&](Operation *op) {
    if (op->getNumRegions() > 0 || op->getNumResults() != 1)
      return false;
    if (isNamed(op, "Constant"))
      return unwrap(op, editor) || freeze(op, editor);
    if (op->getNumOperands() == 0 || isQuantization(op))
      return false;
    if (reshapeWeight(op, editor) || transposeWeight(op, editor))
      return true;
    const ValueInfo &info = editor.facts.of(op->getResult(0));
    auto bytes = info.bytes();
    int64_t size = bytes ? bytes->constant().value_or(0) : 0;
    if (!info.isParameter || size > std::max(operandBytes(op, editor.facts), kMostGrownBytes))
      return false;
    return freeze(op, editor);
  });
}

/// A Shape costs nothing where arithmetic on it stays: then a weight in its
/// place would have to be loaded.
static bool feedsOpenArithmetic(Operation *op, const Facts &facts) {
  if (!isNamed(op, "Shape") && !isNamed(op, "Size"))
    return false;
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    return scalarFunction(domainAndOp(user->getName().getStringRef()).second) &&
           !facts.contents(user->getResult(0));
  });
}

void energyopt::freezeShapeArithmetic(Rewrite &rewrite) {
  Editor editor(rewrite);
  editor.forEachNode([&](Operation *op) {
    bool computes = op->getNumRegions() == 0 && op->getNumResults() == 1 &&
                    op->getNumOperands() > 0 && !isQuantization(op);
    return computes && !editor.facts.isConstant(op->getResult(0)) &&
           !feedsOpenArithmetic(op, editor.facts) &&
           (freeze(op, editor) || freezeTarget(op, editor));
  });
}
