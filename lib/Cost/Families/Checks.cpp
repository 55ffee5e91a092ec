//===- Checks.cpp - What an op requires of its operands -------------------===//

#include "Cost/Families/Checks.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::Error;
using llvm::Twine;

Error energyopt::requireInputs(const OpView &op, unsigned count) {
  for (unsigned i = 0; i < count; ++i)
    if (!op.has(i))
      return op.error("input " + Twine(i) + " is missing, expected at least " + Twine(count) +
                      " inputs");
  if (op.outputs.empty())
    return op.error("has no outputs");
  return Error::success();
}

Error energyopt::requireAtMostInputs(const OpView &op, unsigned count) {
  if (op.numInputs() <= count)
    return Error::success();
  return op.error("has " + Twine(op.numInputs()) + " inputs, expected at most " + Twine(count));
}

Error energyopt::requireSameType(const OpView &op, llvm::ArrayRef<int> inputs) {
  int first = -1;
  for (int input : inputs) {
    if (input < 0 || !op.has(input) || op.in(input).dtype == DType::Undefined)
      continue;
    if (first < 0)
      first = input;
    else if (op.in(input).dtype != op.in(first).dtype)
      return op.error("input " + Twine(input) + " has type " + name(op.in(input).dtype) +
                      ", input " + Twine(first) + " has " + name(op.in(first).dtype));
  }
  return Error::success();
}

Error energyopt::requireType(const OpView &op, unsigned input, bool (*accepts)(DType),
                             llvm::StringRef what) {
  if (!op.has(input) || op.in(input).dtype == DType::Undefined || accepts(op.in(input).dtype))
    return Error::success();
  return op.error("input " + Twine(input) + " has type " + name(op.in(input).dtype) +
                  ", expected " + what);
}

Error energyopt::requireFloat(const OpView &op, unsigned input) {
  return requireType(op, input, isFloat, "a float type");
}

Error energyopt::requireQuantized(const OpView &op, unsigned input) {
  auto accepts = [](DType type) {
    return (isInteger(type) || isFloat(type)) && bitWidth(type) == 8;
  };
  return requireType(op, input, accepts, "an 8-bit type");
}

Error energyopt::requireRank(const OpView &op, unsigned input, int64_t rank) {
  if (!op.ranked(input) || op.in(input).rank() == rank)
    return Error::success();
  return op.error("input " + Twine(input) + " has rank " + Twine(op.in(input).rank()) +
                  ", expected " + Twine(rank));
}

Error energyopt::requireRankAtLeast(const OpView &op, unsigned input, int64_t rank) {
  if (!op.ranked(input) || op.in(input).rank() >= rank)
    return Error::success();
  return op.error("input " + Twine(input) + " has rank " + Twine(op.in(input).rank()) +
                  ", expected at least " + Twine(rank));
}

Error energyopt::requireVector(const OpView &op, unsigned input, const Expr &size) {
  if (Error error = requireRank(op, input, 1))
    return error;
  if (!op.ranked(input) || op.ctx->unify(size, op.in(input).dim(0)))
    return Error::success();
  return op.error("input " + Twine(input) + " has " + op.in(input).dim(0).str() +
                  " elements, expected " + size.str());
}

Error energyopt::requireBroadcastTo(const OpView &op, unsigned input, llvm::ArrayRef<Expr> shape) {
  if (!op.ranked(input))
    return Error::success();
  const Shape &own = *op.in(input).shape;
  bool fits = own.size() <= shape.size();
  for (size_t i = 0; fits && i < own.size(); ++i) {
    const Expr &dim = own[own.size() - 1 - i], &target = shape[shape.size() - 1 - i];
    fits = dim.is(1) || op.ctx->unify(target, dim);
  }
  if (fits)
    return Error::success();
  return op.error("input " + Twine(input) + " (" + op.in(input).str() + ") does not broadcast to " +
                  ValueInfo::tensor(op.in(input).dtype, Shape(shape.begin(), shape.end())).str());
}

Error energyopt::requireSizes(const OpView &op, llvm::ArrayRef<Expr> shape) {
  for (const Expr &dim : shape) {
    if (dim.isOverflow())
      return op.error("the size of its output does not fit 64 bits");
    if (auto constant = dim.constant(); constant && *constant < 0)
      return op.error("its output has a dim of " + Twine(*constant));
  }
  return Error::success();
}

Error energyopt::requireOneOf(const OpView &op, llvm::StringRef name, llvm::StringRef value,
                              llvm::ArrayRef<llvm::StringRef> values) {
  if (llvm::is_contained(values, value))
    return Error::success();
  return op.error("attribute '" + name + "' is '" + value + "', expected one of " +
                  llvm::join(values, ", "));
}

Work energyopt::unmodelledWork(const OpView &op, std::string reason) {
  Work work = Work::unmodelled(std::move(reason));
  work.readBytes.assign(op.numInputs(), Expr(0));
  work.writeBytes.assign(op.outputs.size(), Expr(0));
  return work;
}

Work energyopt::unknownShape(const OpView &op) {
  for (unsigned i = 0; i < op.numInputs(); ++i)
    if (op.has(i) && !op.in(i).hasRank())
      return unmodelledWork(op, "the shape of input " + std::to_string(i) + " is unknown");
  return unmodelledWork(op, "the shape of its output is unknown");
}

Work energyopt::unmodelledError(Error error) {
  return Work::unmodelled(llvm::toString(std::move(error)));
}
