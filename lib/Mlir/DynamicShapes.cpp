//===- DynamicShapes.cpp - Sizes that stand in operands -------------------===//

#include "Mlir/DynamicShapes.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using OptionalShape = std::optional<Shape>;

namespace {
/// One op's shapes.
struct Inference {
  mlir::Operation *op;
  llvm::ArrayRef<const ValueInfo *> operands;
  IndexValues &index;
  ShapeFacts &facts;

  OptionalShape fromSizes(mlir::ShapedType type, mlir::OperandRange sizes);
  OptionalShape fromSlice(mlir::OffsetSizeAndStrideOpInterface slice, mlir::ShapedType type);
  OptionalShape fromGroups(mlir::ShapedType type);
  OptionalShape fromPads(mlir::ShapedType type);
  OptionalShape likeOperand(unsigned operand, mlir::ShapedType type);
  OptionalShape infer(unsigned result);
  std::optional<Expr> size(const std::optional<Expr> &e);
};
} // namespace

/// A size without induction variables.
std::optional<Expr> Inference::size(const std::optional<Expr> &e) {
  if (!e)
    return std::nullopt;
  bool exact = true;
  Expr largest = index.maximum(*e, exact);
  if (!exact)
    facts.assume("tiles at the edge of a loop are counted as whole ones");
  return largest;
}

/// The open dims of `type`, in order, are `sizes`.
OptionalShape Inference::fromSizes(mlir::ShapedType type, mlir::OperandRange sizes) {
  Shape shape;
  unsigned next = 0;
  for (int64_t dim : type.getShape()) {
    if (!mlir::ShapedType::isDynamic(dim)) {
      shape.push_back(Expr(dim));
      continue;
    }
    auto given = next < sizes.size() ? size(index.of(sizes[next++])) : std::nullopt;
    if (!given)
      return std::nullopt;
    shape.push_back(*given);
  }
  return shape;
}

/// Sizes of a slice; dims that the result drops are those of size 1.
OptionalShape Inference::fromSlice(mlir::OffsetSizeAndStrideOpInterface slice,
                                   mlir::ShapedType type) {
  Shape all;
  for (mlir::OpFoldResult given : slice.getMixedSizes()) {
    auto e = size(index.of(given));
    if (!e)
      return std::nullopt;
    all.push_back(*e);
  }
  Shape kept;
  size_t surplus =
      all.size() < static_cast<size_t>(type.getRank()) ? 0 : all.size() - type.getRank();
  for (const Expr &e : all) {
    bool fits = kept.size() < static_cast<size_t>(type.getRank());
    if (surplus && e.is(1) && (!fits || type.getDimSize(kept.size()) != 1))
      --surplus;
    else
      kept.push_back(e);
  }
  return kept.size() == static_cast<size_t>(type.getRank()) ? OptionalShape(kept) : std::nullopt;
}

/// collapse_shape multiplies groups of dims; expand_shape divides by what is
/// known of a group.
OptionalShape Inference::fromGroups(mlir::ShapedType type) {
  auto groups = op->getAttrOfType<mlir::ArrayAttr>("reassociation");
  if (!groups || !operands[0]->hasRank())
    return std::nullopt;
  bool collapse = op->getName().stripDialect() == "collapse_shape";
  Shape shape(type.getRank(), Expr(1));
  for (auto [i, group] : llvm::enumerate(groups)) {
    Expr product = 1, open = 1;
    int64_t openDim = -1;
    for (mlir::Attribute entry : mlir::cast<mlir::ArrayAttr>(group)) {
      int64_t d = mlir::cast<mlir::IntegerAttr>(entry).getInt();
      if (collapse && d < operands[0]->rank())
        product *= operands[0]->dim(d);
      else if (!collapse && d < type.getRank()) {
        if (type.isDynamicDim(d))
          openDim = d;
        else
          open *= shape[d] = Expr(type.getDimSize(d));
      }
    }
    if (collapse && static_cast<int64_t>(i) < type.getRank())
      shape[i] = product;
    else if (!collapse && openDim >= 0)
      shape[openDim] = operands[0]->dim(i).floorDiv(open);
  }
  return shape;
}

/// tensor.pad: low and high, some constant and some operands.
OptionalShape Inference::fromPads(mlir::ShapedType type) {
  auto low = op->getAttrOfType<mlir::DenseI64ArrayAttr>("static_low");
  auto high = op->getAttrOfType<mlir::DenseI64ArrayAttr>("static_high");
  if (!low || !high || !operands[0]->hasRank())
    return std::nullopt;
  Shape shape = *operands[0]->shape;
  unsigned next = 1;
  for (auto list : {low, high})
    for (auto [i, pad] : llvm::enumerate(list.asArrayRef())) {
      std::optional<Expr> e = Expr(pad);
      if (mlir::ShapedType::isDynamic(pad))
        e = next < op->getNumOperands() ? size(index.of(op->getOperand(next++))) : std::nullopt;
      if (!e || i >= shape.size())
        return std::nullopt;
      shape[i] += *e;
    }
  return shape;
}

OptionalShape Inference::likeOperand(unsigned operand, mlir::ShapedType type) {
  if (operand >= operands.size() || !operands[operand]->hasRank() ||
      operands[operand]->rank() != type.getRank())
    return std::nullopt;
  return operands[operand]->shape;
}

OptionalShape Inference::infer(unsigned result) {
  auto type = mlir::dyn_cast<mlir::ShapedType>(op->getResult(result).getType());
  if (!type || !type.hasRank() || type.hasStaticShape())
    return std::nullopt;
  if (auto slice = mlir::dyn_cast<mlir::OffsetSizeAndStrideOpInterface>(op);
      slice && !mlir::isa<mlir::DestinationStyleOpInterface>(op) &&
      !op->getName().getStringRef().ends_with("insert_slice"))
    return fromSlice(slice, type);
  if (auto styled = mlir::dyn_cast<mlir::DestinationStyleOpInterface>(op))
    if (result < styled.getNumDpsInits())
      return likeOperand(styled.getDpsInitOperand(result)->getOperandNumber(), type);
  enum class From { Nothing, Sizes, SizesAfterFirst, Groups, Pads, First, Second };
  From from = llvm::StringSwitch<From>(op->getName().getStringRef())
                  .Cases("tensor.empty", "memref.alloc", "memref.alloca", "tensor.generate",
                         "bufferization.alloc_tensor", "gpu.alloc", From::Sizes)
                  .Case("tensor.splat", From::SizesAfterFirst)
                  .Cases("tensor.collapse_shape", "tensor.expand_shape", From::Groups)
                  .Cases("memref.collapse_shape", "memref.expand_shape", From::Groups)
                  .Case("tensor.pad", From::Pads)
                  .Cases("tensor.cast", "memref.cast", "bufferization.to_tensor", From::First)
                  .Cases("bufferization.to_memref", "bufferization.clone", From::First)
                  .Cases("memref.memory_space_cast", "tensor.bitcast", From::First)
                  .Cases("tensor.insert_slice", "tensor.insert", "tensor.scatter", From::Second)
                  .Default(From::Nothing);
  switch (from) {
  case From::Nothing:
    return std::nullopt;
  case From::Sizes:
    return fromSizes(type, op->getOperands());
  case From::SizesAfterFirst:
    return fromSizes(type, op->getOperands().drop_front(1));
  case From::Groups:
    return fromGroups(type);
  case From::Pads:
    return fromPads(type);
  case From::First:
    return likeOperand(0, type);
  case From::Second:
    return likeOperand(1, type);
  }
  return std::nullopt;
}

llvm::SmallVector<OptionalShape, 2>
energyopt::dynamicShapes(mlir::Operation *op, llvm::ArrayRef<const ValueInfo *> operands,
                         IndexValues &index, ShapeFacts &facts) {
  llvm::SmallVector<OptionalShape, 2> shapes;
  Inference inference{op, operands, index, facts};
  for (unsigned i = 0; i < op->getNumResults(); ++i)
    shapes.push_back(inference.infer(i));
  return shapes;
}
