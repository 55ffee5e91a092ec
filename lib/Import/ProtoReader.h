//===- ProtoReader.h - Reads messages into ProtoView's structs --*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_PROTOREADER_H
#define ENERGY_OPT_LIB_IMPORT_PROTOREADER_H

#include "Import/ImportError.h"
#include "Import/ProtoView.h"
#include "Import/WireReader.h"
#include "energy-opt/Limits.h"

namespace energyopt {

/// Reads messages; the first thing wrong stops everything, and is kept.
class ProtoReader {
public:
  explicit ProtoReader(const ModelFile &file) : file(file) {}

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
  bool addPort(const WireField &field, std::vector<ValueInfoView> &out);
  bool countPart();
  void addTypedData(const WireField &field, TensorView &out);

  llvm::StringRef text(const WireField &field);
  int64_t number(const WireField &field);
  void keep(const WireField &field, Verbatim &out);
  bool fail(const llvm::Twine &why, const llvm::Twine &how);
  bool finish(const WireReader &reader, const char *message);

  const ModelFile &file;
  std::string what, mend;
  const char *mismatch = nullptr; // where a field had the wrong wire type
  uint64_t parts = 0, fields = 0; // of which a file of empty messages has too many
  const uint64_t maxParts = limitOf(Limit::Parts), maxFields = limitOf(Limit::Fields);
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_PROTOREADER_H
