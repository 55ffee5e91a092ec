//===- Values.cpp - From SSA values and memory to tensors -----------------===//
//
// Results are tensors; memory (memrefs) is a tensor that rows write into. What
// overwrites memory of the caller's makes a new tensor, which is an output.
//
//===----------------------------------------------------------------------===//

#include "Mlir/ModuleWalk.h"

#include "Mlir/OpKinds.h"

#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/StringExtras.h"

using namespace energyopt;
using llvm::StringRef;

const ValueInfo &ModuleWalk::info(int32_t tensor) const {
  return tensor < 0 ? noneInfo : builder.info(tensor);
}

int32_t ModuleWalk::tensorOf(mlir::Value value, Frame &frame) {
  auto it = frame.values.find(value);
  int32_t tensor = it != frame.values.end() ? it->second : outsideValue(value, frame);
  if (tensor < 0)
    return -1;
  auto now = overwritten.find(rootOf(builder.graph, tensor));
  if (now == overwritten.end())
    return tensor;
  // A view of memory that was written since: the same view of what it holds.
  if (rootOf(builder.graph, tensor) == tensor)
    return now->second;
  return builder.addTensor(builder.info(tensor), builder.graph.tensors[tensor].name,
                           GraphTensor::Role::Intermediate, now->second);
}

/// A value from outside of what is analysed: an input, or a constant.
int32_t ModuleWalk::outsideValue(mlir::Value value, Frame &frame) {
  mlir::Operation *def = value.getDefiningOp();
  if (def && visitConstant(def, frame))
    return frame.values[value];
  std::string name = "value";
  if (auto arg = mlir::dyn_cast<mlir::BlockArgument>(value))
    name = "arg" + llvm::utostr(arg.getArgNumber());
  ValueInfo input = mergeDeclared(typeFacts(value.getType()), {}, name, facts);
  int32_t tensor = builder.addTensor(std::move(input), name, GraphTensor::Role::Input);
  frame.values[value] = tensor;
  builder.graph.inputs.push_back({name, tensor});
  return tensor;
}

/// What a body's argument is known to be in every iteration.
ValueInfo ModuleWalk::bodyArgument(mlir::Value argument, const ValueInfo &initial) {
  ValueInfo carried = initial;
  carried.data = nullptr;
  carried.isParameter = false;
  return mergeDeclared(typeFacts(argument.getType()), carried, "carried", facts);
}

void ModuleWalk::alias(mlir::Value value, int32_t source, Frame &frame) {
  ValueInfo same = bodyArgument(value, info(source));
  if (same.kind == ValueKind::None) {
    frame.values[value] = -1;
    return;
  }
  frame.values[value] = builder.addTensor(std::move(same), locationName(value.getLoc()),
                                          GraphTensor::Role::Intermediate, source);
}

int32_t ModuleWalk::written(int32_t tensor) {
  if (tensor < 0)
    return -1;
  int32_t root = rootOf(builder.graph, tensor);
  if (builder.graph.tensors[root].role != GraphTensor::Role::Input)
    return root;
  ValueInfo same = builder.info(root);
  same.data = nullptr;
  int32_t result = builder.addTensor(std::move(same), builder.graph.tensors[root].name,
                                     GraphTensor::Role::Output);
  overwritten[root] = result;
  return result;
}

/// The operand whose memory result `i` of a metadata-only op shows; -1 for a new
/// value. An op with as many results as operands hands each on.
static int32_t viewedOperand(mlir::Operation *op, llvm::ArrayRef<int32_t> operands, unsigned i) {
  if (i > 0)
    return op->getNumResults() == operands.size() ? operands[i] : -1;
  if (auto view = mlir::dyn_cast<mlir::ViewLikeOpInterface>(op)) {
    for (auto [i, operand] : llvm::enumerate(op->getOperands()))
      if (operand == view.getViewSource())
        return operands[i];
  }
  return operands.empty() ? -1 : operands[0];
}

void ModuleWalk::defineResults(mlir::Operation *op, OpAnswer &answer,
                               llvm::ArrayRef<int32_t> operands, Frame &frame, Tensors &results) {
  // What is computed from parameters only, a runtime folds.
  bool constant = !operands.empty() && answer.work.status != WorkStatus::Unmodelled;
  for (int32_t operand : operands)
    constant &= operand < 0 || info(operand).isParameter;
  bool isView = answer.work.status == WorkStatus::Free;
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    ValueInfo &value = answer.results[i];
    if (value.kind == ValueKind::None) {
      results.push_back(-1);
      frame.values[result] = -1;
      continue;
    }
    value.isParameter |= constant;
    int32_t source = isView ? viewedOperand(op, operands, i) : -1;
    if (source >= 0 && (info(source).dtype != value.dtype || info(source).kind != value.kind))
      source = -1;
    if (!value.data && value.shape && value.shape->empty() && result.getType().isIntOrIndex())
      if (auto known = frame.index.of(result))
        value.data = std::make_shared<const TensorData>(TensorData{Scalar(*known)});
    int32_t tensor = builder.addTensor(value, locationName(result.getLoc()),
                                       GraphTensor::Role::Intermediate, source);
    frame.values[result] = tensor;
    results.push_back(tensor);
  }
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

StringRef energyopt::locationName(mlir::Location location) {
  auto named = location->findInstanceOf<mlir::NameLoc>();
  return named ? named.getName().getValue() : StringRef();
}

std::string energyopt::locationOf(mlir::Operation *op, int64_t firstLine) {
  auto at = op->getLoc()->findInstanceOf<mlir::FileLineColLoc>();
  if (!at)
    return "";
  return (at.getFilename().getValue() + ":" + llvm::Twine(at.getLine() + firstLine - 1) + ":" +
          llvm::Twine(at.getColumn()))
      .str();
}

/// "matmul:12": by line where nothing names it.
static std::string rowName(mlir::Operation *op, int64_t firstLine) {
  StringRef named = locationName(op->getLoc());
  if (!named.empty())
    return named.str();
  auto at = op->getLoc()->findInstanceOf<mlir::FileLineColLoc>();
  if (!at)
    return "";
  return (reportedName(op).second + ":" + llvm::Twine(at.getLine() + firstLine - 1)).str();
}

int32_t ModuleWalk::addRow(mlir::Operation *op, const Place &place, const char *family,
                           llvm::ArrayRef<int32_t> inputs, llvm::ArrayRef<int32_t> outputs,
                           const Work &work) {
  GraphBuilder::NewRow spec;
  spec.name = place.frame.prefix + rowName(op, options.firstLine);
  std::tie(spec.domain, spec.op) = reportedName(op);
  spec.family = family;
  spec.scope = place.scope;
  spec.inputs = inputs;
  spec.outputs = outputs;
  int32_t row = builder.addRow(std::move(spec), work);
  builder.graph.rows[row].location = locationOf(op, options.firstLine);
  if (!place.times.is(1))
    builder.scaleCounts(row, row + 1, place.times);
  rowOps.push_back(op);
  rowCalls.push_back(place.frame.call);
  return row;
}

void ModuleWalk::explain(mlir::Operation *op, const OpAnswer &answer,
                         llvm::ArrayRef<int32_t> inputs, int32_t row) {
  const GraphRow &shown = builder.graph.rows[row];
  if (options.explain.empty() || explanation ||
      (shown.name != options.explain && shown.location != options.explain))
    return;
  RowExplanation &why = explanation.emplace();
  why.row = row;
  if (answer.rule) {
    why.rule = std::string(answer.rule->op) + ": " + answer.rule->use.family->name + ", " +
               answer.rule->use.family->equation;
    why.source = answer.rule->source;
  } else {
    why.rule = (op->getName().getStringRef() + ": WorkOpInterface").str();
  }
  for (int32_t tensor : inputs)
    if (tensor >= 0)
      why.inputs.push_back(builder.graph.tensors[tensor].name + ": " + info(tensor).str());
  for (const ValueInfo &result : answer.results)
    if (result.kind != ValueKind::None)
      why.outputs.push_back(result.str());
  why.equations = answer.work.equations;
  if (!answer.work.reason.empty())
    why.equations.push_back(answer.work.reason);
}
