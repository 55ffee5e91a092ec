//===- IndexValues.cpp - Index arithmetic, evaluated symbolically ---------===//

#include "Mlir/IndexValues.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;

/// Chains of index arithmetic are short; longer ones are not worth the stack.
constexpr unsigned kMaxDepth = 64;
/// Iterations that over() looks at, one by one.
constexpr int64_t kMaxIterations = 1 << 14;

void IndexValues::bind(mlir::Value value, std::optional<Expr> e) { known[value] = std::move(e); }

void IndexValues::enterLoop(mlir::Value variable, Induction range) {
  Expr last = range.lower + (range.trips - 1) * range.step;
  Expr symbol = facts.dataDependentDim("iv", Expr::max(last, 0));
  range.symbol = symbol.asSymbol()->str();
  loops.push_back(std::move(range));
  known[variable] = symbol;
}

void IndexValues::leaveLoop() { loops.pop_back(); }

std::optional<Expr> IndexValues::of(mlir::Value value) { return compute(value, 0); }

std::optional<Expr> IndexValues::of(mlir::OpFoldResult value) {
  if (auto attr = mlir::dyn_cast<mlir::Attribute>(value)) {
    auto integer = mlir::dyn_cast<mlir::IntegerAttr>(attr);
    return integer ? std::optional<Expr>(integer.getValue().getSExtValue()) : std::nullopt;
  }
  return of(mlir::cast<mlir::Value>(value));
}

std::optional<Expr> IndexValues::compute(mlir::Value value, unsigned depth) {
  auto it = known.find(value);
  if (it != known.end())
    return it->second;
  std::optional<Expr> result = evaluate(value, depth);
  if (result && result->isOverflow())
    result.reset();
  known[value] = result;
  return result;
}

std::optional<Expr> IndexValues::evaluate(mlir::Value value, unsigned depth) {
  mlir::Operation *op = value.getDefiningOp();
  if (!op || depth > kMaxDepth || !value.getType().isIntOrIndex())
    return std::nullopt;
  llvm::APInt constant;
  if (mlir::matchPattern(value, mlir::m_ConstantInt(&constant)))
    return constant.getSignificantBits() <= 64 ? std::optional<Expr>(constant.getSExtValue())
                                               : std::nullopt;
  return computeOp(op, value, depth + 1);
}

/// min or max over all, or nullopt if one is unknown.
static std::optional<Expr> fold(llvm::ArrayRef<Expr> values, bool least) {
  std::optional<Expr> result;
  for (const Expr &e : values)
    result = !result ? e : least ? Expr::min(*result, e) : Expr::max(*result, e);
  return result;
}

std::optional<llvm::SmallVector<Expr, 2>> IndexValues::apply(mlir::AffineMap map,
                                                             mlir::OperandRange operands) {
  if (map.getNumInputs() != operands.size())
    return std::nullopt;
  llvm::SmallVector<std::optional<Expr>, 4> inputs;
  for (mlir::Value operand : operands)
    inputs.push_back(of(operand));
  llvm::SmallVector<Expr, 2> results;
  for (mlir::AffineExpr e : map.getResults()) {
    auto value = affine(e, inputs, map.getNumDims(), 0);
    if (!value)
      return std::nullopt;
    results.push_back(std::move(*value));
  }
  return results;
}

std::optional<Expr> IndexValues::affine(mlir::AffineExpr e,
                                        llvm::ArrayRef<std::optional<Expr>> inputs,
                                        unsigned numDims, unsigned depth) const {
  if (depth > kMaxDepth)
    return std::nullopt;
  if (auto constant = mlir::dyn_cast<mlir::AffineConstantExpr>(e))
    return Expr(constant.getValue());
  if (auto dim = mlir::dyn_cast<mlir::AffineDimExpr>(e))
    return inputs[dim.getPosition()];
  if (auto symbol = mlir::dyn_cast<mlir::AffineSymbolExpr>(e))
    return inputs[numDims + symbol.getPosition()];
  auto binary = mlir::cast<mlir::AffineBinaryOpExpr>(e);
  auto a = affine(binary.getLHS(), inputs, numDims, depth + 1);
  auto b = affine(binary.getRHS(), inputs, numDims, depth + 1);
  if (!a || !b)
    return std::nullopt;
  switch (e.getKind()) {
  case mlir::AffineExprKind::Add:
    return *a + *b;
  case mlir::AffineExprKind::Mul:
    return *a * *b;
  case mlir::AffineExprKind::FloorDiv:
    return a->floorDiv(*b);
  case mlir::AffineExprKind::CeilDiv:
    return a->ceilDiv(*b);
  case mlir::AffineExprKind::Mod:
    return a->mod(*b);
  default:
    return std::nullopt;
  }
}

namespace {
enum class IndexOp { None, Add, Sub, Mul, FloorDiv, CeilDiv, Rem, Min, Max, Same };
} // namespace

static IndexOp indexOp(StringRef name) {
  if (!name.consume_front("arith.") && !name.consume_front("index."))
    return IndexOp::None;
  return llvm::StringSwitch<IndexOp>(name)
      .Cases("addi", "add", IndexOp::Add)
      .Cases("subi", "sub", IndexOp::Sub)
      .Cases("muli", "mul", IndexOp::Mul)
      .Cases("divsi", "divui", "floordivsi", "divs", "divu", "floordivs", IndexOp::FloorDiv)
      .Cases("ceildivsi", "ceildivui", "ceildivs", "ceildivu", IndexOp::CeilDiv)
      .Cases("remsi", "remui", "rems", "remu", IndexOp::Rem)
      .Cases("minsi", "minui", "mins", "minu", IndexOp::Min)
      .Cases("maxsi", "maxui", "maxs", "maxu", IndexOp::Max)
      .Cases("index_cast", "index_castui", "extsi", "extui", "trunci", "casts", "castu",
             IndexOp::Same)
      .Default(IndexOp::None);
}

/// Divisions in index arithmetic are of non-negative numbers, for which all
/// roundings towards zero and minus infinity agree.
std::optional<Expr> IndexValues::computeOp(mlir::Operation *op, mlir::Value value, unsigned depth) {
  StringRef name = op->getName().getStringRef();
  if (auto map = op->getAttrOfType<mlir::AffineMapAttr>("map")) {
    bool least = name == "affine.min";
    if (!least && name != "affine.max" && name != "affine.apply")
      return std::nullopt;
    auto results = apply(map.getValue(), op->getOperands());
    return results ? fold(*results, least) : std::nullopt;
  }
  if ((name == "tensor.dim" || name == "memref.dim") && op->getNumOperands() == 2) {
    auto position = compute(op->getOperand(1), depth);
    auto constant = position ? position->constant() : std::nullopt;
    return constant ? dimOf(op->getOperand(0), *constant) : std::nullopt;
  }
  IndexOp kind = indexOp(name);
  if (kind == IndexOp::None || op->getNumOperands() == 0)
    return std::nullopt;
  auto a = compute(op->getOperand(0), depth);
  if (kind == IndexOp::Same || !a)
    return a;
  auto b = op->getNumOperands() > 1 ? compute(op->getOperand(1), depth) : std::nullopt;
  if (!b)
    return std::nullopt;
  switch (kind) {
  case IndexOp::Add:
    return *a + *b;
  case IndexOp::Sub:
    return *a - *b;
  case IndexOp::Mul:
    return *a * *b;
  case IndexOp::FloorDiv:
    return a->floorDiv(*b);
  case IndexOp::CeilDiv:
    return a->ceilDiv(*b);
  case IndexOp::Rem:
    return a->mod(*b);
  case IndexOp::Min:
    return Expr::min(*a, *b);
  case IndexOp::Max:
    return Expr::max(*a, *b);
  default:
    return std::nullopt;
  }
}

//===----------------------------------------------------------------------===//
// Over all iterations
//===----------------------------------------------------------------------===//

/// The loops that `e` depends on, through the bounds of inner ones too; outer
/// first.
std::vector<const Induction *> IndexValues::loopsIn(const Expr &e) const {
  std::set<std::string> names;
  e.collectSymbols(names);
  std::vector<const Induction *> result;
  for (const Induction &loop : llvm::reverse(loops)) {
    if (!names.count(loop.symbol))
      continue;
    loop.lower.collectSymbols(names);
    loop.step.collectSymbols(names);
    loop.trips.collectSymbols(names);
    result.insert(result.begin(), &loop);
  }
  return result;
}

namespace {
/// Runs through the iterations of a nest, outermost first.
struct Enumeration {
  const Expr &e;
  llvm::ArrayRef<const Induction *> nest;
  const ShapeFacts &facts;
  Expr::Bindings at;
  int64_t count = 0, max = INT64_MIN;
  Expr sum = 0;

  bool run(size_t level) {
    if (level == nest.size()) {
      auto value = facts.evaluate(e.substitute(at));
      if (!value || ++count > kMaxIterations)
        return false;
      sum += Expr(*value);
      max = std::max(max, *value);
      return true;
    }
    const Induction &loop = *nest[level];
    auto number = [&](const Expr &x) { return facts.evaluate(x.substitute(at)); };
    auto lower = number(loop.lower), step = number(loop.step), trips = number(loop.trips);
    if (!lower || !step || !trips || *trips > kMaxIterations)
      return false;
    for (int64_t i = 0; i < *trips; ++i) {
      at[loop.symbol] = Expr(*lower) + Expr(i) * Expr(*step);
      if (!run(level + 1))
        return false;
    }
    at.erase(loop.symbol);
    return true;
  }
};
} // namespace

std::optional<IndexValues::Range> IndexValues::over(const Expr &e) const {
  if (e.isConstant())
    return Range{e, e, 1};
  std::vector<const Induction *> nest = loopsIn(e);
  if (nest.empty())
    return Range{e, e, 1};
  Enumeration all{e, nest, facts, {}};
  if (!all.run(0) || all.count == 0)
    return std::nullopt;
  return Range{all.sum, all.max, all.count};
}

Expr IndexValues::maximum(const Expr &e, bool &exact) const {
  if (e.isConstant() || loopsIn(e).empty())
    return e;
  auto range = over(e);
  if (!range) {
    exact = false;
    return facts.upperBound(e);
  }
  exact &= range->sum == range->max * Expr(range->count);
  return range->max;
}
