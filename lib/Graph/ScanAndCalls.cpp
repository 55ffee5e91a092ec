//===- ScanAndCalls.cpp - Scan, SequenceMap, calls, foreign bodies --------===//

#include "Graph/GraphWalk.h"
#include "energy-opt/Limits.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

//===----------------------------------------------------------------------===//
// Scan
//===----------------------------------------------------------------------===//

/// Axes of a Scan's inputs and outputs, checked.
struct GraphWalk::ScanAxes {
  std::vector<int64_t> inputs, outputs; // as written; outputs may be negative
};

static llvm::Expected<std::vector<int64_t>> listAttr(Operation &op, const OpAttrs &attrs,
                                                     StringRef name, size_t length) {
  auto attr = attrs.find(name);
  if (!attr)
    return std::vector<int64_t>(length, 0);
  if (attr->ints.size() != length)
    return nodeError(op, name + " has " + llvm::Twine(attr->ints.size()) + " entries, expected " +
                             llvm::Twine(length));
  return std::vector<int64_t>(attr->ints.begin(), attr->ints.end());
}

llvm::Expected<GraphWalk::ScanAxes> GraphWalk::scanAxes(Operation &op, const Frame &frame,
                                                        unsigned numStates, unsigned numScans,
                                                        unsigned offset, unsigned numOutputs) {
  OpAttrs attrs(&op, frame.call, &weights);
  ScanAxes axes;
  // Opset 8 scans axis 1 of batched tensors and has no axes to choose.
  auto inputs = listAttr(op, attrs, "scan_input_axes", numScans);
  if (!inputs)
    return inputs.takeError();
  axes.inputs = offset ? std::vector<int64_t>(numScans, 1) : *inputs;
  auto outputs = listAttr(op, attrs, "scan_output_axes", numOutputs);
  if (!outputs)
    return outputs.takeError();
  axes.outputs = *outputs;
  for (const char *name : {"scan_input_directions", "scan_output_directions", "directions"}) {
    bool isOutput = StringRef(name).contains("output");
    auto directions = listAttr(op, attrs, name, isOutput ? numOutputs : numScans);
    if (!directions)
      return directions.takeError();
    for (int64_t direction : *directions)
      if (direction != 0 && direction != 1)
        return nodeError(op, llvm::Twine(name) + " holds " + llvm::Twine(direction) +
                                 ", expected 0 or 1");
  }
  for (unsigned i = 0; i < numScans; ++i) {
    const ValueInfo &input = info(lookup(op.getOperand(offset + numStates + i), frame));
    if (!input.hasRank())
      continue;
    int64_t &axis = axes.inputs[i];
    if (axis < 0)
      axis += input.rank();
    if (axis < 0 || axis >= input.rank())
      return nodeError(op, "scan_input_axes[" + llvm::Twine(i) + "] is out of range for rank " +
                               llvm::Twine(input.rank()));
  }
  return axes;
}

/// What is passed to a body against what it declares to take.
llvm::Error GraphWalk::checkArguments(Operation &op, mlir::Region &region,
                                      llvm::ArrayRef<ValueInfo> arguments) {
  for (auto [arg, passed] : llvm::zip(region.getArguments(), arguments)) {
    DeclaredInput declared = declaredInput(arg.getType(), locatedValueName(arg));
    if (!declared.dims || passed.kind != ValueKind::Tensor || !passed.shape)
      continue;
    bool fits = declared.dims->size() == passed.shape->size();
    for (auto [dim, said] : llvm::zip(*passed.shape, *declared.dims))
      fits &= !dim.isConstant() || !said.size || dim.is(*said.size);
    if (!fits)
      return nodeError(op, "the body's input '" + declared.name + "' is declared otherwise than " +
                               passed.str() + ", which it gets");
  }
  return llvm::Error::success();
}

llvm::Error GraphWalk::visitScan(Operation &op, Frame &frame, int32_t scope) {
  mlir::Region *region = regionNamed(op, "body");
  OpAttrs attrs(&op, frame.call, &weights);
  auto count = attrs.find("num_scan_inputs");
  unsigned offset = resolve(op, frame).opset < 9 ? 1 : 0; // sequence_lens
  if (!region || !count)
    return nodeError(op, "Scan needs a body and num_scan_inputs");
  int64_t numScans = count->i, numStates = int64_t(op.getNumOperands()) - offset - numScans;
  if (numScans < 1 || numStates < 0)
    return nodeError(op, "num_scan_inputs = " + llvm::Twine(numScans) + " does not fit " +
                             llvm::Twine(op.getNumOperands()) + " inputs");
  if (region->getNumArguments() != numScans + numStates)
    return nodeError(op, "the body takes " + llvm::Twine(region->getNumArguments()) +
                             " values, expected " + llvm::Twine(numScans + numStates));
  unsigned numYields = region->front().getTerminator()->getNumOperands();
  if (numYields < numStates)
    return nodeError(op, "the body yields " + llvm::Twine(numYields) + " values for " +
                             llvm::Twine(numStates) + " states");
  auto axes = scanAxes(op, frame, numStates, numScans, offset, numYields - numStates);
  if (!axes)
    return axes.takeError();
  addRow(op, frame, scope, "control-flow", {}, {}, Work::free());

  std::vector<ValueInfo> arguments;
  Expr batch = 1;
  for (unsigned i = 0; i < numStates; ++i) {
    ValueInfo state = operandInfo(op, offset + i, frame);
    if (offset && state.shape && !state.shape->empty()) {
      batch = state.dim(0);
      state.shape->erase(state.shape->begin());
    }
    arguments.push_back(std::move(state));
  }
  std::optional<Expr> trips;
  for (unsigned i = 0; i < numScans; ++i) {
    ValueInfo slice = operandInfo(op, offset + numStates + i, frame);
    if (slice.shape) {
      Expr length = slice.dim(axes->inputs[i]);
      auto merged = trips ? facts.unify(*trips, length) : length;
      if (!merged)
        return nodeError(op,
                         "scanned inputs have lengths " + trips->str() + " and " + length.str());
      trips = merged;
      slice.shape->erase(slice.shape->begin() + axes->inputs[i]);
      if (offset && !slice.shape->empty()) {
        batch = slice.dim(0);
        slice.shape->erase(slice.shape->begin());
      }
    }
    arguments.push_back(std::move(slice));
  }
  if (!trips)
    trips = tripSymbol(op, "trips");
  if (llvm::Error error = checkArguments(op, *region, arguments))
    return error;
  auto known = facts.evaluate(*trips);
  auto body = visitLoopBody(op, frame, std::move(arguments), 0, 0, numStates, known);
  if (!body)
    return body.takeError();
  builder.scaleCounts(body->region.firstRow, body->region.lastRow,
                      offset ? batch * *trips : *trips);

  std::vector<ValueInfo> infos;
  std::vector<int32_t> sources;
  for (unsigned i = 0; i < numStates; ++i) {
    ValueInfo state = body->finals[i];
    if (offset && state.shape)
      state.shape->insert(state.shape->begin(), batch);
    infos.push_back(std::move(state));
    sources.push_back(offset ? -1 : body->region.yields[i]);
  }
  for (unsigned i = numStates; i < numYields; ++i) {
    ValueInfo stacked = info(body->region.yields[i]);
    stacked.data = nullptr;
    stacked.isParameter = false;
    if (stacked.shape) {
      int64_t axis = axes->outputs[i - numStates];
      axis = axis < 0 ? axis + stacked.rank() + 1 : axis;
      if (axis < 0 || axis > stacked.rank())
        return nodeError(op, "scan_output_axes is out of range for rank " +
                                 llvm::Twine(stacked.rank() + 1));
      stacked.shape->insert(stacked.shape->begin() + axis, *trips);
      if (offset)
        stacked.shape->insert(stacked.shape->begin(), batch);
    }
    infos.push_back(std::move(stacked));
    sources.push_back(-1);
  }
  aliasResults(op, frame, infos, sources);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// SequenceMap, bodies of ops without a rule of their own, calls
//===----------------------------------------------------------------------===//

llvm::Error GraphWalk::visitSequenceMap(Operation &op, Frame &frame, int32_t scope) {
  mlir::Region *region = regionNamed(op, "body");
  if (!region || op.getNumOperands() == 0)
    return nodeError(op, "SequenceMap needs a body and an input sequence");
  addRow(op, frame, scope, "control-flow", {}, {}, Work::free());
  std::vector<ValueInfo> arguments;
  std::optional<Expr> length;
  for (unsigned i = 0; i < op.getNumOperands(); ++i) {
    ValueInfo operand = operandInfo(op, i, frame);
    if (operand.kind != ValueKind::Sequence) {
      arguments.push_back(std::move(operand));
      continue;
    }
    if (i == 0)
      length = operand.length;
    arguments.push_back(operand.element ? *operand.element : ValueInfo::tensor(operand.dtype));
  }
  Expr trips = length ? *length : tripSymbol(op, "length");
  auto body = visitRegion(*region, frame, arguments);
  if (!body)
    return body.takeError();
  builder.scaleCounts(body->firstRow, body->lastRow, trips);
  std::vector<ValueInfo> infos;
  for (int32_t yield : body->yields) {
    ValueInfo sequence;
    sequence.kind = ValueKind::Sequence;
    sequence.dtype = info(yield).dtype;
    sequence.length = trips;
    sequence.element = std::make_shared<ValueInfo>(info(yield));
    infos.push_back(std::move(sequence));
  }
  aliasResults(op, frame, infos, std::vector<int32_t>(infos.size(), -1));
  return llvm::Error::success();
}

/// FlexAttention's score_mod and prob_mod, which see all scores at once:
/// [batch, query heads, queries, keys].
llvm::Error GraphWalk::visitModifiers(Operation &op, Frame &frame) {
  ValueInfo query = operandInfo(op, 0, frame), key = operandInfo(op, 1, frame);
  for (mlir::Region &region : op.getRegions()) {
    if (region.empty() || region.getNumArguments() == 0)
      continue;
    ValueInfo scores = declaredInfo(region.getArgument(0).getType(), nullptr);
    if (query.hasRank() && query.rank() == 4 && key.hasRank() && key.rank() == 4)
      scores.shape = Shape{query.dim(0), query.dim(1), query.dim(2), key.dim(2)};
    if (auto body = visitRegion(region, frame, {scores}); !body)
      return body.takeError();
  }
  return llvm::Error::success();
}

/// Generation ops and unknown ones: the op by its rule, its bodies at their
/// declared types, as often as a named symbol says. Each body has dims of its
/// own: "past" of a decoder is not that of the decoder of the first step.
llvm::Error GraphWalk::visitOtherRegions(Operation &op, Frame &frame, int32_t scope) {
  if (llvm::Error error = visitPlain(op, frame, scope))
    return error;
  llvm::SaveAndRestore<bool> restore(tolerant, true);
  if (op.getName().getStringRef() == "onnx.ai.onnx.preview.FlexAttention")
    return visitModifiers(op, frame);
  const llvm::StringMap<int64_t> outer = facts.sizes();
  bool first = true;
  for (mlir::Region &region : op.getRegions()) {
    if (region.empty())
      continue;
    auto around = facts.enter({first ? "" : regionName(region).str(), outer});
    first = false;
    auto body = visitRegion(region, frame, {});
    facts.enter(std::move(around));
    if (!body)
      return body.takeError();
    if (body->lastRow != body->firstRow)
      builder.scaleCounts(body->firstRow, body->lastRow, tripSymbol(op, "steps"));
  }
  return llvm::Error::success();
}

llvm::Error GraphWalk::visitCall(Operation &op, mlir::func::FuncOp callee, Frame &frame,
                                 int32_t scope) {
  if (frame.depth >= limitOf(Limit::Calls))
    return nodeError(
        op, "functions are nested more than " + llvm::Twine(limitOf(Limit::Calls)) + " deep",
        howToRaise(Limit::Calls));
  if (callee.getBody().empty())
    return nodeError(op, "function '" + callee.getName() + "' has no body");
  addRow(op, frame, scope, "call", {}, {}, Work::free());
  OpAttrs attrs(&op, frame.call, &weights, callee);
  Frame inner;
  inner.call = &attrs;
  inner.opsets = callee->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets");
  if (!inner.opsets)
    inner.opsets = frame.opsets;
  StringRef name = nodeName(&op);
  if (name.empty())
    name = domainAndOp(op.getName().getStringRef()).second;
  inner.prefix = frame.prefix + name.str() + "/";
  inner.depth = frame.depth + 1;
  for (mlir::BlockArgument arg : callee.getArguments())
    inner.values[arg] = arg.getArgNumber() < op.getNumOperands()
                            ? lookup(op.getOperand(arg.getArgNumber()), frame)
                            : -1;
  // Inlined: a call is no barrier to what a runtime fuses.
  mlir::Block &body = callee.getBody().front();
  if (llvm::Error error = visitBlock(body, inner, scope))
    return error;
  mlir::Operation *ret = body.getTerminator();
  for (mlir::OpResult result : op.getResults())
    frame.values[result] = result.getResultNumber() < ret->getNumOperands()
                               ? lookup(ret->getOperand(result.getResultNumber()), inner)
                               : -1;
  return llvm::Error::success();
}
