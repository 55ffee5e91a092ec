//===- LoopRanges.cpp - Trip counts of loops ------------------------------===//

#include "Mlir/RegisterCode.h"

#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::StringRef;

bool energyopt::isLoop(mlir::Operation *op) {
  return mlir::isa<mlir::LoopLikeOpInterface>(op) || op->getName().getStringRef() == "gpu.launch";
}

Expr energyopt::tripSymbol(mlir::Operation *op, ShapeFacts &facts) {
  std::string name = op->getName().stripDialect().str();
  if (auto at = op->getLoc()->findInstanceOf<mlir::FileLineColLoc>())
    name += ":" + llvm::utostr(at.getLine());
  name += ".trips";
  return facts.bindSymbol(name, 1, "only the run decides it; bind it with --dim " + name + "=N");
}

static Induction makeRange(mlir::Operation *op, std::optional<Expr> lower,
                           std::optional<Expr> upper, std::optional<Expr> step, ShapeFacts &facts) {
  Induction range;
  range.lower = lower ? *lower : Expr(0);
  range.step = step ? *step : Expr(1);
  Expr trips =
      lower && upper && step ? Expr::max((*upper - *lower).ceilDiv(*step), 0) : Expr::overflow();
  range.trips = trips.isOverflow() ? tripSymbol(op, facts) : trips;
  return range;
}

/// affine.for keeps its bounds as maps: the greatest lower and least upper
/// bound hold.
static Induction affineForRange(mlir::Operation *op, IndexValues &index, ShapeFacts &facts) {
  auto lowerMap = op->getAttrOfType<mlir::AffineMapAttr>("lowerBoundMap");
  auto upperMap = op->getAttrOfType<mlir::AffineMapAttr>("upperBoundMap");
  auto step = op->getAttrOfType<mlir::IntegerAttr>("step");
  std::optional<Expr> lower, upper;
  if (lowerMap && upperMap) {
    unsigned numLower = lowerMap.getValue().getNumInputs();
    unsigned numUpper = upperMap.getValue().getNumInputs();
    if (numLower + numUpper <= op->getNumOperands()) {
      if (auto all = index.apply(lowerMap.getValue(), op->getOperands().take_front(numLower)))
        for (const Expr &e : *all)
          lower = lower ? Expr::max(*lower, e) : e;
      if (auto all = index.apply(upperMap.getValue(), op->getOperands().slice(numLower, numUpper)))
        for (const Expr &e : *all)
          upper = upper ? Expr::min(*upper, e) : e;
    }
  }
  return makeRange(op, lower, upper, Expr(step ? step.getInt() : 1), facts);
}

/// affine.parallel: one map for all bounds, grouped by variable.
static void affineParallelRanges(mlir::Operation *op, IndexValues &index, ShapeFacts &facts,
                                 llvm::SmallVectorImpl<LoopRange> &ranges) {
  auto bound = [&](StringRef map, StringRef groups, mlir::OperandRange operands,
                   bool least) -> llvm::SmallVector<std::optional<Expr>, 3> {
    auto mapAttr = op->getAttrOfType<mlir::AffineMapAttr>(map);
    auto groupAttr = op->getAttrOfType<mlir::DenseIntElementsAttr>(groups);
    auto all = mapAttr ? index.apply(mapAttr.getValue(), operands) : std::nullopt;
    llvm::SmallVector<std::optional<Expr>, 3> result;
    if (!all || !groupAttr)
      return result;
    size_t next = 0;
    for (const llvm::APInt &size : groupAttr.getValues<llvm::APInt>()) {
      std::optional<Expr> value;
      for (uint64_t i = 0; i < size.getZExtValue() && next < all->size(); ++i, ++next)
        value = !value  ? (*all)[next]
                : least ? Expr::min(*value, (*all)[next])
                        : Expr::max(*value, (*all)[next]);
      result.push_back(value);
    }
    return result;
  };
  auto lowerMap = op->getAttrOfType<mlir::AffineMapAttr>("lowerBoundsMap");
  unsigned split = lowerMap ? lowerMap.getValue().getNumInputs() : 0;
  if (split > op->getNumOperands())
    split = 0;
  auto lower =
      bound("lowerBoundsMap", "lowerBoundsGroups", op->getOperands().take_front(split), false);
  auto upper =
      bound("upperBoundsMap", "upperBoundsGroups", op->getOperands().drop_front(split), true);
  auto steps = op->getAttrOfType<mlir::ArrayAttr>("steps");
  for (auto [i, arg] : llvm::enumerate(op->getRegion(0).getArguments())) {
    std::optional<Expr> step;
    if (steps && i < steps.size())
      if (auto value = mlir::dyn_cast<mlir::IntegerAttr>(steps[i]))
        step = Expr(value.getInt());
    ranges.push_back({arg, makeRange(op, i < lower.size() ? lower[i] : std::nullopt,
                                     i < upper.size() ? upper[i] : std::nullopt, step, facts)});
  }
}

/// gpu.launch runs its body once per thread: six sizes, in the order of its
/// last operands.
static void launchRanges(mlir::Operation *op, IndexValues &index, ShapeFacts &facts,
                         llvm::SmallVectorImpl<LoopRange> &ranges) {
  mlir::Region &body = op->getRegion(0);
  unsigned first = 0;
  while (first < op->getNumOperands() && !op->getOperand(first).getType().isIndex())
    ++first; // async dependencies
  for (unsigned i = 0; i < 6 && first + i < op->getNumOperands(); ++i) {
    auto size = index.of(op->getOperand(first + i));
    mlir::Value id = i < body.getNumArguments() ? body.getArgument(i) : mlir::Value();
    ranges.push_back({id, makeRange(op, Expr(0), size, Expr(1), facts)});
    if (6 + i < body.getNumArguments() && size)
      index.bind(body.getArgument(6 + i), size);
  }
}

llvm::SmallVector<LoopRange, 3> energyopt::loopRanges(mlir::Operation *op, IndexValues &index,
                                                      ShapeFacts &facts) {
  llvm::SmallVector<LoopRange, 3> ranges;
  StringRef name = op->getName().getStringRef();
  if (name == "gpu.launch") {
    launchRanges(op, index, facts, ranges);
    return ranges;
  }
  auto loop = mlir::dyn_cast<mlir::LoopLikeOpInterface>(op);
  if (!loop)
    return ranges;
  auto variables = loop.getLoopInductionVars();
  if (name == "affine.for" && variables && variables->size() == 1) {
    ranges.push_back({variables->front(), affineForRange(op, index, facts)});
    return ranges;
  }
  if (name == "affine.parallel") {
    affineParallelRanges(op, index, facts, ranges);
    return ranges;
  }
  auto lower = loop.getLoopLowerBounds(), upper = loop.getLoopUpperBounds();
  auto steps = loop.getLoopSteps();
  if (!variables || !lower || !upper || !steps || lower->size() != variables->size()) {
    ranges.push_back(
        {mlir::Value(), makeRange(op, std::nullopt, std::nullopt, std::nullopt, facts)});
    return ranges;
  }
  for (auto [i, variable] : llvm::enumerate(*variables))
    ranges.push_back({variable, makeRange(op, index.of((*lower)[i]), index.of((*upper)[i]),
                                          index.of((*steps)[i]), facts)});
  return ranges;
}

Expr energyopt::nestedTimes(const Expr &times, const Expr &trips, IndexValues &index) {
  if (trips.isConstant())
    return times * trips;
  auto range = index.over(trips);
  if (!range)
    return times * trips;
  // The loops in `trips` run count times of all `times`.
  if (auto rest = times.exactDiv(Expr(range->count)))
    return *rest * range->sum;
  return times * range->max;
}
