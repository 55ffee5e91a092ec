//===- OnnxDialect.h - The thin onnx dialect --------------------*- C++ -*-===//
//
// ONNX in MLIR without a definition per op: any op name of any domain and
// version is allowed and printed in generic form. What all ops share is here:
// element types, the few types that MLIR lacks, names, and memory effects.
//
// Types (text form in the IR):
//   !onnx.value                nothing was declared
//   !onnx.string               element of a string tensor
//   !onnx.f4e2m1, !onnx.f8e8m0 element types that MLIR 19 lacks
//   !onnx.opaque<"dom", "ty">  TypeProto.Opaque
//   !onnx.seq<T>  !onnx.optional<T>  !onnx.map<K, V>  !onnx.sparse<tensor>
//     where T is a tensor type (ranked with dim names in its encoding, or
//     unranked), a further container, or !onnx.value. In !onnx.map K is an
//     element type. These four are ContainerType, the others mlir::OpaqueType,
//     as is any type that only another tool knows (!onnx.Seq<T> of onnx-mlir).
//
//===----------------------------------------------------------------------===//

#ifndef ENERGY_OPT_ONNXDIALECT_H
#define ENERGY_OPT_ONNXDIALECT_H

#include "energy-opt/DType.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/Operation.h"
#include "llvm/Support/Allocator.h"

#include <mutex>

namespace energyopt {

/// What a node's location says: `ordinal` in its graph, from 1, `outputs` ("" for an
/// omitted one), and offset and length of each part kept `verbatim`.
struct NodeNames {
  llvm::StringRef name;
  llvm::ArrayRef<llvm::StringRef> outputs;
  mlir::StringAttr file;
  unsigned ordinal = 0;
  llvm::ArrayRef<int64_t> verbatim = {};
};

class OnnxDialect : public mlir::Dialect {
public:
  explicit OnnxDialect(mlir::MLIRContext *context);
  ~OnnxDialect() override;
  static llvm::StringRef getDialectNamespace() { return "onnx"; }

  /// Makes ops that no one registered answer the interface: `model` is an
  /// `Interface::FallbackModel`, kept alive by the caller's `owner`.
  void addInterfaceFallback(mlir::TypeID interface, void *model, std::shared_ptr<void> owner);
  void *getRegisteredInterfaceForOp(mlir::TypeID interface, mlir::OperationName op) override;

  mlir::Type parseType(mlir::DialectAsmParser &parser) const override;
  void printType(mlir::Type type, mlir::DialectAsmPrinter &printer) const override;
  mlir::Attribute parseAttribute(mlir::DialectAsmParser &parser, mlir::Type type) const override;
  /// `onnx.Constant dense<1> : tensor<i64>` and `onnx.Return %0 : T`, as
  /// onnx-mlir prints them.
  std::optional<ParseOpHook> getParseOperationHook(llvm::StringRef name) const override;

  /// A copy that lives as long as the context.
  const NodeNames &keep(const NodeNames &names);

private:
  llvm::DenseMap<mlir::TypeID, std::pair<void *, std::shared_ptr<void>>> fallbacks;
  std::mutex mutex; // of what is kept
  llvm::BumpPtrAllocator kept;
};

namespace detail {
struct ContainerTypeStorage;
} // namespace detail

/// A value that holds tensors: sequence, optional, map, or a sparse tensor.
class ContainerType
    : public mlir::Type::TypeBase<ContainerType, mlir::Type, detail::ContainerTypeStorage> {
public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "onnx.container";
  enum Kind : uint8_t { Sequence, Optional, Map, Sparse };

  /// `key`: maps only, else null.
  static ContainerType get(Kind kind, mlir::Type element, mlir::Type key = {});
  Kind getKind() const;
  /// What it holds; of a map its values, of a sparse tensor the dense type.
  mlir::Type getElement() const;
  mlir::Type getKey() const;
};

/// The MLIR type of a tensor's elements, and back. Signed integers are
/// signless (i8), unsigned ones ui8, bool is i1. `type` must not be Undefined;
/// dtypeOf is Undefined for anything that elementType does not make.
mlir::Type elementType(DType type, mlir::MLIRContext *context);
DType dtypeOf(mlir::Type element);

/// !onnx.value, for a value without a declared type.
mlir::Type undeclaredType(mlir::MLIRContext *context);
bool isUndeclared(mlir::Type type);
/// !onnx.opaque<"domain", "name">
mlir::Type opaqueType(mlir::MLIRContext *context, llvm::StringRef domain, llvm::StringRef name);
/// Domain and name of what opaqueType made; both "" for any other.
std::pair<std::string, std::string> opaqueParts(mlir::OpaqueType type);

/// Location of a node, of what NodeNames says, for the functions below to read. It has no text:
/// what it says is the dialect's, since every attribute that MLIR makes of each of 100,000 nodes is
/// looked for among as many.
mlir::Location nodeLocation(mlir::MLIRContext *context, llvm::StringRef name,
                            llvm::ArrayRef<llvm::StringRef> outputs, mlir::StringAttr file,
                            unsigned ordinal, llvm::ArrayRef<int64_t> verbatim = {});
/// Gives the nodes of a module locations that are printed, and that are read as well.
void spellNodeLocations(mlir::ModuleOp module);
/// "" where unknown.
llvm::StringRef locatedNodeName(mlir::Operation *op);
/// Its number in its graph, from 1; 0 where unknown.
unsigned locatedOrdinal(mlir::Operation *op);
llvm::StringRef locatedValueName(mlir::Value value);
llvm::ArrayRef<int64_t> verbatimFields(mlir::Operation *op);

/// "onnx.Conv", "onnx.com.microsoft.Attention": how the IR spells an op.
std::string onnxOpName(llvm::StringRef domain, llvm::StringRef opType);
/// Its reverse, domain ("ai.onnx" written out) and op type; a type with a dot in
/// it keeps what stands behind the last.
std::pair<llvm::StringRef, llvm::StringRef> domainAndOp(llvm::StringRef name);
/// Domain ("" for ai.onnx) and op type of a node that the importer made.
std::pair<llvm::StringRef, llvm::StringRef> onnxDomainAndType(mlir::Operation *op);

/// Whether running the op twice may differ from running it once (random,
/// stateful, or of a domain that nobody here knows), its subgraphs included.
bool hasEffects(mlir::Operation *op);

} // namespace energyopt

MLIR_DECLARE_EXPLICIT_TYPE_ID(energyopt::OnnxDialect)
MLIR_DECLARE_EXPLICIT_TYPE_ID(energyopt::ContainerType)

#endif // ENERGY_OPT_ONNXDIALECT_H
