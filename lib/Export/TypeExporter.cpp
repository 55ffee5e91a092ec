//===- TypeExporter.cpp - MLIR types to TypeProto -------------------------===//

#include "Export/TypeExporter.h"

#include "Import/TypeImporter.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"

using namespace energyopt;

/// TensorShapeProto: dim { dim_value = 1, dim_param = 2 }.
static WireMessage shapeProto(mlir::RankedTensorType type) {
  auto names = llvm::dyn_cast_or_null<mlir::ArrayAttr>(type.getEncoding());
  WireMessage shape;
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    WireMessage dim;
    auto name =
        names && i < names.size() ? llvm::dyn_cast<mlir::StringAttr>(names[i]) : mlir::StringAttr();
    if (!mlir::ShapedType::isDynamic(size))
      dim.addVarint(1, size);
    else if (name)
      dim.addText(2, name.getValue());
    shape.addMessage(1, std::move(dim));
  }
  return shape;
}

/// TypeProto.Tensor and SparseTensor { elem_type = 1, shape = 2 }.
static WireMessage tensorBody(mlir::TensorType type) {
  WireMessage body;
  body.addVarint(1, static_cast<uint64_t>(dtypeOf(type.getElementType())));
  if (auto ranked = llvm::dyn_cast<mlir::RankedTensorType>(type))
    body.addMessage(2, shapeProto(ranked));
  return body;
}

static WireMessage containerProto(ContainerType type) {
  WireMessage proto, body;
  switch (type.getKind()) {
  case ContainerType::Sparse: {
    auto tensor = llvm::dyn_cast<mlir::TensorType>(type.getElement()); // null: elements undefined
    proto.addMessage(kSparse, tensor ? tensorBody(tensor) : WireMessage());
    return proto;
  }
  case ContainerType::Map:
    body.addVarint(1, static_cast<uint64_t>(dtypeOf(type.getKey())));
    body.addMessage(2, typeProto(type.getElement()));
    proto.addMessage(kMap, std::move(body));
    return proto;
  case ContainerType::Sequence:
  case ContainerType::Optional:
    body.addMessage(1, typeProto(type.getElement()));
    proto.addMessage(type.getKind() == ContainerType::Sequence ? kSequence : kOptional,
                     std::move(body));
    return proto;
  }
  return proto;
}

/// "domain", "name" of !onnx.opaque<"domain", "name">.
static WireMessage opaqueProto(mlir::OpaqueType type) {
  auto [domain, name] = opaqueParts(type);
  WireMessage proto, body;
  body.addText(1, domain);
  body.addText(2, name);
  proto.addMessage(kOpaque, std::move(body));
  return proto;
}

WireMessage energyopt::typeProto(mlir::Type type) {
  if (auto container = llvm::dyn_cast<ContainerType>(type))
    return containerProto(container);
  if (auto tensor = llvm::dyn_cast<mlir::TensorType>(type)) {
    WireMessage proto;
    proto.addMessage(kTensor, tensorBody(tensor));
    return proto;
  }
  if (auto opaque = llvm::dyn_cast<mlir::OpaqueType>(type); opaque && !isUndeclared(type))
    return opaqueProto(opaque);
  return {};
}
