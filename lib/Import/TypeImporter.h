//===- TypeImporter.h - TypeProto to MLIR types -----------------*- C++ -*-===//

#ifndef ENERGY_OPT_LIB_IMPORT_TYPEIMPORTER_H
#define ENERGY_OPT_LIB_IMPORT_TYPEIMPORTER_H

#include "energy-opt/DType.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"

namespace energyopt {

/// Field numbers of TypeProto's oneof.
enum TypeField : uint32_t {
  kTensor = 1,
  kSequence = 4,
  kMap = 5,
  kOpaque = 7,
  kSparse = 8,
  kOptional = 9
};

class TypeImporter {
public:
  explicit TypeImporter(mlir::MLIRContext *context);

  /// `message` is a TypeProto; !onnx.value if it says nothing. Errors have no
  /// place in front, the caller knows it.
  llvm::Expected<mlir::Type> read(llvm::StringRef message);

  /// TensorProto.data_type; 0 is an error here.
  llvm::Expected<DType> dtype(int64_t number) const;
  mlir::Type element(DType type) const { return elements[static_cast<int>(type)]; }
  mlir::Type undeclared() const { return elements[0]; }

private:
  llvm::Expected<mlir::Type> read(llvm::StringRef message, unsigned depth);
  llvm::Expected<mlir::Type> readTensor(llvm::StringRef message);
  llvm::Expected<mlir::Type> readShaped(llvm::StringRef shape, mlir::Type element);
  llvm::Expected<mlir::Type> readHolder(llvm::StringRef message, uint32_t field, unsigned depth);
  mlir::Type readOpaque(llvm::StringRef message);
  llvm::Error readDim(llvm::StringRef message, int64_t &size, llvm::StringRef &symbol);

  mlir::MLIRContext *context;
  mlir::Type elements[kLastDType + 1];
  /// By message: most values of a model share a few types.
  llvm::DenseMap<llvm::StringRef, mlir::Type> known;
};

} // namespace energyopt

#endif // ENERGY_OPT_LIB_IMPORT_TYPEIMPORTER_H
