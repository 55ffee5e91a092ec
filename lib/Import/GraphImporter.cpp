//===- GraphImporter.cpp - GraphProto to ops ------------------------------===//

#include "Import/GraphImporter.h"

#include "Import/GraphOrder.h"
#include "Import/ImportError.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringSet.h"

namespace energyopt {

using namespace mlir;

static std::string describeGraph(const GraphView &graph) { return "graph " + quoted(graph.name); }

GraphImporter::GraphImporter(MLIRContext *context, TypeImporter &types, TensorImporter &tensors,
                             const FunctionTable &functions, llvm::StringRef path)
    : b(context), types(types), tensors(tensors), attributes(context, types, tensors),
      functions(functions), file(StringAttr::get(context, path)) {}

Value GraphImporter::Scope::lookup(const InputView &input) const {
  auto [node, output] = input.by;
  if (node == Definition::kElsewhere)
    return parent ? parent->lookup(input.name) : Value();
  if (node == Definition::kPort)
    return values.lookup(input.name);
  return ops[node] ? Value(ops[node]->getResult(output)) : Value();
}

/// One "onnx.none" per block serves all absent operands.
Value GraphImporter::none(Scope &scope) {
  if (!scope.none) {
    OperationState state(b.getUnknownLoc(), "onnx.none");
    state.addTypes(b.getNoneType());
    Operation *op = Operation::create(state);
    scope.block.push_front(op);
    scope.none = op->getResult(0);
  }
  return scope.none;
}

llvm::Error GraphImporter::declareTypes(Scope &scope) {
  for (const ValueInfoView &info : scope.graph.valueInfos)
    scope.declared.try_emplace(info.name, &info);
  for (const auto *ports : {&scope.graph.inputs, &scope.graph.outputs})
    for (const ValueInfoView &info : *ports)
      if (!info.type.empty())
        scope.declared[info.name] = &info;
  return llvm::Error::success();
}

llvm::Expected<Type> GraphImporter::declaredType(const Scope &scope, llvm::StringRef name) {
  const ValueInfoView *info = scope.declared.lookup(name);
  if (!info)
    return types.undeclared();
  llvm::Expected<Type> type = types.read(info->type);
  if (!type)
    return inPlace("value " + quoted(name), type.takeError());
  return type;
}

/// Inputs become block arguments. Those with an initializer do not, unless
/// `keepDefaults`: the arguments of a subgraph are positional.
llvm::Error GraphImporter::addArguments(Scope &scope, bool keepDefaults) {
  llvm::DenseSet<llvm::StringRef> defaults;
  if (!keepDefaults) {
    for (const TensorView &tensor : scope.graph.initializers)
      defaults.insert(tensor.name);
    for (const SparseTensorView &tensor : scope.graph.sparseInitializers)
      defaults.insert(tensor.values.name);
  }
  for (const ValueInfoView &input : scope.graph.inputs) {
    if (defaults.count(input.name))
      continue;
    llvm::Expected<Type> type = declaredType(scope, input.name);
    if (!type)
      return type.takeError();
    Location loc = NameLoc::get(b.getStringAttr(input.name));
    scope.values[input.name] = scope.block.addArgument(*type, loc);
  }
  return llvm::Error::success();
}

void GraphImporter::addInitializer(Scope &scope, llvm::StringRef name, ImportedTensor tensor) {
  OperationState state(NameLoc::get(b.getStringAttr(name)), "onnx.initializer");
  state.addTypes(tensor.type);
  state.attributes = std::move(tensor.attrs);
  Operation *op = Operation::create(state);
  scope.block.push_back(op);
  scope.values[name] = op->getResult(0);
}

llvm::Error GraphImporter::importInitializers(Scope &scope) {
  llvm::DenseMap<llvm::StringRef, unsigned> inputs;
  for (auto [i, input] : llvm::enumerate(scope.graph.inputs))
    inputs[input.name] = i;
  auto add = [&](llvm::StringRef name, const auto &view) -> llvm::Error {
    llvm::Expected<ImportedTensor> tensor = tensors.read(view);
    if (!tensor)
      return inPlace("initializer " + quoted(name), tensor.takeError());
    auto input = inputs.find(name);
    if (input != inputs.end())
      tensor->attrs.append("graph_input", b.getI64IntegerAttr(input->second));
    addInitializer(scope, name, std::move(*tensor));
    return llvm::Error::success();
  };
  for (const TensorView &tensor : scope.graph.initializers)
    if (llvm::Error error = add(tensor.name, tensor))
      return error;
  for (const SparseTensorView &tensor : scope.graph.sparseInitializers)
    if (llvm::Error error = add(tensor.values.name, tensor))
      return error;
  return llvm::Error::success();
}

/// A node may have no name, but no other's (onnx/onnx, docs/IR.md, "Names
/// Within a Graph").
static llvm::Error checkNodeNames(const GraphView &graph) {
  llvm::DenseSet<llvm::StringRef> taken;
  taken.reserve(graph.nodes.size());
  for (const NodeView &node : graph.nodes)
    if (!node.name.empty() && !taken.insert(node.name).second)
      return importError(describeGraph(graph) + ": two nodes are named " + quoted(node.name),
                         "give each node a name of its own, or none");
  return llvm::Error::success();
}

llvm::Error GraphImporter::importBody(Scope &scope) {
  if (llvm::Error error = checkNodeNames(scope.graph))
    return error;
  if (llvm::Error error = importInitializers(scope))
    return error;
  llvm::Expected<std::vector<uint32_t>> order = sortedOrder(scope.graph);
  if (!order)
    return order.takeError();
  sortedAny |= !order->empty();
  for (size_t i = 0; i < scope.graph.nodes.size(); ++i) {
    size_t index = order->empty() ? i : (*order)[i];
    if (llvm::Error error = importNode(scope.graph.nodes[index], index, scope))
      return error;
  }
  return llvm::Error::success();
}

/// ai.onnx is left out of names, except of ops that would be taken for the
/// importer's own.
OperationName GraphImporter::opName(const NodeView &node) {
  auto it = opNames.find({node.domain, node.opType});
  if (it != opNames.end())
    return it->second;
  bool standard = node.domain.empty() || node.domain == "ai.onnx";
  bool reserved =
      standard && (node.opType == "initializer" || node.opType == "none" || node.opType == "yield");
  std::string text =
      reserved ? ("onnx.ai.onnx." + node.opType).str() : onnxOpName(node.domain, node.opType);
  OperationName name(text, b.getContext());
  opNames.try_emplace({node.domain, node.opType}, name);
  return name;
}

llvm::Error GraphImporter::addOperands(const NodeView &node, Scope &scope, OperationState &state) {
  for (const InputView &input : node.inputs) {
    Value value = input.name.empty() ? none(scope) : scope.lookup(input);
    if (!value)
      return importError("input " + quoted(input.name) + " is not defined",
                         "no node, initializer or graph input has that name; export the model "
                         "again");
    state.operands.push_back(value);
  }
  return llvm::Error::success();
}

llvm::Error GraphImporter::addResults(const NodeView &node, Scope &scope, OperationState &state) {
  for (llvm::StringRef output : node.outputs) {
    if (output.empty()) {
      state.addTypes(b.getNoneType());
      continue;
    }
    llvm::Expected<Type> type = declaredType(scope, output);
    if (!type)
      return type.takeError();
    state.addTypes(*type);
  }
  return llvm::Error::success();
}

llvm::Error GraphImporter::addAttributes(const NodeView &node, OperationState &state) {
  if (llvm::Error error = attributes.add(node.attributes, state.attributes))
    return error;
  if (!node.overload.empty())
    state.attributes.append("onnx.overload", b.getStringAttr(node.overload));
  // The op's name alone would not tell where the domain ends.
  if (node.opType.contains('.'))
    state.attributes.append("onnx.domain", b.getStringAttr(node.domain));
  const FunctionTable::Entry *callee = functions.find(node);
  if (!callee)
    return llvm::Error::success();
  const GraphView &body = callee->function->body;
  if (node.inputs.size() > body.inputs.size() || node.outputs.size() > body.outputs.size())
    return importError("has " + llvm::Twine(node.inputs.size()) + " inputs and " +
                           llvm::Twine(node.outputs.size()) + " outputs, but function " +
                           quoted(callee->symbol) + " has " + llvm::Twine(body.inputs.size()) +
                           " and " + llvm::Twine(body.outputs.size()),
                       "call the function with what it declares");
  state.attributes.append("onnx.callee", FlatSymbolRefAttr::get(b.getContext(), callee->symbol));
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<Region>> GraphImporter::importRegion(const GraphView &graph,
                                                                    const Scope &parent) {
  auto region = std::make_unique<Region>();
  Block &block = region->emplaceBlock();
  Scope scope(graph, &parent, block);
  if (llvm::Error error = declareTypes(scope))
    return error;
  if (llvm::Error error = addArguments(scope, /*keepDefaults=*/true))
    return error;
  if (llvm::Error error = importBody(scope))
    return error;
  llvm::Expected<llvm::SmallVector<Value>> results = outputs(scope);
  if (!results)
    return results.takeError();

  OperationState yield(NameLoc::get(b.getStringAttr(graph.name)), "onnx.yield");
  yield.addOperands(*results);
  llvm::SmallVector<llvm::StringRef> names;
  for (const ValueInfoView &output : graph.outputs)
    names.push_back(output.name);
  yield.addAttribute("onnx.names", b.getStrArrayAttr(names));
  if (!graph.verbatim.empty())
    yield.addAttribute("onnx.verbatim", b.getDenseI64ArrayAttr(graph.verbatim));
  block.push_back(Operation::create(yield));
  return region;
}

/// What holds a subgraph must be told from other attributes by its name.
static llvm::Error checkGraphNames(const NodeView &node) {
  auto hasGraph = [](const AttributeView &attribute) { return !attribute.graphs.empty(); };
  if (llvm::none_of(node.attributes, hasGraph))
    return llvm::Error::success();
  llvm::StringSet<> names;
  for (const AttributeView &attribute : node.attributes) {
    if (hasGraph(attribute) && attribute.name.ends_with("]"))
      return importError("attribute " + quoted(attribute.name) +
                             " has a graph and the name of a list's element",
                         "name it by letters and digits");
    if (attribute.refName.empty() && !names.insert(attribute.name).second)
      return importError("has the attribute " + quoted(attribute.name) + " twice",
                         "give each attribute one value");
  }
  return llvm::Error::success();
}

/// Subgraphs, named by their attribute; the elements of a list "name[i]".
llvm::Error GraphImporter::addRegions(const NodeView &node, Scope &scope, OperationState &state) {
  llvm::SmallVector<Attribute, 2> names;
  for (const AttributeView &attribute : node.attributes) {
    bool isList = attribute.type == static_cast<int64_t>(AttributeType::Graphs);
    if (!isList && attribute.graphs.size() > 1)
      return importError("attribute " + quoted(attribute.name) + " has two graphs",
                         "give each attribute one value");
    for (auto [i, graph] : llvm::enumerate(attribute.graphs)) {
      llvm::Expected<std::unique_ptr<Region>> region = importRegion(*graph, scope);
      if (!region)
        return region.takeError();
      state.addRegion(std::move(*region));
      std::string suffix = isList ? "[" + std::to_string(i) + "]" : "";
      names.push_back(b.getStringAttr(attribute.name + suffix));
    }
  }
  if (!names.empty())
    state.attributes.append("onnx.regions", b.getArrayAttr(names));
  return llvm::Error::success();
}

llvm::Error GraphImporter::importNode(const NodeView &node, size_t index, Scope &scope) {
  Location loc =
      nodeLocation(b.getContext(), node.name, node.outputs, file, index + 1, node.verbatim);
  OperationState state(loc, opName(node));
  auto complete = [&]() -> llvm::Error {
    if (llvm::Error error = addOperands(node, scope, state))
      return error;
    if (llvm::Error error = addResults(node, scope, state))
      return error;
    if (llvm::Error error = checkGraphNames(node))
      return error;
    return addAttributes(node, state);
  };
  if (llvm::Error error = complete())
    return inPlace(describeNode(node, index), std::move(error));
  // Errors in a subgraph name its own node.
  if (llvm::Error error = addRegions(node, scope, state))
    return error;
  if (!functions.find(node))
    domains.insert(node.domain == "ai.onnx" ? "" : node.domain);
  Operation *op = Operation::create(state);
  scope.block.push_back(op);
  scope.ops[index] = op;
  return llvm::Error::success();
}

llvm::Expected<llvm::SmallVector<Value>> GraphImporter::outputs(const Scope &scope) {
  llvm::SmallVector<Value> values;
  for (const ValueInfoView &output : scope.graph.outputs) {
    Value value = scope.lookup(output.name);
    if (!value)
      return importError(describeGraph(scope.graph) + ": output " + quoted(output.name) +
                             " is not defined",
                         "no node, initializer or input has that name; export "
                         "the model again");
    values.push_back(value);
  }
  return values;
}

/// Name of an argument or result, what else the file says about it, and its
/// declared type where the value's own is another.
DictionaryAttr GraphImporter::portAttrs(const ValueInfoView &port, Type actual, Type declared) {
  NamedAttrList attrs;
  attrs.append("onnx.name", b.getStringAttr(port.name));
  if (declared != actual)
    attrs.append("onnx.type", TypeAttr::get(declared));
  if (!port.verbatim.empty())
    attrs.append("onnx.verbatim", b.getDenseI64ArrayAttr(port.verbatim));
  return attrs.getDictionary(b.getContext());
}

llvm::Expected<func::FuncOp> GraphImporter::import(const GraphView &graph, llvm::StringRef symbol) {
  Location loc = NameLoc::get(b.getStringAttr(graph.name), FileLineColLoc::get(file, 0, 0));
  OwningOpRef<func::FuncOp> func = func::FuncOp::create(loc, symbol, b.getFunctionType({}, {}));
  Block &block = func->getBody().emplaceBlock();
  Scope scope(graph, nullptr, block);
  if (llvm::Error error = declareTypes(scope))
    return error;
  if (llvm::Error error = addArguments(scope, /*keepDefaults=*/false))
    return error;
  if (llvm::Error error = importBody(scope))
    return error;
  llvm::Expected<llvm::SmallVector<Value>> results = outputs(scope);
  if (!results)
    return results.takeError();

  llvm::SmallVector<DictionaryAttr> argAttrs, resultAttrs;
  for (const ValueInfoView &input : graph.inputs) {
    auto arg = llvm::dyn_cast<BlockArgument>(scope.values.lookup(input.name));
    if (arg)
      argAttrs.push_back(portAttrs(input, arg.getType(), arg.getType()));
  }
  for (auto [output, value] : llvm::zip(graph.outputs, *results)) {
    llvm::Expected<Type> declared = declaredType(scope, output.name);
    if (!declared)
      return declared.takeError();
    resultAttrs.push_back(portAttrs(output, value.getType(), *declared));
  }
  OpBuilder::atBlockEnd(&block).create<func::ReturnOp>(loc, *results);
  func->setFunctionType(
      b.getFunctionType(block.getArgumentTypes(), ValueRange(*results).getTypes()));
  func->setAllArgAttrs(argAttrs);
  func->setAllResultAttrs(resultAttrs);
  if (!graph.verbatim.empty())
    (*func)->setAttr("onnx.verbatim", b.getDenseI64ArrayAttr(graph.verbatim));
  return func.release();
}

} // namespace energyopt
