//===- NodeExporter.cpp - Ops to NodeProto, functions to FunctionProto ----===//

#include "Export/AttributeExporter.h"
#include "Export/GraphExporter.h"
#include "Import/ImportError.h"
#include "energy-opt/OnnxDialect.h"

#include "llvm/ADT/MapVector.h"

using namespace energyopt;
using llvm::StringRef;

/// Fields of NodeProto and FunctionProto (onnx.proto).
enum NodeField : uint32_t {
  kInput = 1,
  kOutput = 2,
  kNodeName = 3,
  kOpType = 4,
  kAttribute = 5,
  kDomain = 7,
  kOverload = 8
};
enum FunctionField : uint32_t {
  kFunctionName = 1,
  kFunctionInput = 4,
  kFunctionOutput = 5,
  kFunctionAttribute = 6,
  kFunctionNode = 7,
  kFunctionDomain = 10,
  kFunctionDefault = 11,
  kFunctionValueInfo = 12,
  kFunctionOverload = 13
};

llvm::Expected<WireMessage> GraphExporter::node(mlir::Operation *op) {
  WireMessage out;
  for (mlir::Value operand : op->getOperands())
    out.addBytes(kInput, names[operand]);
  for (mlir::Value result : op->getResults())
    out.addBytes(kOutput, names[result]);
  out.addText(kNodeName, locatedNodeName(op));
  auto [domain, type] = onnxDomainAndType(op);
  out.addBytes(kOpType, type);
  out.addText(kDomain, domain);
  if (auto overload = op->getAttrOfType<mlir::StringAttr>("onnx.overload"))
    out.addText(kOverload, overload.getValue());
  if (llvm::Error error = addAttributes(op, out))
    return std::move(error);
  if (llvm::Error error = addRegions(op, out))
    return std::move(error);
  addVerbatim(file, verbatimFields(op), out);
  return out;
}

llvm::Error GraphExporter::addAttributes(mlir::Operation *op, WireMessage &out) {
  for (mlir::NamedAttribute attr : op->getAttrs()) {
    StringRef name = attr.getName().getValue();
    if (name.consume_front("onnx.attr_ref.")) {
      auto ref = llvm::dyn_cast<mlir::StringAttr>(attr.getValue());
      auto type = op->getAttrOfType<mlir::IntegerAttr>(("onnx.attr_type." + name).str());
      if (ref)
        out.addMessage(kAttribute,
                       attributeReference(name, ref.getValue(), type ? type.getInt() : 0));
      continue;
    }
    bool ours = name.starts_with("onnx.");
    if (ours && !name.consume_front("onnx.attr."))
      continue;
    llvm::Expected<WireMessage> proto = attributeProto(name, attr.getValue(), tensors);
    if (!proto)
      return proto.takeError();
    out.addMessage(kAttribute, std::move(*proto));
  }
  return llvm::Error::success();
}

/// Subgraphs, by the attribute that holds them: "body", or "name[0]", "name[1]".
llvm::Error GraphExporter::addRegions(mlir::Operation *op, WireMessage &out) {
  auto regionNames = op->getAttrOfType<mlir::ArrayAttr>("onnx.regions");
  if (!regionNames)
    return llvm::Error::success();
  llvm::MapVector<StringRef, std::pair<std::vector<WireMessage>, bool>> graphs;
  for (auto [attr, inner] : llvm::zip(regionNames, op->getRegions())) {
    auto text = llvm::dyn_cast<mlir::StringAttr>(attr);
    if (!text)
      continue;
    llvm::Expected<WireMessage> message = region(inner);
    if (!message)
      return message.takeError();
    StringRef name = text.getValue();
    bool isList = name.ends_with("]");
    auto &[list, listed] = graphs[isList ? name.substr(0, name.rfind('[')) : name];
    list.push_back(std::move(*message));
    listed = isList;
  }
  for (auto &[name, entry] : graphs)
    out.addMessage(kAttribute, graphAttribute(name, std::move(entry.first), entry.second));
  return llvm::Error::success();
}

/// Name, domain and attributes of a model-local function.
llvm::Error GraphExporter::addSignature(mlir::func::FuncOp func, WireMessage &out) {
  auto signature = func->getAttrOfType<mlir::DictionaryAttr>("onnx.function");
  if (!signature)
    return importError("function " + quoted(func.getName()) + " has no onnx.function",
                       "give its domain and name");
  auto add = [&](uint32_t field, StringRef key) {
    if (auto text = signature.getAs<mlir::StringAttr>(key))
      out.addText(field, text.getValue());
  };
  add(kFunctionName, "name");
  add(kFunctionDomain, "domain");
  add(kFunctionOverload, "overload");
  if (auto attributes = signature.getAs<mlir::ArrayAttr>("attributes"))
    for (auto name : attributes.getAsRange<mlir::StringAttr>())
      out.addBytes(kFunctionAttribute, name.getValue());
  auto defaults = func->getAttrOfType<mlir::DictionaryAttr>("onnx.attribute_defaults");
  for (mlir::NamedAttribute attr : defaults ? defaults.getValue() : std::nullopt) {
    StringRef name = attr.getName().getValue();
    name.consume_front("onnx.attr.");
    llvm::Expected<WireMessage> proto = attributeProto(name, attr.getValue(), tensors);
    if (!proto)
      return proto.takeError();
    out.addMessage(kFunctionDefault, std::move(*proto));
  }
  return llvm::Error::success();
}

llvm::Expected<WireMessage> GraphExporter::function(mlir::func::FuncOp func) {
  constexpr Form form{kFunctionNode, kFunctionValueInfo};
  mlir::Block &block = func.front();
  WireMessage out;
  if (llvm::Error error = addSignature(func, out))
    return std::move(error);
  names.enterScope(block);
  for (mlir::BlockArgument arg : func.getArguments()) {
    auto name = func.getArgAttrOfType<mlir::StringAttr>(arg.getArgNumber(), "onnx.name");
    out.addBytes(kFunctionInput, names.define(arg, name ? name.getValue() : StringRef()));
  }
  std::vector<Port> outputs = outputPorts(func);
  nameOutputs(block, outputs);
  nameRest(block);
  for (const Port &port : outputs)
    out.addBytes(kFunctionOutput, port.name);
  if (llvm::Error error = addNodes(block, form, out))
    return std::move(error);
  addOutputCopies(block, outputs, form, out);
  for (mlir::BlockArgument arg : func.getArguments())
    if (!isUndeclared(arg.getType()))
      out.addMessage(kFunctionValueInfo, valueInfo({names[arg], arg.getType(), {}}));
  for (const Port &port : outputs)
    if (!isUndeclared(port.type))
      out.addMessage(kFunctionValueInfo, valueInfo(port));
  addValueInfos(block, outputs, form, out);
  addVerbatim(file, func->getAttrDictionary(), out);
  names.leaveScope();
  return out;
}
