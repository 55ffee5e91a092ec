//===- TensorImporter.h - TensorProto to weight references ------*- C++ -*-===//
//
// Checks a tensor's header against its payload and makes the attributes that a
// WeightRef is read from. Payloads stay unread.
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_LIB_IMPORT_TENSORIMPORTER_H
#define ENERGY_OPT_LIB_IMPORT_TENSORIMPORTER_H

#include "Import/ExternalData.h"
#include "Import/ProtoView.h"
#include "Import/TypeImporter.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/StringMap.h"

namespace energyopt {

struct ImportedTensor {
  mlir::RankedTensorType type;
  mlir::NamedAttrList attrs;
};

class TensorImporter {
public:
  TensorImporter(mlir::MLIRContext *context, TypeImporter &types, const ModelFile &file,
                 llvm::StringRef directory, bool trustExternal);

  /// Errors have no place in front, the caller knows it.
  llvm::Expected<ImportedTensor> read(const TensorView &tensor);
  /// Shaped as the dense tensor; values and indices are in attributes.
  llvm::Expected<ImportedTensor> read(const SparseTensorView &tensor);

  /// Value of a tensor or sparse tensor attribute, from its message.
  llvm::Expected<mlir::Attribute> readAttribute(llvm::StringRef message);
  llvm::Expected<mlir::Attribute> readSparseAttribute(llvm::StringRef message);

  const ModelFile &modelFile() const { return file; }

  /// External data files that are not there, and how many tensors have dims
  /// but no data at all: weights that were stripped.
  std::vector<std::string> absentFiles;
  uint64_t stripped = 0;

private:
  llvm::Expected<mlir::RankedTensorType> typeOf(llvm::ArrayRef<int64_t> dims, DType dtype);
  llvm::Error addPayload(const TensorView &tensor, DType dtype, uint64_t elements,
                         mlir::NamedAttrList &attrs);
  llvm::Error addTyped(const TensorView &tensor, DType dtype, uint64_t elements,
                       mlir::NamedAttrList &attrs);
  llvm::Error addExternal(const TensorView &tensor, uint64_t bytes, mlir::NamedAttrList &attrs);
  llvm::Expected<uint64_t> externalSize(llvm::StringRef location);
  void addReference(mlir::NamedAttrList &attrs, int64_t source, llvm::StringRef encoding,
                    uint64_t offset, uint64_t length);
  mlir::Attribute dictionary(const ImportedTensor &tensor, llvm::StringRef name);

  mlir::MLIRContext *context;
  TypeImporter &types;
  const ModelFile &file;
  llvm::StringRef directory;
  bool trustExternal;
  llvm::StringMap<uint64_t> externalSizes; // UINT64_MAX: absent

  // Interned once: models have many tensors.
  mlir::StringAttr sourceName, encodingName, offsetName, lengthName, locationName;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_TENSORIMPORTER_H
