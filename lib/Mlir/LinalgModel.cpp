//===- LinalgModel.cpp - linalg ops answer WorkOpInterface ----------------===//
//
// One model for all structured ops: the loops of the iteration space times what
// the body computes. A body that accumulates a product is a contraction, whose
// m, n and k follow from the indexing maps; named ops and linalg.generic are
// one and the same here.
//
//===----------------------------------------------------------------------===//

#include "Mlir/IterationSpace.h"
#include "Mlir/RegisterCode.h"
#include "energy-opt/Register.h"
#include "energy-opt/WorkOpInterface.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace energyopt;
using mlir::linalg::LinalgOp;

//===----------------------------------------------------------------------===//
// Traffic
//===----------------------------------------------------------------------===//

/// An accumulator that starts as a constant starts in registers.
static bool startsInRegisters(mlir::Value init) {
  mlir::Operation *op = init.getDefiningOp();
  if (!op || !mlir::isa<mlir::RankedTensorType>(init.getType()))
    return false;
  llvm::StringRef name = op->getName().getStringRef();
  return name == "linalg.fill" || name == "tensor.empty" || name == "bufferization.alloc_tensor";
}

/// Whether all that happens to a filled tensor is that reductions start from it.
static bool onlyStartsReductions(mlir::Operation *fill) {
  if (fill->getNumResults() == 0 || fill->use_empty())
    return false;
  return llvm::all_of(fill->getUses(), [](mlir::OpOperand &use) {
    auto user = mlir::dyn_cast<LinalgOp>(use.getOwner());
    return user && user.isDpsInit(&use) && user.payloadUsesValueFromOperand(&use);
  });
}

/// Each operand whole, at its first touch; broadcast ones are read once.
static void addTraffic(LinalgOp op, llvm::ArrayRef<const ValueInfo *> operands, Work &work) {
  llvm::SmallVector<Expr, 4> written(op->getNumOperands(), Expr(0));
  for (mlir::OpOperand &operand : op->getOpOperands()) {
    Expr bytes = operands[operand.getOperandNumber()]->bytes().value_or(Expr(0));
    bool read = op.payloadUsesValueFromOperand(&operand) &&
                !(op.isDpsInit(&operand) && startsInRegisters(operand.get()));
    work.readBytes.push_back(read ? bytes : Expr(0));
    if (!op.isDpsInit(&operand))
      continue;
    if (op.hasPureTensorSemantics())
      work.writeBytes.push_back(bytes);
    else
      written[operand.getOperandNumber()] = bytes;
  }
  if (!op.hasPureTensorSemantics()) {
    work.writeBytes.assign(op->getNumResults(), Expr(0));
    work.writeBytes.append(written);
  }
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// The operand that a factor of the product is an element of; -1 for none.
static int operandOf(mlir::Value factor, LinalgOp op) {
  auto arg = mlir::dyn_cast<mlir::BlockArgument>(factor);
  return arg && arg.getOwner() == op.getBlock() ? static_cast<int>(arg.getArgNumber()) : -1;
}

/// Zero points are subtracted once from each element, ahead of the product.
static void addZeroPoints(LinalgOp op, const Mac &mac, llvm::ArrayRef<const ValueInfo *> operands,
                          Work &work) {
  for (mlir::Operation *inner : mac.ops) {
    if (inner->getName().getStringRef() != "arith.subi")
      continue;
    int operand = operandOf(stripCasts(inner->getOperand(0)), op);
    if (operand >= 0)
      work.add(WorkClass::Vector, DType::I32, operands[operand]->elements());
  }
}

/// The argument of the body that stands for what is accumulated; null for a body
/// that sees inputs only, as that of linalg.map.
static mlir::Value accumulatorOf(LinalgOp op, mlir::OpOperand &init) {
  unsigned number = init.getOperandNumber();
  return number < op.getBlock()->getNumArguments() ? op.getBlock()->getArgument(number)
                                                   : mlir::Value();
}

/// The product that is accumulated into result `i`, if there is one.
static std::optional<Mac> macOf(LinalgOp op, unsigned i, mlir::OpOperand &init) {
  mlir::Operation *yield = op.getBlock()->getTerminator();
  mlir::Value accumulator = accumulatorOf(op, init);
  if (!accumulator || i >= yield->getNumOperands())
    return std::nullopt;
  return matchMac(yield->getOperand(i), [&](mlir::Value value) { return value == accumulator; });
}

/// Contractions among the results; their ops are left out of the rest.
static void addContractions(LinalgOp op, llvm::ArrayRef<const ValueInfo *> operands,
                            llvm::ArrayRef<Expr> trips, RegisterCode &body, Work &work) {
  auto maps = op.getIndexingMapsArray();
  for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable())) {
    auto mac = macOf(op, i, init);
    if (!mac)
      continue;
    int lhs = operandOf(mac->lhs, op), rhs = operandOf(mac->rhs, op);
    if (lhs < 0 || rhs < 0)
      continue;
    auto uses = loopUses(trips, maps[lhs], maps[rhs], maps[init.getOperandNumber()]);
    if (llvm::all_of(uses, [](const LoopUse &u) { return u.lhs && u.rhs && u.acc; }))
      continue; // elementwise
    DType a = scalarType(mac->lhs.getType()), b = scalarType(mac->rhs.getType());
    addContraction(work, bitWidth(b) > bitWidth(a) ? b : a, uses,
                   operands[lhs]->isParameter || operands[rhs]->isParameter);
    addZeroPoints(op, *mac, operands, work);
    body.skipped.insert(mac->ops.begin(), mac->ops.end());
  }
}

static Work structuredWork(LinalgOp op, llvm::ArrayRef<const ValueInfo *> operands) {
  if (mlir::isa<mlir::linalg::FillOp>(op) && onlyStartsReductions(op))
    return Work::free();
  auto maps = op.getIndexingMapsArray();
  auto trips = iterationSpace(maps, operands);
  if (!trips)
    return Work::unmodelled("an operand's rank is unknown");
  Work work;
  // Bodies compute on scalars: no dim of the caller's can occur.
  ShapeFacts facts({}, /*symbolic=*/false);
  Resolver resolver(facts);
  IndexValues index(facts, [](mlir::Value, int64_t) { return std::nullopt; });
  RegisterCode body(resolver, index);
  addContractions(op, operands, *trips, body, work);
  body.add(*op.getBlock(), 1);
  if (body.work.status == WorkStatus::Unmodelled)
    return Work::unmodelled(body.work.reason);
  Expr iterations = 1;
  for (const Expr &trip : *trips)
    iterations *= trip;
  for (WorkItem &item : body.work.items)
    work.add(item.cls, item.dtype, item.count * iterations, item.dims);
  addTraffic(op, operands, work);
  return work;
}

/// The kind of op that a runtime would take it for.
static const char *structuredFamily(LinalgOp op) {
  bool window = llvm::any_of(op.getIndexingMapsArray(), hasWindow);
  for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable())) {
    if (op.getNumReductionLoops() > 0 && macOf(op, i, init))
      return window ? "conv" : "matmul";
  }
  if (mlir::isa<mlir::linalg::FillOp, mlir::linalg::FillRng2DOp>(op))
    return "generate";
  if (op.getNumReductionLoops() > 0)
    return window ? "pool" : "reduce";
  return op.getBlock()->getOperations().size() == 1 ? "movement" : "elementwise";
}

namespace {
template <typename Op>
struct StructuredModel : public WorkOpInterface::ExternalModel<StructuredModel<Op>, Op> {
  Work getWork(mlir::Operation *op, llvm::ArrayRef<const ValueInfo *> operands,
               llvm::SmallVectorImpl<ValueInfo> &results, ShapeContext &) const {
    auto structured = mlir::cast<LinalgOp>(op);
    if (structured.hasPureTensorSemantics())
      for (mlir::OpOperand &init : structured.getDpsInitsMutable()) {
        results.push_back(*operands[init.getOperandNumber()]);
        results.back().isParameter = false;
        results.back().data = nullptr;
      }
    return structuredWork(structured, operands);
  }
  const char *getWorkFamily(mlir::Operation *op) const {
    return structuredFamily(mlir::cast<LinalgOp>(op));
  }
};

/// vector.contract has maps as linalg ops do, on values in registers.
struct ContractModel
    : public WorkOpInterface::ExternalModel<ContractModel, mlir::vector::ContractionOp> {
  Work getWork(mlir::Operation *op, llvm::ArrayRef<const ValueInfo *> operands,
               llvm::SmallVectorImpl<ValueInfo> &, ShapeContext &) const {
    auto contract = mlir::cast<mlir::vector::ContractionOp>(op);
    auto maps = contract.getIndexingMapsArray();
    auto trips = iterationSpace(maps, operands.take_front(maps.size()));
    if (!trips)
      return Work::unmodelled("scalable vectors");
    Work work;
    for (const ValueInfo *operand : operands)
      work.readBytes.push_back(operand->bytes().value_or(Expr(0)));
    work.writeBytes.push_back(typeFacts(op->getResult(0).getType()).info().bytes().value_or(0));
    addContraction(work, operands[0]->dtype, loopUses(*trips, maps[0], maps[1], maps[2]),
                   operands[0]->isParameter || operands[1]->isParameter);
    return work;
  }
  const char *getWorkFamily(mlir::Operation *) const { return "matmul"; }
};

/// Attaches the model to each op of a list.
template <typename... Ops> struct Attach {
  static void to(mlir::MLIRContext &context) {
    (Ops::template attachInterface<StructuredModel<Ops>>(context), ...);
  }
};
} // namespace

void energyopt::registerLinalgWork(mlir::DialectRegistry &registry) {
  registry.addExtension(+[](mlir::MLIRContext *context, mlir::linalg::LinalgDialect *) {
    Attach<
#define GET_OP_LIST
#include "mlir/Dialect/Linalg/IR/LinalgStructuredOps.cpp.inc"
        >::to(*context);
  });
  registry.addExtension(+[](mlir::MLIRContext *context, mlir::vector::VectorDialect *) {
    mlir::vector::ContractionOp::attachInterface<ContractModel>(*context);
  });
}
