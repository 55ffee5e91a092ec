//===- NamedLoops.cpp - Loops of dialects that are not linked -------------===//
//
// onnx.Loop, onnx.Scan and torch.prim.Loop: no interface tells which operand is
// carried where, so that this is written down here.
//
//===----------------------------------------------------------------------===//

#include "Mlir/ModuleWalk.h"

#include "Mlir/OpKinds.h"

using namespace energyopt;
using llvm::StringRef;

namespace {
/// Positions of what a loop carries, and of what it takes apart.
struct LoopLayout {
  unsigned firstOperand; // carried
  unsigned firstArgument;
  unsigned firstYield;
  unsigned carried;
  unsigned scanned; // operands after the carried ones, an element per iteration
};
} // namespace

static std::optional<LoopLayout> layoutOf(mlir::Operation *op) {
  unsigned operands = op->getNumOperands();
  StringRef name = op->getName().getStringRef();
  if ((name == "onnx.Loop" || name == "torch.prim.Loop") && operands >= 2)
    return name == "onnx.Loop" ? LoopLayout{2, 2, 1, operands - 2, 0}
                               : LoopLayout{2, 1, 1, operands - 2, 0};
  auto scans = MlirAttrs(op).find("num_scan_inputs");
  if (name == "onnx.Scan" && scans && scans->i > 0 && scans->i <= operands) {
    unsigned scanned = static_cast<unsigned>(scans->i);
    return LoopLayout{0, 0, 0, operands - scanned, scanned};
  }
  return std::nullopt;
}

/// Iterations: the length of what is scanned, or operand 0 if it is known.
Expr ModuleWalk::namedTrips(mlir::Operation *op, unsigned scannedFrom, Frame &frame) {
  if (scannedFrom < op->getNumOperands()) {
    const ValueInfo &scanned = info(tensorOf(op->getOperand(scannedFrom), frame));
    return scanned.hasRank() && scanned.rank() > 0 ? scanned.dim(0) : tripSymbol(op, facts);
  }
  const ValueInfo &limit = info(tensorOf(op->getOperand(0), frame));
  auto trips = limit.data && limit.data->size() == 1 ? (*limit.data)[0].asInt() : std::nullopt;
  // Exporters write "for ever" as the largest number.
  bool counted = trips && trips->constant() && *trips->constant() < (int64_t(1) << 31);
  return counted ? Expr::max(*trips, 0) : tripSymbol(op, facts);
}

llvm::Error ModuleWalk::visitNamedLoop(mlir::Operation *op, const Place &place) {
  Frame &frame = place.frame;
  auto layout = layoutOf(op);
  mlir::Region &region = op->getRegion(0);
  if (!layout || region.empty()) {
    addRow(op, place, "control-flow", {}, {},
           Work::unmodelled("it lacks the operands of a loop, or a body"));
    bindResults(op, {}, frame);
    return llvm::Error::success();
  }
  addRow(op, place, "control-flow", {}, {}, Work::free());
  unsigned scannedFrom = layout->scanned ? layout->carried : op->getNumOperands();
  Expr trips = namedTrips(op, scannedFrom, frame);
  for (unsigned i = 0; i < layout->carried; ++i)
    if (layout->firstArgument + i < region.getNumArguments())
      alias(region.getArgument(layout->firstArgument + i),
            tensorOf(op->getOperand(layout->firstOperand + i), frame), frame);
  for (unsigned i = 0; i < layout->scanned && layout->carried + i < region.getNumArguments(); ++i) {
    mlir::Value argument = region.getArgument(layout->carried + i);
    ValueInfo slice = info(tensorOf(op->getOperand(scannedFrom + i), frame));
    if (slice.shape && !slice.shape->empty())
      slice.shape->erase(slice.shape->begin());
    frame.values[argument] =
        builder.addTensor(bodyArgument(argument, slice), "", GraphTensor::Role::Intermediate);
  }
  Tensors yields;
  if (llvm::Error error = visitBody(region, {frame, place.times * trips, nextScope++}, yields))
    return error;
  bindStacked(op, layout->firstYield, layout->carried, trips, yields, frame);
  return llvm::Error::success();
}

/// Results: what is carried, then one tensor of all iterations for each value
/// that the body yields besides.
void ModuleWalk::bindStacked(mlir::Operation *op, unsigned firstYield, unsigned carried,
                             const Expr &trips, llvm::ArrayRef<int32_t> yields, Frame &frame) {
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    int32_t source = firstYield + i < yields.size() ? yields[firstYield + i] : -1;
    if (i < carried) {
      alias(result, source, frame);
      continue;
    }
    ValueInfo stacked = info(source);
    if (stacked.shape)
      stacked.shape->insert(stacked.shape->begin(), trips);
    frame.values[result] =
        builder.addTensor(bodyArgument(result, stacked), "", GraphTensor::Role::Intermediate);
  }
}
