//===- WhileTrips.cpp - How often a while loop runs -----------------------===//
//
// Frontends write counted loops as while loops: a counter is compared with a
// limit in the condition and stepped in the body.
//
//===----------------------------------------------------------------------===//

#include "Mlir/ModuleWalk.h"

#include "Mlir/OpKinds.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace energyopt;
using llvm::StringRef;

namespace {
enum class Order { None, Less, LessEqual, Greater, GreaterEqual, NotEqual };
} // namespace

static Order swapped(Order order) {
  switch (order) {
  case Order::Less:
    return Order::Greater;
  case Order::LessEqual:
    return Order::GreaterEqual;
  case Order::Greater:
    return Order::Less;
  case Order::GreaterEqual:
    return Order::LessEqual;
  default:
    return order;
  }
}

/// The order that a comparison tests, in any dialect.
static Order orderOf(mlir::Operation *op) {
  MlirAttrs attrs(op);
  // arith.cmpi: eq, ne, slt, sle, sgt, sge, ult, ule, ugt, uge
  if (op->getName().getStringRef() == "arith.cmpi") {
    static const Order orders[] = {Order::None,        Order::NotEqual,  Order::Less,
                                   Order::LessEqual,   Order::Greater,   Order::GreaterEqual,
                                   Order::Less,        Order::LessEqual, Order::Greater,
                                   Order::GreaterEqual};
    auto predicate = attrs.find("predicate");
    return predicate && predicate->i >= 0 && predicate->i < 10 ? orders[predicate->i] : Order::None;
  }
  StringRef verb = op->getName().getStringRef().split('.').second;
  if (verb == "compare") {
    auto direction = attrs.find("comparison_direction");
    StringRef text = direction ? direction->s : StringRef();
    text = text.rtrim("> ").take_back(2);
    return llvm::StringSwitch<Order>(text)
        .Case("LT", Order::Less)
        .Case("LE", Order::LessEqual)
        .Case("GT", Order::Greater)
        .Case("GE", Order::GreaterEqual)
        .Case("NE", Order::NotEqual)
        .Default(Order::None);
  }
  return llvm::StringSwitch<Order>(verb)
      .Case("greater", Order::Greater)
      .Case("greater_equal", Order::GreaterEqual)
      .Default(Order::None);
}

static std::optional<int64_t> constantInt(const std::shared_ptr<const TensorData> &data) {
  if (!data || data->size() != 1)
    return std::nullopt;
  auto value = (*data)[0].asInt();
  return value ? value->constant() : std::nullopt;
}

/// A value that every iteration sees the same: a constant, a value from before
/// the loop, or an argument that the body hands on unchanged.
std::optional<int64_t> ModuleWalk::invariant(mlir::Value value, mlir::Operation *loop,
                                             Frame &frame) {
  if (auto arg = mlir::dyn_cast<mlir::BlockArgument>(value);
      arg && arg.getOwner()->getParentOp() == loop) {
    unsigned k = arg.getArgNumber();
    mlir::Block &body = loop->getRegion(loop->getNumRegions() - 1).front();
    if (k >= loop->getNumOperands() || k >= body.getTerminator()->getNumOperands() ||
        k >= body.getNumArguments() || body.getTerminator()->getOperand(k) != body.getArgument(k))
      return std::nullopt;
    value = loop->getOperand(k);
  }
  mlir::Attribute attr;
  mlir::Operation *def = value.getDefiningOp();
  if (def && isConstant(def, attr))
    return constantInt(constantData(attr));
  auto known = frame.values.find(value);
  return known == frame.values.end() ? std::nullopt : constantInt(info(known->second).data);
}

/// lower, limit and step of the counter; nullopt if there is no such thing.
std::optional<Expr> ModuleWalk::countedTrips(mlir::Operation *op, Frame &frame) {
  if (op->getNumRegions() != 2 || op->getRegion(0).empty() || op->getRegion(1).empty())
    return std::nullopt;
  mlir::Block &condition = op->getRegion(0).front(), &body = op->getRegion(1).front();
  if (condition.empty() || body.empty() || condition.back().getNumOperands() == 0)
    return std::nullopt;
  mlir::Operation *test = stripCasts(condition.back().getOperand(0)).getDefiningOp();
  if (!test || test->getNumOperands() != 2)
    return std::nullopt;
  Order order = orderOf(test);
  mlir::Value left = stripCasts(test->getOperand(0)), right = stripCasts(test->getOperand(1));
  auto limit = invariant(right, op, frame);
  if (!limit) {
    std::swap(left, right);
    order = swapped(order);
    limit = invariant(right, op, frame);
  }
  auto counter = mlir::dyn_cast<mlir::BlockArgument>(left);
  if (!limit || !counter || counter.getOwner() != &condition)
    return std::nullopt;
  unsigned k = counter.getArgNumber();
  if (k >= op->getNumOperands() || k >= body.back().getNumOperands() || k >= body.getNumArguments())
    return std::nullopt;
  auto start = invariant(op->getOperand(k), nullptr, frame);
  mlir::Operation *next = stripCasts(body.back().getOperand(k)).getDefiningOp();
  if (!start || !next || next->getNumOperands() < 2 ||
      stripCasts(next->getOperand(0)) != body.getArgument(k))
    return std::nullopt;
  auto step = invariant(stripCasts(next->getOperand(1)), op, frame);
  StringRef verb = next->getName().getStringRef().split('.').second;
  bool down = verb.starts_with("sub");
  if (!step || (!down && !verb.starts_with("add")))
    return std::nullopt;
  Expr distance = Expr(*limit) - Expr(*start), stride = down ? -Expr(*step) : Expr(*step);
  if (order == Order::Greater || order == Order::GreaterEqual) {
    distance = -distance;
    stride = -stride;
  }
  if (order == Order::LessEqual || order == Order::GreaterEqual)
    distance += 1;
  if (order == Order::None || !stride.constant() || *stride.constant() <= 0)
    return std::nullopt;
  Expr trips = Expr::max(distance.ceilDiv(stride), 0);
  return trips.isOverflow() ? std::nullopt : std::optional<Expr>(trips);
}

Expr ModuleWalk::whileTrips(mlir::Operation *op, Frame &frame) {
  auto counted = countedTrips(op, frame);
  return counted ? *counted : tripSymbol(op, facts);
}
