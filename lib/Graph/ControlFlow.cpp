//===- ControlFlow.cpp - Regions and branches -----------------------------===//
//
// What all ops with bodies share, and If: where its condition is unknown the
// costlier branch is taken.
//
//===----------------------------------------------------------------------===//

#include "Graph/GraphWalk.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

/// The region that holds the subgraph attribute `name`; null if absent.
mlir::Region *energyopt::regionNamed(Operation &op, StringRef name) {
  auto names = op.getAttrOfType<mlir::ArrayAttr>("onnx.regions");
  if (!names)
    return nullptr;
  for (auto [i, entry] : llvm::enumerate(names))
    if (mlir::cast<mlir::StringAttr>(entry).getValue() == name && i < op.getNumRegions() &&
        !op.getRegion(i).empty())
      return &op.getRegion(i);
  return nullptr;
}

StringRef energyopt::regionName(mlir::Region &region) {
  auto names = region.getParentOp()->getAttrOfType<mlir::ArrayAttr>("onnx.regions");
  unsigned index = region.getRegionNumber();
  return names && index < names.size() ? mlir::cast<mlir::StringAttr>(names[index]).getValue()
                                       : StringRef();
}

std::optional<bool> energyopt::asBool(const std::shared_ptr<const TensorData> &data) {
  if (!data || data->size() != 1)
    return std::nullopt;
  auto value = (*data)[0].asFloat();
  return value ? std::optional<bool>(*value != 0) : std::nullopt;
}

std::shared_ptr<const TensorData> GraphWalk::dataOf(Operation &op, unsigned operand,
                                                    const Frame &frame) {
  if (operand >= op.getNumOperands())
    return nullptr;
  const ValueInfo &value = info(lookup(op.getOperand(operand), frame));
  return value.data || !value.isParameter ? value.data
                                          : OpAttrs(&op, frame.call, &weights).load(operand);
}

/// An operand as a body argument: what it holds changes between iterations.
ValueInfo GraphWalk::operandInfo(Operation &op, unsigned operand, const Frame &frame) {
  ValueInfo value = info(lookup(op.getOperand(operand), frame));
  value.data = nullptr;
  value.isParameter = false;
  return value;
}

Expr GraphWalk::tripSymbol(Operation &op, StringRef what) {
  StringRef name = nodeName(&op);
  if (name.empty())
    name = domainAndOp(op.getName().getStringRef()).second;
  std::string symbol = name.str();
  symbol += "." + what.str();
  return facts.bindSymbol(symbol, 1,
                          "only the run decides it; bind it with --dim " + symbol + "=N");
}

llvm::Expected<GraphWalk::RegionResult>
GraphWalk::visitRegion(mlir::Region &region, Frame &frame, llvm::ArrayRef<ValueInfo> arguments) {
  mlir::Block &block = region.front();
  for (auto [i, arg] : llvm::enumerate(block.getArguments())) {
    ValueInfo value = i < arguments.size() ? arguments[i] : ValueInfo::none();
    if (value.kind == ValueKind::None || (value.kind == ValueKind::Tensor && !value.shape)) {
      ValueInfo declared = declaredInfo(arg.getType(), facts);
      if (value.kind == ValueKind::None || declared.shape)
        value = declared;
    }
    frame.values[arg] =
        builder.addTensor(std::move(value), locatedValueName(arg), GraphTensor::Role::Intermediate);
  }
  RegionResult result;
  result.firstRow = builder.graph.rows.size();
  if (llvm::Error error = visitBlock(block, frame, nextScope++))
    return std::move(error);
  result.lastRow = builder.graph.rows.size();
  for (mlir::Value value : block.getTerminator()->getOperands())
    result.yields.push_back(lookup(value, frame));
  return result;
}

void GraphWalk::aliasResults(Operation &op, Frame &frame, llvm::ArrayRef<ValueInfo> infos,
                             llvm::ArrayRef<int32_t> sources) {
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    if (i >= infos.size()) {
      frame.values[result] = -1;
      continue;
    }
    frame.values[result] = builder.addTensor(infos[i], resultName(&op, i),
                                             GraphTensor::Role::Intermediate, sources[i]);
  }
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// What follows an If may rely on: dims on which both branches agree, the
/// greater of two sizes as a bound, else the shape of the branch taken.
ValueInfo GraphWalk::mergeBranches(const ValueInfo &taken, const ValueInfo &other, StringRef name) {
  ValueInfo merged = taken;
  merged.data = nullptr;
  merged.isParameter = false;
  if (taken.kind != ValueKind::Tensor || !taken.shape || !other.shape)
    return merged;
  if (taken.rank() != other.rank()) {
    facts.assume("'" + name + "' has the shape of the costlier branch, " + taken.str());
    return merged;
  }
  for (auto [dim, alternative] : llvm::zip(*merged.shape, *other.shape))
    if (dim != alternative)
      dim = facts.dataDependentDim(name,
                                   Expr::max(facts.upperBound(dim), facts.upperBound(alternative)));
  return merged;
}

llvm::Error GraphWalk::visitIf(Operation &op, Frame &frame, int32_t scope) {
  mlir::Region *thenRegion = regionNamed(op, "then_branch");
  mlir::Region *elseRegion = regionNamed(op, "else_branch");
  if (!thenRegion || !elseRegion)
    return nodeError(op, "If needs then_branch and else_branch");
  std::optional<bool> condition = asBool(dataOf(op, 0, frame));
  addRow(op, frame, scope, "control-flow", {}, {}, Work::free());

  llvm::SaveAndRestore<bool> restore(tolerant, true);
  // A dim that one branch needs equal to 1 is not so outside of it.
  const ShapeFacts::Knowledge before = facts.knowledge();
  auto thenResult = visitRegion(*thenRegion, frame, {});
  if (!thenResult)
    return thenResult.takeError();
  ShapeFacts::Knowledge after = condition == std::optional<bool>(true) ? facts.knowledge() : before;
  facts.restore(before);
  auto elseResult = visitRegion(*elseRegion, frame, {});
  if (!elseResult)
    return elseResult.takeError();
  if (condition != std::optional<bool>(false))
    facts.restore(std::move(after));
  if (thenResult->yields.size() != op.getNumResults() ||
      elseResult->yields.size() != op.getNumResults())
    return nodeError(op, "a branch yields " + llvm::Twine(thenResult->yields.size()) + " / " +
                             llvm::Twine(elseResult->yields.size()) + " values, the node has " +
                             llvm::Twine(op.getNumResults()));

  bool takeThen = condition ? *condition
                            : builder.costOf(thenResult->firstRow, thenResult->lastRow) >=
                                  builder.costOf(elseResult->firstRow, elseResult->lastRow);
  RegionResult &taken = takeThen ? *thenResult : *elseResult;
  RegionResult &other = takeThen ? *elseResult : *thenResult;
  builder.scaleCounts(other.firstRow, other.lastRow, 0);
  if (!condition && taken.lastRow != taken.firstRow)
    facts.assume("If '" + nodeName(&op) + "': the costlier branch (" +
                 (takeThen ? "then" : "else") + ") is taken");

  std::vector<ValueInfo> infos;
  for (auto [i, yield] : llvm::enumerate(taken.yields))
    infos.push_back(condition
                        ? info(yield)
                        : mergeBranches(info(yield), info(other.yields[i]), resultName(&op, i)));
  aliasResults(op, frame, infos, taken.yields);
  return llvm::Error::success();
}
