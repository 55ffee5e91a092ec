//===- Regions.cpp - Loops, branches and calls ----------------------------===//

#include "Mlir/ModuleWalk.h"

#include "Mlir/OpKinds.h"

#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;

/// Calls nest no deeper.
constexpr unsigned kMaxCallDepth = 64;

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

/// Visits all blocks of a region in order. Its arguments must be defined.
llvm::Error ModuleWalk::visitBody(mlir::Region &region, const Place &place, Tensors &yields) {
  if (!region.hasOneBlock())
    facts.assume("a function branches between blocks: each is counted once");
  for (mlir::Block &block : region) {
    for (mlir::BlockArgument arg : block.getArguments())
      if (!place.frame.values.count(arg))
        place.frame.values[arg] = builder.addTensor(
            bodyArgument(arg, {}), locationName(arg.getLoc()), GraphTensor::Role::Intermediate);
    if (llvm::Error error = visitBlock(block, place))
      return error;
    // scf.forall ends in a region that writes the slices back.
    if (!block.empty() && isTerminator(&block.back()))
      for (mlir::Region &inner : block.back().getRegions())
        if (!inner.empty())
          if (llvm::Error error = visitBlock(inner.front(), place))
            return error;
  }
  mlir::Block &last = region.back();
  if (!last.empty() && isTerminator(&last.back()))
    for (mlir::Value value : last.back().getOperands())
      yields.push_back(tensorOf(value, place.frame));
  return llvm::Error::success();
}

void ModuleWalk::bindResults(mlir::Operation *op, llvm::ArrayRef<int32_t> sources, Frame &frame) {
  for (auto [i, result] : llvm::enumerate(op->getResults()))
    alias(result, i < sources.size() ? sources[i] : -1, frame);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

llvm::Error ModuleWalk::visitLoop(mlir::Operation *op, const Place &place) {
  Frame &frame = place.frame;
  addRow(op, place, "control-flow", {}, {}, Work::free());
  Place body{frame, place.times, nextScope++};
  unsigned entered = 0;
  for (LoopRange &loop : loopRanges(op, frame.index, facts)) {
    body.times = nestedTimes(body.times, loop.range.trips, frame.index);
    if (!loop.variable)
      continue;
    frame.index.enterLoop(loop.variable, loop.range);
    ++entered;
  }
  if (auto loop = mlir::dyn_cast<mlir::LoopLikeOpInterface>(op))
    for (auto [arg, init] : llvm::zip(loop.getRegionIterArgs(), loop.getInits()))
      alias(arg, tensorOf(init, frame), frame);
  Tensors yields;
  for (mlir::Region &region : op->getRegions()) {
    if (region.empty())
      continue;
    yields.clear();
    if (llvm::Error error = visitBody(region, body, yields))
      return error;
  }
  while (entered--)
    frame.index.leaveLoop();
  if (auto loop = mlir::dyn_cast<mlir::LoopLikeOpInterface>(op); loop && yields.empty())
    for (mlir::BlockArgument shared : loop.getRegionIterArgs())
      yields.push_back(tensorOf(shared, frame));
  bindResults(op, yields, frame);
  return llvm::Error::success();
}

/// A loop nest on loads and stores: what it computes is one row, and it reads
/// and writes each memory once, as far as it is touched.
llvm::Error ModuleWalk::visitKernel(mlir::Operation *op, const Place &place) {
  Frame &frame = place.frame;
  RegisterCode code(resolver, frame.index);
  code.addLoop(op, 1);
  Work work = std::move(code.work);
  Tensors inputs, outputs;
  for (auto &[memory, bytes] : code.traffic) {
    int32_t tensor = tensorOf(memory, frame);
    Expr whole = info(tensor).bytes().value_or(Expr::overflow());
    auto touched = [&](const Expr &passed) {
      return whole.isOverflow() ? passed : Expr::min(passed, whole);
    };
    inputs.push_back(bytes.read.is(0) ? -1 : tensor);
    work.readBytes.push_back(touched(bytes.read));
    if (bytes.written.is(0))
      continue;
    outputs.push_back(written(tensor));
    work.writeBytes.push_back(touched(bytes.written));
  }
  for (mlir::OpResult result : op->getResults()) {
    alias(result, -1, frame);
    outputs.push_back(frame.values[result]);
    work.writeBytes.push_back(info(frame.values[result]).bytes().value_or(Expr(0)));
  }
  bool contracts = llvm::any_of(work.items, [](const WorkItem &w) { return isContraction(w.cls); });
  addRow(op, place,
         contracts            ? "matmul"
         : work.items.empty() ? "movement"
                              : "loop",
         inputs, outputs, work);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// While and branches
//===----------------------------------------------------------------------===//

llvm::Error ModuleWalk::visitWhile(mlir::Operation *op, const Place &place) {
  Frame &frame = place.frame;
  addRow(op, place, "control-flow", {}, {}, Work::free());
  Tensors carried;
  for (mlir::Value operand : op->getOperands())
    carried.push_back(tensorOf(operand, frame));
  Place body{frame, place.times * whileTrips(op, frame), nextScope++};
  Tensors yields;
  for (mlir::Region &region : op->getRegions()) {
    if (region.empty())
      continue;
    for (auto [i, arg] : llvm::enumerate(region.getArguments()))
      alias(arg, i < carried.size() ? carried[i] : -1, frame);
    yields.clear();
    if (llvm::Error error = visitBody(region, body, yields))
      return error;
  }
  bindResults(op, yields.size() == op->getNumResults() ? yields : carried, frame);
  return llvm::Error::success();
}

/// Of several regions, one runs: the costliest, unless the selector is known.
llvm::Error ModuleWalk::visitBranches(mlir::Operation *op, const Place &place) {
  Frame &frame = place.frame;
  addRow(op, place, "control-flow", {}, {}, Work::free());
  struct Branch {
    size_t first, last;
    Tensors yields;
    std::pair<double, double> cost;
  };
  llvm::SmallVector<Branch, 2> branches;
  for (mlir::Region &region : op->getRegions()) {
    Branch &branch = branches.emplace_back();
    branch.first = builder.graph.rows.size();
    if (!region.empty())
      if (llvm::Error error = visitBody(region, {frame, place.times, nextScope++}, branch.yields))
        return error;
    branch.last = builder.graph.rows.size();
    branch.cost = builder.costOf(branch.first, branch.last);
  }
  if (branches.empty())
    return llvm::Error::success();
  size_t taken = 0;
  for (size_t i = 1; i < branches.size(); ++i)
    if (branches[i].cost > branches[taken].cost)
      taken = i;
  bool differ = false;
  for (size_t i = 0; i < branches.size(); ++i) {
    differ |= branches[i].cost != branches[taken].cost;
    if (i != taken)
      builder.scaleCounts(branches[i].first, branches[i].last, 0);
  }
  if (differ)
    facts.assume("of the branches of " + op->getName().getStringRef() + " the costlier is taken");
  bindResults(op, branches[taken].yields, frame);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

llvm::Error ModuleWalk::visitCall(mlir::Operation *op, mlir::FunctionOpInterface callee,
                                  const Place &place) {
  bool recursive = !active.insert(callee).second;
  if (recursive || place.frame.depth >= kMaxCallDepth) {
    Work work = Work::unmodelled(recursive ? "a function that calls itself has no static cost"
                                           : "calls nest too deep");
    addRow(op, place, "call", {}, {}, work);
    bindResults(op, {}, place.frame);
    if (!recursive)
      active.erase(callee);
    return llvm::Error::success();
  }
  int32_t row = addRow(op, place, "call", {}, {}, Work::free());
  Frame inner(*this, place.frame.prefix + callee.getName().str() + "/", place.frame.depth + 1);
  inner.call = row;
  for (auto [i, arg] : llvm::enumerate(callee.getArguments())) {
    if (i >= op->getNumOperands())
      break;
    inner.values[arg] = tensorOf(op->getOperand(i), place.frame);
    if (arg.getType().isIntOrIndex())
      inner.index.bind(arg, place.frame.index.of(op->getOperand(i)));
  }
  Tensors yields;
  if (llvm::Error error =
          visitBody(callee.getFunctionBody(), {inner, place.times, place.scope}, yields))
    return error;
  active.erase(callee);
  bindResults(op, yields, place.frame);
  return llvm::Error::success();
}
