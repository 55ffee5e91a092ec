//===- PrettyTypes.cpp - Which type belongs to which value ----------------===//
//
// Pretty forms leave out types that follow from others. The rules here are the
// ones that StableHLO's and torch's printers rely on.
//
//===----------------------------------------------------------------------===//

#include "Dialect/PrettyReader.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::ParseResult;
using mlir::Type;

/// The part of a complex number: what real(x) has the type of.
static Type realPart(Type type) {
  auto shaped = mlir::dyn_cast<mlir::ShapedType>(type);
  auto complex = shaped ? mlir::dyn_cast<mlir::ComplexType>(shaped.getElementType()) : nullptr;
  return complex ? shaped.clone(complex.getElementType()) : type;
}

static Type torchType(mlir::MLIRContext *context, StringRef text) {
  return mlir::OpaqueType::get(mlir::StringAttr::get(context, "torch"), text);
}

namespace {
/// Types that ops print none of: MLIR's, or torch's by name.
struct Implied {
  StringRef op;
  StringRef operand, result; // "" for as printed, "i1" …, "bool" of torch
};
constexpr Implied kImplied[] = {
    {"torch.linear_params.create", "", "LinearParams"},
    {"torch.prim.If", "bool", ""},
    {"torch.runtime.assert", "bool", ""},
    {"torch_c.from_f64", "f64", "float"},
    {"torch_c.from_i1", "i1", "bool"},
    {"torch_c.from_i64", "i64", "int"},
    {"torch_c.generator_to_i64", "Generator", "i64"},
    {"torch_c.i64_to_generator", "i64", "Generator"},
    {"torch_c.to_f64", "float", "f64"},
    {"torch_c.to_i1", "bool", "i1"},
    {"torch_c.to_i64", "int", "i64"},
};
} // namespace

static Type namedType(mlir::MLIRContext *context, StringRef name) {
  if (name == "f64")
    return mlir::Float64Type::get(context);
  if (name == "i1" || name == "i64")
    return mlir::IntegerType::get(context, name == "i1" ? 1 : 64);
  return name.empty() ? Type() : torchType(context, name);
}

static const Implied *impliedBy(StringRef op) {
  const Implied *row = llvm::find_if(kImplied, [&](const Implied &row) { return row.op == op; });
  return row == std::end(kImplied) ? nullptr : row;
}

/// Type of a result that is printed with none.
static Type impliedResult(mlir::OperationState &state) {
  StringRef op = state.name.getStringRef();
  mlir::MLIRContext *context = state.getContext();
  if (const Implied *row = impliedBy(op))
    return namedType(context, row->result);
  if (!op.consume_front("torch.constant."))
    return {};
  return torchType(context, op == "device" ? "Device" : op);
}

/// `torch.copy.to_vtensor %x : !torch.vtensor<…>` prints the result: the operand
/// is the same without value semantics.
static Type copiedType(StringRef op, Type result) {
  auto opaque = mlir::dyn_cast<mlir::OpaqueType>(result);
  if (!opaque)
    return {};
  StringRef text = opaque.getTypeData();
  if (op == "torch.copy.to_vtensor" && text.consume_front("vtensor"))
    return torchType(result.getContext(), ("tensor" + text).str());
  if (op == "torch.copy.to_tensor" && text.consume_front("tensor"))
    return torchType(result.getContext(), ("vtensor" + text).str());
  return {};
}

/// Types of torch's operands of which only some are printed.
llvm::SmallVector<Type> PrettyReader::partlyPrinted(size_t count) {
  StringRef op = state.name.getStringRef();
  llvm::SmallVector<Type> all;
  if (op == "torch.bind_symbolic_shape" && types.size() == 1) {
    all.assign(count, torchType(context, "int"));
    all.front() = types.front();
  } else if (op == "torch.prim.Loop.condition" && types.size() + 1 == count) {
    all.assign(1, torchType(context, "bool"));
    all.append(types);
  } else if (const Implied *row = impliedBy(op); row && !row->operand.empty()) {
    all.assign(count, namedType(context, row->operand));
  } else if (Type copied = types.size() == 1 ? copiedType(op, types.front()) : Type()) {
    all.assign(count, copied);
  }
  return all;
}

llvm::SmallVector<Type> PrettyReader::operandTypes(size_t count) {
  if (count == 0)
    return {};
  llvm::SmallVector<Type> partly = partlyPrinted(count);
  if (!partly.empty())
    return partly;
  StringRef verb = state.name.getStringRef().split('.').second;
  if (types.size() == 1 && verb == "tuple")
    if (auto tuple = mlir::dyn_cast<mlir::TupleType>(types.front()); tuple && tuple.size() == count)
      return llvm::SmallVector<Type>(tuple.getTypes());
  if (types.size() == count)
    return types;
  if (types.size() == 1) {
    Type type = types.front();
    return llvm::SmallVector<Type>(count, verb == "complex" ? realPart(type) : type);
  }
  // The type of a constant operand: `check.expect_eq_const %x, dense<1> : T`.
  if (auto value = mlir::dyn_cast_or_null<mlir::TypedAttr>(state.attributes.get("value")))
    if (types.empty())
      return llvm::SmallVector<Type>(count, value.getType());
  // select: a predicate, then the type of both values.
  if (types.size() == 2 && count == 3)
    return {types[0], types[1], types[1]};
  return {};
}

llvm::SmallVector<Type> PrettyReader::resultTypes() {
  size_t count = parser.getNumResults();
  if (arrow)
    return results;
  if (count == 0)
    return {};
  if (Type implied = impliedResult(state))
    return {implied};
  if (!typed) {
    // A constant's value knows its type.
    if (auto value = mlir::dyn_cast_or_null<mlir::TypedAttr>(state.attributes.get("value")))
      return {value.getType()};
    return {};
  }
  if (types.size() == count)
    return types;
  // One type for all. Five bytes of text could ask for any number of them.
  constexpr size_t kMostAlike = 64;
  if (types.empty() || count > kMostAlike)
    return {};
  return llvm::SmallVector<Type>(count, types.back());
}

ParseResult PrettyReader::resolve() {
  resolved = true;
  operands.append(inits);
  llvm::SmallVector<Type> in = operandTypes(operands.size()), out = resultTypes();
  auto at = parser.getNameLoc();
  if (in.size() != operands.size())
    return parser.emitError(at, "'" + state.name.getStringRef() + "': the types of its " +
                                    llvm::Twine(operands.size()) + " operands are not clear");
  if (out.size() < parser.getNumResults())
    return parser.emitError(at, "'" + state.name.getStringRef() + "': the types of its " +
                                    llvm::Twine(parser.getNumResults()) + " results are not clear");
  state.addTypes(out);
  if (parser.resolveOperands(operands, in, at, state.operands))
    return mlir::failure();
  for (auto [argument, type] : llvm::zip(carried, in))
    argument.type = type;
  if (!reducer.empty())
    return applyReducer(reducer);
  return mlir::success();
}
