//===- ProtoView.cpp - Reads models, graphs, nodes ------------------------===//

#include "Import/ProtoReader.h"

#include "Import/GraphOrder.h"
#include "energy-opt/Limits.h"

namespace energyopt {

/// AttributeType of each value field of AttributeProto; IR version 1 has no
/// type field, there the value that is present tells.
static int64_t typeOfValueField(uint32_t field) {
  switch (field) {
  case 2:
  case 3:
  case 4:
  case 5:
  case 6:
    return field - 1; // f i s t g
  case 7:
  case 8:
  case 9:
  case 10:
  case 11:
    return field - 1; // floats … graphs
  case 14:
    return 13; // tp
  case 15:
    return 14; // type_protos
  case 22:
    return 11; // sparse_tensor
  case 23:
    return 12; // sparse_tensors
  default:
    return 0;
  }
}

bool ProtoReader::attribute(llvm::StringRef message, AttributeView &out, unsigned depth) {
  out.message = message;
  int64_t deduced = 0;
  WireReader reader(message, &file);
  for (WireField f; what.empty() && reader.next(f);) {
    if (int64_t type = typeOfValueField(f.number))
      deduced = type;
    switch (f.number) {
    case 1:
      out.name = text(f);
      break;
    case 6:
    case 11:
      graph(text(f), *out.graphs.emplace_back(std::make_unique<GraphView>()), depth + 1);
      break;
    case 20:
      out.type = number(f);
      break;
    case 21:
      out.refName = text(f);
      break;
    default:
      break;
    }
  }
  if (out.type == 0)
    out.type = deduced;
  return finish(reader, "AttributeProto");
}

bool ProtoReader::node(llvm::StringRef message, NodeView &out, unsigned depth) {
  WireReader reader(message, &file);
  for (WireField f; what.empty() && reader.next(f);)
    switch (f.number) {
    case 1:
      out.inputs.push_back({text(f)});
      break;
    case 2:
      out.outputs.push_back(text(f));
      break;
    case 3:
      out.name = text(f);
      break;
    case 4:
      out.opType = text(f);
      break;
    case 5:
      attribute(text(f), out.attributes.emplace_back(), depth);
      break;
    case 7:
      out.domain = text(f);
      break;
    case 8:
      out.overload = text(f);
      break;
    default:
      keep(f, out.verbatim);
    }
  return finish(reader, "NodeProto");
}

/// Room for the nodes of a GraphProto, which would be moved again and again as
/// their list grows. What a file only claims to hold takes no memory.
static void reserveNodes(llvm::StringRef message, const ModelFile &file,
                         std::vector<NodeView> &nodes) {
  constexpr size_t kMost = 1 << 20;
  size_t count = 0;
  WireReader reader(message, &file);
  for (WireField f; count < kMost && reader.next(f);)
    count += f.number == 1;
  nodes.reserve(count);
}

bool ProtoReader::addNode(const WireField &field, GraphView &graph, unsigned depth) {
  if (!countPart())
    return false;
  NodeView &added = graph.nodes.emplace_back();
  if (!node(text(field), added, depth))
    return false;
  if (added.opType.empty())
    return fail(describeNode(added, graph.nodes.size() - 1) + ": has no op type",
                "every NodeProto needs op_type; export the model again");
  return true;
}

/// Whether a TypeProto says what its values mean ("IMAGE", "DATA_BATCH"): in
/// its denotation or in those of a tensor's dims.
static bool hasDenotation(llvm::StringRef type) {
  auto child = [](llvm::StringRef message, uint32_t number) {
    llvm::StringRef found;
    WireReader reader(message);
    for (WireField f; reader.next(f);)
      if (f.number == number && f.type == WireField::Bytes)
        found = f.bytes;
    return found;
  };
  if (!child(type, 6).empty())
    return true;
  llvm::StringRef shape = child(child(type, 1), 2);
  WireReader dims(shape);
  for (WireField dim; dims.next(dim);)
    if (!child(dim.bytes, 3).empty())
      return true;
  return false;
}

/// An input or output of the graph. A type that says more than MLIR's can is
/// kept as it is in the file too.
bool ProtoReader::addPort(const WireField &field, std::vector<ValueInfoView> &out) {
  ValueInfoView &port = out.emplace_back();
  if (!valueInfo(field, port))
    return false;
  if (!hasDenotation(port.type))
    return true;
  WireReader reader(field.bytes);
  for (WireField f; reader.next(f);)
    if (f.number == 2)
      keep(f, port.verbatim);
  return true;
}

bool ProtoReader::graph(llvm::StringRef message, GraphView &out, unsigned depth) {
  if (depth > limitOf(Limit::Nesting))
    return fail("subgraphs nest deeper than " + llvm::Twine(limitOf(Limit::Nesting)) + " levels",
                howToRaise(Limit::Nesting));
  reserveNodes(message, file, out.nodes);
  WireReader reader(message, &file);
  for (WireField f; what.empty() && reader.next(f);)
    switch (f.number) {
    case 1:
      addNode(f, out, depth);
      break;
    case 2:
      out.name = text(f);
      break;
    case 5:
      if (countPart())
        tensor(text(f), out.initializers.emplace_back());
      break;
    case 11:
      addPort(f, out.inputs);
      break;
    case 12:
      addPort(f, out.outputs);
      break;
    case 13:
      valueInfo(f, out.valueInfos.emplace_back());
      break;
    case 15:
      sparseTensor(text(f), out.sparseInitializers.emplace_back());
      break;
    default:
      keep(f, out.verbatim);
    }
  return finish(reader, "GraphProto");
}

bool ProtoReader::function(llvm::StringRef message, FunctionView &out) {
  WireReader reader(message, &file);
  for (WireField f; what.empty() && reader.next(f);)
    switch (f.number) {
    case 1:
      out.name = text(f);
      break;
    case 4:
      out.body.inputs.emplace_back().name = text(f);
      break;
    case 5:
      out.body.outputs.emplace_back().name = text(f);
      break;
    case 6:
      out.attributeNames.push_back(text(f));
      break;
    case 7:
      addNode(f, out.body, 1);
      break;
    case 9:
      opset(text(f), out.opsets);
      break;
    case 10:
      out.domain = text(f);
      break;
    case 11:
      attribute(text(f), out.attributeDefaults.emplace_back(), 1);
      break;
    case 12:
      valueInfo(f, out.body.valueInfos.emplace_back());
      break;
    case 13:
      out.overload = text(f);
      break;
    default:
      keep(f, out.body.verbatim);
    }
  out.body.name = out.name;
  return finish(reader, "FunctionProto");
}

bool ProtoReader::model(ModelView &out) {
  WireReader reader(file.bytes(), &file);
  for (WireField f; what.empty() && reader.next(f);)
    switch (f.number) {
    case 1:
      out.irVersion = number(f);
      break;
    case 2:
      out.producer = text(f);
      break;
    case 3:
      out.producerVersion = text(f);
      break;
    case 4:
      out.domain = text(f);
      break;
    case 5:
      out.modelVersion = number(f);
      out.hasModelVersion = true;
      break;
    case 6:
      out.docString = text(f);
      break;
    case 7:
      if (out.graph)
        return fail("the model has two graphs", "keep one GraphProto; the file may be two files");
      out.graph = std::make_unique<GraphView>();
      graph(text(f), *out.graph, 1);
      break;
    case 8:
      opset(text(f), out.opsets);
      break;
    case 14:
      pair(text(f), out.metadata.emplace_back());
      break;
    case 25:
      if (countPart())
        function(text(f), out.functions.emplace_back());
      break;
    default:
      keep(f, out.verbatim);
    }
  return finish(reader, "ModelProto");
}

llvm::Expected<ModelView> readModel(const ModelFile &file) {
  ModelView view;
  ProtoReader reader(file);
  if (!reader.model(view))
    return reader.takeError();
  if (!view.graph)
    return importError("the file has no graph: it is not an ONNX model, or an empty one",
                       "pass the .onnx file of a model, exported anew if need be");
  return view;
}

} // namespace energyopt
