//===- GraphExporter.cpp - Functions and regions to GraphProto ------------===//

#include "Export/GraphExporter.h"

#include "Export/TypeExporter.h"
#include "Import/ImportError.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace energyopt;
using llvm::StringRef;

/// Fields of GraphProto (onnx.proto).
enum GraphField : uint32_t {
  kGraphNode = 1,
  kGraphName = 2,
  kGraphInitializer = 5,
  kGraphInput = 11,
  kGraphOutput = 12,
  kGraphValueInfo = 13,
  kGraphSparseInitializer = 15
};

static bool isInitializer(mlir::Operation &op) {
  return op.getName().getStringRef() == "onnx.initializer";
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// Outputs have the names that callers know. A value that is no output yet takes
/// that name; any other (an input, an outer value, one that is two outputs) is
/// copied under it by addOutputCopies.
void GraphExporter::nameOutputs(mlir::Block &block, llvm::ArrayRef<Port> outputs) {
  for (auto [port, value] : llvm::zip(outputs, block.getTerminator()->getOperands())) {
    mlir::Operation *def = value.getDefiningOp();
    bool own = def && def->getBlock() == &block && names[value].empty();
    if (own && (!isInitializer(*def) || locatedValueName(value) == port.name))
      names.define(value, port.name);
    else if (names[value] != port.name)
      names.reserve(port.name);
  }
}

void GraphExporter::nameRest(mlir::Block &block) {
  for (mlir::Operation &op : block)
    for (mlir::Value result : op.getResults())
      if (names[result].empty() && !llvm::isa<mlir::NoneType>(result.getType()))
        names.define(result, locatedValueName(result));
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

/// Whether fields of a port that are written as they were have its type, because
/// it says more than MLIR's can.
static bool keepsType(llvm::ArrayRef<int64_t> fields, StringRef file) {
  constexpr char kTypeTag = 2 << 3 | 2;
  for (size_t i = 0; i + 1 < fields.size(); i += 2)
    if (file.substr(fields[i]).starts_with(StringRef(&kTypeTag, 1)))
      return true;
  return false;
}

/// ValueInfoProto { name = 1, type = 2 }.
WireMessage GraphExporter::valueInfo(const Port &port) const {
  WireMessage out;
  out.addBytes(1, port.name);
  bool hasType = false;
  if (auto fields = port.attrs ? port.attrs.getAs<mlir::DenseI64ArrayAttr>("onnx.verbatim")
                               : mlir::DenseI64ArrayAttr()) {
    addVerbatim(file, fields.asArrayRef(), out);
    hasType = keepsType(fields.asArrayRef(), file);
  }
  WireMessage type = typeProto(port.type);
  if (type.size() > 0 && !hasType)
    out.addMessage(2, std::move(type));
  return out;
}

llvm::Error GraphExporter::addInitializer(mlir::Operation *op, WireMessage &out) {
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(op->getResult(0).getType());
  StringRef name = names[op->getResult(0)];
  if (!type)
    return importError("initializer " + quoted(name) + " has no shape", "give it a ranked type");
  mlir::DictionaryAttr reference = op->getAttrDictionary();
  bool isSparse = reference.contains("values");
  llvm::Expected<WireMessage> tensor =
      isSparse ? tensors.sparse(reference, type) : tensors.tensor(reference, type, name);
  if (!tensor)
    return inPlace("initializer " + quoted(name), tensor.takeError());
  out.addMessage(isSparse ? kGraphSparseInitializer : kGraphInitializer, std::move(*tensor));
  return llvm::Error::success();
}

llvm::Error GraphExporter::addNodes(mlir::Block &block, Form form, WireMessage &out) {
  for (mlir::Operation &op : block.without_terminator()) {
    if (op.getName().getStringRef() == "onnx.none")
      continue;
    if (isInitializer(op)) {
      if (llvm::Error error = addInitializer(&op, out))
        return error;
      continue;
    }
    llvm::Expected<WireMessage> message = node(&op);
    if (!message)
      return inPlace("node " + quoted(locatedNodeName(&op)), message.takeError());
    out.addMessage(form.node, std::move(*message));
  }
  return llvm::Error::success();
}

void GraphExporter::addOutputCopies(mlir::Block &block, llvm::ArrayRef<Port> outputs, Form form,
                                    WireMessage &out) {
  for (auto [port, value] : llvm::zip(outputs, block.getTerminator()->getOperands())) {
    if (names[value] == port.name)
      continue;
    WireMessage copy;
    copy.addBytes(1, names[value]);
    copy.addBytes(2, port.name);
    copy.addBytes(4, "Identity");
    out.addMessage(form.node, std::move(copy));
  }
}

/// Declared types of what is neither input nor output.
void GraphExporter::addValueInfos(mlir::Block &block, llvm::ArrayRef<Port> outputs, Form form,
                                  WireMessage &out) {
  llvm::StringSet<> ports;
  for (const Port &port : outputs)
    ports.insert(port.name);
  for (mlir::Operation &op : block) {
    if (isInitializer(op))
      continue;
    for (mlir::Value result : op.getResults()) {
      Port port{names[result], result.getType(), {}};
      if (!port.name.empty() && !ports.contains(port.name) && !isUndeclared(port.type))
        out.addMessage(form.valueInfo, valueInfo(port));
    }
  }
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

static StringRef portName(mlir::DictionaryAttr attrs) {
  auto name = attrs ? attrs.getAs<mlir::StringAttr>("onnx.name") : mlir::StringAttr();
  return name ? name.getValue() : StringRef();
}

std::vector<GraphExporter::Port> GraphExporter::inputPorts(mlir::func::FuncOp func) const {
  std::vector<Port> ports;
  for (mlir::BlockArgument arg : func.getArguments()) {
    mlir::DictionaryAttr attrs = func.getArgAttrDict(arg.getArgNumber());
    ports.push_back({portName(attrs), arg.getType(), attrs});
  }
  // Initializers that are inputs too stand at the places they had.
  std::vector<std::pair<int64_t, mlir::Value>> defaults;
  for (mlir::Operation &op : func.front())
    if (auto position = op.getAttrOfType<mlir::IntegerAttr>("graph_input");
        position && isInitializer(op))
      defaults.emplace_back(position.getInt(), op.getResult(0));
  llvm::stable_sort(defaults, llvm::less_first());
  for (auto [position, value] : defaults) {
    size_t at = std::min<size_t>(std::max<int64_t>(position, 0), ports.size());
    ports.insert(ports.begin() + at, Port{names[value], value.getType(), {}});
  }
  return ports;
}

std::vector<GraphExporter::Port> GraphExporter::outputPorts(mlir::func::FuncOp func) const {
  std::vector<Port> ports;
  for (auto [i, value] : llvm::enumerate(func.front().getTerminator()->getOperands())) {
    mlir::DictionaryAttr attrs = func.getResultAttrDict(i);
    auto declared = attrs ? attrs.getAs<mlir::TypeAttr>("onnx.type") : mlir::TypeAttr();
    ports.push_back({portName(attrs), declared ? declared.getValue() : value.getType(), attrs});
  }
  return ports;
}

llvm::Expected<WireMessage>
GraphExporter::graphProto(mlir::Block &block, StringRef name, llvm::ArrayRef<Port> outputs,
                          llvm::function_ref<std::vector<Port>()> inputs,
                          mlir::DictionaryAttr attrs) {
  constexpr Form form{kGraphNode, kGraphValueInfo};
  nameOutputs(block, outputs);
  nameRest(block);
  WireMessage out;
  if (llvm::Error error = addNodes(block, form, out))
    return std::move(error);
  addOutputCopies(block, outputs, form, out);
  out.addText(kGraphName, name);
  for (const Port &port : inputs())
    out.addMessage(kGraphInput, valueInfo(port));
  for (const Port &port : outputs)
    out.addMessage(kGraphOutput, valueInfo(port));
  addValueInfos(block, outputs, form, out);
  addVerbatim(file, attrs, out);
  names.leaveScope();
  return out;
}

llvm::Expected<WireMessage> GraphExporter::graph(mlir::func::FuncOp main) {
  mlir::Block &block = main.front();
  names.enterScope(block);
  for (mlir::BlockArgument arg : main.getArguments())
    names.define(arg, portName(main.getArgAttrDict(arg.getArgNumber())));
  return graphProto(
      block, locatedNodeName(main), outputPorts(main), [&] { return inputPorts(main); },
      main->getAttrDictionary());
}

llvm::Expected<WireMessage> GraphExporter::region(mlir::Region &region) {
  mlir::Block &block = region.front();
  mlir::Operation *yield = block.getTerminator();
  names.enterScope(block);
  std::vector<Port> inputs, outputs;
  for (mlir::BlockArgument arg : block.getArguments())
    inputs.push_back({names.define(arg, locatedValueName(arg)), arg.getType(), {}});
  // An input's default has its name.
  for (mlir::Operation &op : block)
    if (auto input = op.getAttrOfType<mlir::IntegerAttr>("graph_input");
        input && isInitializer(op) && input.getValue().ult(block.getNumArguments()))
      names.share(op.getResult(0), block.getArgument(input.getInt()));
  auto outputNames = yield->getAttrOfType<mlir::ArrayAttr>("onnx.names");
  for (auto [i, value] : llvm::enumerate(yield->getOperands())) {
    auto name = outputNames && i < outputNames.size()
                    ? llvm::dyn_cast<mlir::StringAttr>(outputNames[i])
                    : mlir::StringAttr();
    outputs.push_back({name ? name.getValue() : StringRef(), value.getType(), {}});
  }
  return graphProto(
      block, locatedNodeName(yield), outputs, [&] { return inputs; }, yield->getAttrDictionary());
}
