//===- ProtoView.h - A model file as light structs --------------*- C++ -*-===//
//
// The messages of onnx.proto (IR version 13) that an importer looks into.
// Strings refer to a ModelFile; types and attribute values stay unread in it,
// payloads of tensors need not be there. Fields that are not interpreted are remembered as
// `verbatim`, pairs of offset and length in the file, tag included.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_PROTOVIEW_H
#define ENERGY_OPT_LIB_IMPORT_PROTOVIEW_H

#include "Import/ModelFile.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <vector>

namespace energyopt {

using Verbatim = llvm::SmallVector<int64_t, 0>;
using StringPair = std::pair<llvm::StringRef, llvm::StringRef>;

/// TensorProto.
struct TensorView {
  llvm::StringRef name;
  FileSpan message;
  int64_t dataType = 0;
  llvm::SmallVector<int64_t, 4> dims;
  std::optional<FileSpan> raw;
  /// Field number of the typed data that is present (float_data = 4, …), and
  /// how many values it has at least and at most; 0 for none. Long varint
  /// payloads are not counted, that would read them.
  uint32_t typedField = 0;
  uint64_t minValues = 0, maxValues = 0;
  bool hasOtherData = false; // a second kind of payload
  bool hasSegment = false;
  int64_t dataLocation = 0; // 1: external
  llvm::SmallVector<StringPair, 0> external;
  Verbatim verbatim;
};

/// SparseTensorProto.
struct SparseTensorView {
  TensorView values, indices;
  llvm::SmallVector<int64_t, 4> dims;
};

/// ValueInfoProto; `type` is an unread TypeProto.
struct ValueInfoView {
  llvm::StringRef name, type;
  Verbatim verbatim;
  FileSpan field; // with its tag
};

struct GraphView;

/// AttributeProto. Values stay in `message`.
struct AttributeView {
  llvm::StringRef name, refName, message;
  int64_t type = 0; // AttributeType; deduced where old models leave it out
  std::vector<std::unique_ptr<GraphView>> graphs;
};

/// What gives a name its value in its graph.
struct Definition {
  static constexpr int32_t kPort = -1;      // an input or initializer
  static constexpr int32_t kElsewhere = -2; // a graph around this one, or nothing
  int32_t node = kElsewhere;
  int32_t output = 0; // of the node
};

/// Input of a NodeProto; "" if absent.
struct InputView {
  llvm::StringRef name;
  Definition by; // filled by GraphOrder.cpp
};

/// NodeProto.
struct NodeView {
  NodeView() = default;
  NodeView(NodeView &&) = default; // no copies when a vector grows

  llvm::StringRef name, opType, domain, overload;
  llvm::SmallVector<InputView, 2> inputs;
  llvm::SmallVector<llvm::StringRef, 1> outputs;
  std::vector<AttributeView> attributes;
  Verbatim verbatim;
};

/// GraphProto, or the body of a FunctionProto.
struct GraphView {
  llvm::StringRef name;
  std::vector<NodeView> nodes;
  std::vector<TensorView> initializers;
  std::vector<SparseTensorView> sparseInitializers;
  std::vector<ValueInfoView> inputs, outputs, valueInfos;
  Verbatim verbatim;

  // Filled by GraphOrder.cpp.
  llvm::DenseMap<llvm::StringRef, Definition> definitions;
  std::vector<llvm::StringRef> captures; // names used and not defined here

  Definition lookup(llvm::StringRef name) const {
    auto it = definitions.find(name);
    return it == definitions.end() ? Definition() : it->second;
  }
};

using OpsetImports = llvm::SmallVector<std::pair<llvm::StringRef, int64_t>, 2>;

/// FunctionProto.
struct FunctionView {
  FunctionView() = default;
  FunctionView(FunctionView &&) = default; // no copies when a vector grows

  llvm::StringRef name, domain, overload;
  llvm::SmallVector<llvm::StringRef, 2> attributeNames;
  std::vector<AttributeView> attributeDefaults;
  OpsetImports opsets;
  GraphView body;
};

/// ModelProto.
struct ModelView {
  int64_t irVersion = 0, modelVersion = 0;
  bool hasModelVersion = false;
  llvm::StringRef producer, producerVersion, domain, docString;
  OpsetImports opsets;
  llvm::SmallVector<StringPair, 0> metadata;
  std::unique_ptr<GraphView> graph;
  std::vector<FunctionView> functions;
  Verbatim verbatim;
};

/// Fixed limits of stack, beside those of Limits.h. What reads text and what cuts
/// payloads out of files goes as deep as Limit::Nesting can be raised to.
constexpr unsigned kMostGraphNesting = 200;
constexpr unsigned kMaxTypeNesting = 32;

/// Reads a ModelProto. Errors are about bytes, and about what no later step
/// could name: a node without op type.
llvm::Expected<ModelView> readModel(const ModelFile &file);

/// Read the message of an attribute's value, which lies in `file`.
llvm::Expected<TensorView> readTensor(const ModelFile &file, llvm::StringRef message);
llvm::Expected<SparseTensorView> readSparseTensor(const ModelFile &file, llvm::StringRef message);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_PROTOVIEW_H
