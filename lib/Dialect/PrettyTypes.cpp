//===- PrettyTypes.cpp - Which type belongs to which value ----------------===//
//
// Pretty forms leave out types that follow from others. The rules here are the
// ones that StableHLO's and torch's printers rely on.
//
//===----------------------------------------------------------------------===//

#include "Dialect/PrettyReader.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringSwitch.h"

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

/// Types of torch.constant.*, which print none.
static Type impliedType(mlir::OperationState &state) {
  StringRef kind = state.name.getStringRef();
  if (!kind.consume_front("torch.constant."))
    return {};
  StringRef text = llvm::StringSwitch<StringRef>(kind).Case("device", "Device").Default(kind);
  mlir::MLIRContext *context = state.getContext();
  return mlir::OpaqueType::get(mlir::StringAttr::get(context, "torch"), text);
}

llvm::SmallVector<Type> PrettyReader::operandTypes(size_t count) {
  if (types.size() == count)
    return types;
  StringRef verb = state.name.getStringRef().split('.').second;
  if (types.size() == 1) {
    Type type = types.front();
    if (auto tuple = mlir::dyn_cast<mlir::TupleType>(type); tuple && verb == "tuple")
      if (tuple.size() == count)
        return llvm::SmallVector<Type>(tuple.getTypes());
    return llvm::SmallVector<Type>(count, verb == "complex" ? realPart(type) : type);
  }
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
  if (!typed) {
    if (Type implied = impliedType(state))
      return {implied};
    // A constant's value knows its type.
    if (auto value = mlir::dyn_cast_or_null<mlir::TypedAttr>(state.attributes.get("value")))
      return {value.getType()};
    return {};
  }
  if (types.size() == count)
    return types;
  return types.empty() ? llvm::SmallVector<Type>() : llvm::SmallVector<Type>(count, types.back());
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
                                    llvm::Twine(parser.getNumResults()) +
                                    " results are not clear");
  state.addTypes(out);
  if (parser.resolveOperands(operands, in, at, state.operands))
    return mlir::failure();
  for (auto [argument, type] : llvm::zip(carried, in))
    argument.type = type;
  if (!reducer.empty())
    return applyReducer(reducer);
  return mlir::success();
}
