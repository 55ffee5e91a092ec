//===- ProtoView.cpp - Reads the messages of onnx.proto -------------------===//

#include "Import/ProtoView.h"

#include "Import/ImportError.h"
#include "Import/WireReader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

namespace energyopt {

std::string quoted(llvm::StringRef name) {
  std::string out = "'";
  for (unsigned char c : name.take_front(100)) {
    if (c < 0x20 || c == 0x7f)
      out += {'\\', 'x', llvm::hexdigit(c >> 4, true), llvm::hexdigit(c & 15, true)};
    else
      out += static_cast<char>(c);
  }
  return out + (name.size() > 100 ? "…'" : "'");
}

namespace {

/// Reads messages; the first thing wrong stops everything, and is kept.
class ProtoReader {
public:
  explicit ProtoReader(llvm::StringRef file) : file(file) {}

  bool model(ModelView &out);
  bool tensor(llvm::StringRef message, TensorView &out);
  bool sparseTensor(llvm::StringRef message, SparseTensorView &out);
  llvm::Error takeError() const { return importError(what, mend); }

private:
  bool graph(llvm::StringRef message, GraphView &out, unsigned depth);
  bool function(llvm::StringRef message, FunctionView &out);
  bool node(llvm::StringRef message, NodeView &out, unsigned depth);
  bool attribute(llvm::StringRef message, AttributeView &out, unsigned depth);
  bool valueInfo(const WireField &field, ValueInfoView &out);
  bool pair(llvm::StringRef message, StringPair &out);
  bool opset(llvm::StringRef message, OpsetImports &out);

  bool addNode(const WireField &field, GraphView &graph, unsigned depth);
  bool addValueInfo(const WireField &field, std::vector<ValueInfoView> &out);
  void addTypedData(const WireField &field, TensorView &out);

  llvm::StringRef text(const WireField &field);
  int64_t number(const WireField &field);
  void keep(const WireField &field, Verbatim &out) const;
  bool fail(const llvm::Twine &why, const llvm::Twine &how);
  bool finish(const WireReader &reader, const char *message);

  llvm::StringRef file;
  std::string what, mend;
  const char *mismatch = nullptr; // where a field had the wrong wire type
  size_t nodes = 0;
};

} // namespace

bool ProtoReader::fail(const llvm::Twine &why, const llvm::Twine &how) {
  if (what.empty()) {
    what = why.str();
    mend = how.str();
  }
  return false;
}

llvm::StringRef ProtoReader::text(const WireField &field) {
  if (field.type == WireField::Bytes)
    return field.bytes;
  mismatch = field.whole.data();
  return {};
}

int64_t ProtoReader::number(const WireField &field) {
  if (field.type == WireField::Varint)
    return field.asInt();
  mismatch = field.whole.data();
  return 0;
}

void ProtoReader::keep(const WireField &field, Verbatim &out) const {
  out.push_back(field.whole.data() - file.data());
  out.push_back(static_cast<int64_t>(field.whole.size()));
}

/// False if the message ended badly, or some part of it did.
bool ProtoReader::finish(const WireReader &reader, const char *message) {
  if (!what.empty())
    return false;
  const char *place = mismatch ? mismatch : reader.where();
  const char *problem = mismatch ? "has the wrong wire type" : reader.problem();
  if (!problem)
    return true;
  return fail("byte " + llvm::Twine(place - file.data()) + ": a field of " + message + " " +
                  problem,
              "the file is truncated or damaged: download or export it again");
}

bool ProtoReader::pair(llvm::StringRef message, StringPair &out) {
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    if (f.number == 1)
      out.first = text(f);
    else if (f.number == 2)
      out.second = text(f);
  return finish(reader, "StringStringEntryProto");
}

bool ProtoReader::opset(llvm::StringRef message, OpsetImports &out) {
  auto &entry = out.emplace_back();
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    if (f.number == 1)
      entry.first = text(f);
    else if (f.number == 2)
      entry.second = number(f);
  return finish(reader, "OperatorSetIdProto");
}

bool ProtoReader::valueInfo(const WireField &field, ValueInfoView &out) {
  out.offset = field.whole.data() - file.data();
  out.length = static_cast<int64_t>(field.whole.size());
  WireReader reader(text(field));
  for (WireField f; reader.next(f);)
    switch (f.number) {
    case 1: out.name = text(f); break;
    case 2: out.type = text(f); break;
    default: keep(f, out.verbatim);
    }
  return finish(reader, "ValueInfoProto");
}

/// Typed data up to this size is counted exactly.
static constexpr size_t kMaxCountedBytes = size_t(1) << 16;

/// Counts typed data, without reading much of it.
void ProtoReader::addTypedData(const WireField &field, TensorView &out) {
  if (out.typedField && out.typedField != field.number)
    out.hasOtherData = true;
  out.typedField = field.number;
  uint64_t low = 1, high = 1; // not packed: one value per field
  if (field.type == WireField::Bytes && field.number != 6) {
    uint64_t size = field.bytes.size();
    switch (field.number) {
    case 4: low = high = size / 4; break;  // float_data
    case 10: low = high = size / 8; break; // double_data
    default: // a varint takes 1 to 10 bytes, its last one is below 0x80
      low = (size + 9) / 10;
      high = size;
      if (size <= kMaxCountedBytes)
        low = high = llvm::count_if(field.bytes, [](char c) { return !(c & 0x80); });
    }
  }
  out.minValues += low;
  out.maxValues += high;
}

bool ProtoReader::tensor(llvm::StringRef message, TensorView &out) {
  out.message = message;
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    switch (f.number) {
    case 1:
      if (!WireReader::readVarints(f, out.dims))
        mismatch = f.whole.data();
      break;
    case 2: out.dataType = number(f); break;
    case 3: out.hasSegment = true; break;
    case 4: case 5: case 6: case 7: case 10: case 11: addTypedData(f, out); break;
    case 8: out.name = text(f); break;
    case 9: out.raw = text(f); break;
    case 13: pair(text(f), out.external.emplace_back()); break;
    case 14: out.dataLocation = number(f); break;
    default: keep(f, out.verbatim);
    }
  return finish(reader, "TensorProto");
}

bool ProtoReader::sparseTensor(llvm::StringRef message, SparseTensorView &out) {
  WireReader reader(message);
  for (WireField f; reader.next(f);)
    switch (f.number) {
    case 1: tensor(text(f), out.values); break;
    case 2: tensor(text(f), out.indices); break;
    case 3:
      if (!WireReader::readVarints(f, out.dims))
        mismatch = f.whole.data();
      break;
    default: break;
    }
  return finish(reader, "SparseTensorProto");
}

/// AttributeType of each value field of AttributeProto; IR version 1 has no
/// type field, there the value that is present tells.
static int64_t typeOfValueField(uint32_t field) {
  switch (field) {
  case 2: case 3: case 4: case 5: case 6: return field - 1;    // f i s t g
  case 7: case 8: case 9: case 10: case 11: return field - 1;  // floats … graphs
  case 14: return 13;                                          // tp
  case 15: return 14;                                          // type_protos
  case 22: return 11;                                          // sparse_tensor
  case 23: return 12;                                          // sparse_tensors
  default: return 0;
  }
}

bool ProtoReader::attribute(llvm::StringRef message, AttributeView &out, unsigned depth) {
  out.message = message;
  int64_t deduced = 0;
  WireReader reader(message);
  for (WireField f; what.empty() && reader.next(f);) {
    if (int64_t type = typeOfValueField(f.number))
      deduced = type;
    switch (f.number) {
    case 1: out.name = text(f); break;
    case 6: case 11:
      graph(text(f), *out.graphs.emplace_back(std::make_unique<GraphView>()), depth + 1);
      break;
    case 20: out.type = number(f); break;
    case 21: out.refName = text(f); break;
    default: break;
    }
  }
  if (out.type == 0)
    out.type = deduced;
  return finish(reader, "AttributeProto");
}

bool ProtoReader::node(llvm::StringRef message, NodeView &out, unsigned depth) {
  WireReader reader(message);
  for (WireField f; what.empty() && reader.next(f);)
    switch (f.number) {
    case 1: out.inputs.push_back(text(f)); break;
    case 2: out.outputs.push_back(text(f)); break;
    case 3: out.name = text(f); break;
    case 4: out.opType = text(f); break;
    case 5: attribute(text(f), out.attributes.emplace_back(), depth); break;
    case 7: out.domain = text(f); break;
    case 8: out.overload = text(f); break;
    default: keep(f, out.verbatim);
    }
  return finish(reader, "NodeProto");
}

bool ProtoReader::addNode(const WireField &field, GraphView &graph, unsigned depth) {
  if (++nodes > kMaxNodes)
    return fail("the model has more than " + llvm::Twine(kMaxNodes) + " nodes",
                "no real model has as many; analyse its parts");
  NodeView &added = graph.nodes.emplace_back();
  if (!node(text(field), added, depth))
    return false;
  if (added.opType.empty())
    return fail("node " + (added.name.empty() ? "#" + std::to_string(graph.nodes.size())
                                               : quoted(added.name)) +
                    ": has no op type",
                "every NodeProto needs op_type; export the model again");
  return true;
}

bool ProtoReader::addValueInfo(const WireField &field, std::vector<ValueInfoView> &out) {
  return valueInfo(field, out.emplace_back());
}

bool ProtoReader::graph(llvm::StringRef message, GraphView &out, unsigned depth) {
  if (depth > kMaxGraphNesting)
    return fail("subgraphs nest deeper than " + llvm::Twine(kMaxGraphNesting) + " levels",
                "flatten the control flow of the model");
  WireReader reader(message);
  for (WireField f; what.empty() && reader.next(f);)
    switch (f.number) {
    case 1: addNode(f, out, depth); break;
    case 2: out.name = text(f); break;
    case 5: tensor(text(f), out.initializers.emplace_back()); break;
    case 11: addValueInfo(f, out.inputs); break;
    case 12: addValueInfo(f, out.outputs); break;
    case 13: addValueInfo(f, out.valueInfos); break;
    case 15: sparseTensor(text(f), out.sparseInitializers.emplace_back()); break;
    default: keep(f, out.verbatim);
    }
  return finish(reader, "GraphProto");
}

bool ProtoReader::function(llvm::StringRef message, FunctionView &out) {
  WireReader reader(message);
  for (WireField f; what.empty() && reader.next(f);)
    switch (f.number) {
    case 1: out.name = text(f); break;
    case 4: out.body.inputs.emplace_back().name = text(f); break;
    case 5: out.body.outputs.emplace_back().name = text(f); break;
    case 6: out.attributeNames.push_back(text(f)); break;
    case 7: addNode(f, out.body, 1); break;
    case 9: opset(text(f), out.opsets); break;
    case 10: out.domain = text(f); break;
    case 11: attribute(text(f), out.attributeDefaults.emplace_back(), 1); break;
    case 12: addValueInfo(f, out.body.valueInfos); break;
    case 13: out.overload = text(f); break;
    default: keep(f, out.body.verbatim);
    }
  out.body.name = out.name;
  return finish(reader, "FunctionProto");
}

bool ProtoReader::model(ModelView &out) {
  WireReader reader(file);
  for (WireField f; what.empty() && reader.next(f);)
    switch (f.number) {
    case 1: out.irVersion = number(f); break;
    case 2: out.producer = text(f); break;
    case 3: out.producerVersion = text(f); break;
    case 4: out.domain = text(f); break;
    case 5:
      out.modelVersion = number(f);
      out.hasModelVersion = true;
      break;
    case 6: out.docString = text(f); break;
    case 7:
      if (out.graph)
        return fail("the model has two graphs", "keep one GraphProto; the file may be two files");
      out.graph = std::make_unique<GraphView>();
      graph(text(f), *out.graph, 1);
      break;
    case 8: opset(text(f), out.opsets); break;
    case 14: pair(text(f), out.metadata.emplace_back()); break;
    case 25: function(text(f), out.functions.emplace_back()); break;
    default: keep(f, out.verbatim);
    }
  return finish(reader, "ModelProto");
}

llvm::Expected<ModelView> readModel(llvm::StringRef file) {
  ModelView view;
  ProtoReader reader(file);
  if (!reader.model(view))
    return reader.takeError();
  if (!view.graph)
    return importError("the file has no graph: it is not an ONNX model, or an empty one",
                       "pass the .onnx file of a model, exported anew if need be");
  return view;
}

llvm::Expected<TensorView> readTensor(llvm::StringRef file, llvm::StringRef message) {
  TensorView view;
  ProtoReader reader(file);
  if (!reader.tensor(message, view))
    return reader.takeError();
  return view;
}

llvm::Expected<SparseTensorView> readSparseTensor(llvm::StringRef file, llvm::StringRef message) {
  SparseTensorView view;
  ProtoReader reader(file);
  if (!reader.sparseTensor(message, view))
    return reader.takeError();
  return view;
}

} // namespace energyopt
