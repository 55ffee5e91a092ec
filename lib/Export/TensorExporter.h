//===- TensorExporter.h - Weight references to TensorProto ------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_EXPORT_TENSOREXPORTER_H
#define ENERGY_OPT_LIB_EXPORT_TENSOREXPORTER_H

#include "Export/WireMessage.h"
#include "energy-opt/WeightReader.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringSet.h"

namespace energyopt {

/// Where payloads of the new model lie.
struct ExternalPlan {
  /// Name of the data file beside the new model.
  std::string fileName;
  /// External data of the old model stays where it is.
  bool keepReferences = false;
  /// Payloads inside the old model's file go to the data file too.
  bool moveInline = false;
};

class TensorExporter {
public:
  TensorExporter(WeightReader &weights, ExternalPlan plan)
      : weights(weights), plan(std::move(plan)) {}

  /// A TensorProto from a weight reference, the attributes of an initializer or
  /// of a tensor-valued attribute (OnnxImporter.h).
  llvm::Expected<WireMessage> tensor(mlir::DictionaryAttr reference, mlir::RankedTensorType type,
                                     llvm::StringRef name);
  /// A SparseTensorProto; `type` is the dense one.
  llvm::Expected<WireMessage> sparse(mlir::DictionaryAttr reference, mlir::RankedTensorType type);

  bool hasData() const { return dataSize > 0; }
  void writeData(llvm::raw_ostream &os) const;
  /// External files that the new model refers to though nobody has them.
  const llvm::StringSet<> &absent() const { return absentFiles; }

private:
  llvm::Error addPayload(mlir::DictionaryAttr reference, WireMessage &out);
  llvm::Error addExternal(mlir::DictionaryAttr reference, WireMessage &out);
  llvm::Error addTypedField(mlir::DictionaryAttr reference, WireMessage &out);
  void refer(llvm::StringRef location, uint64_t offset, uint64_t length,
             mlir::DictionaryAttr reference, WireMessage &out);
  void moveToData(llvm::StringRef bytes, mlir::DictionaryAttr reference, WireMessage &out);
  llvm::StringRef inFile(mlir::DictionaryAttr reference) const;

  WeightReader &weights;
  ExternalPlan plan;
  struct Moved {
    uint64_t offset; // in the data file
    llvm::StringRef bytes;
  };
  std::vector<Moved> moved;
  uint64_t dataSize = 0; // bytes
  llvm::StringSet<> absentFiles;
};

/// "onnx.verbatim" of `attrs`: fields of the old file, to be written as they are.
void addVerbatim(llvm::StringRef file, mlir::DictionaryAttr attrs, WireMessage &out);
void addVerbatim(llvm::StringRef file, llvm::ArrayRef<int64_t> ranges, WireMessage &out);

} // namespace energyopt

#endif // ENERGY_OPT_LIB_EXPORT_TENSOREXPORTER_H
