//===- OnnxNames.cpp - Names of nodes and values in locations -------------===//
//
// Spelled out, a node's location is fused<"node">[name, output…]; the name's NameLoc has
// the file position (line = ordinal of the node in its graph, from 1) as its
// child, inside a fused location if fields are kept verbatim.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace energyopt {

using namespace mlir;

static constexpr llvm::StringLiteral kNodeTag = "node";

static Location spelled(MLIRContext *context, const NodeNames &names) {
  // The position makes the first entry differ from the outputs: the parser
  // drops repeated entries, and nodes are often named after their output.
  Location position = FileLineColLoc::get(names.file, names.ordinal, 0);
  if (!names.verbatim.empty())
    position = FusedLoc::get(context, {position}, DenseI64ArrayAttr::get(context, names.verbatim));
  llvm::SmallVector<Location, 4> parts = {
      NameLoc::get(StringAttr::get(context, names.name), position)};
  for (auto [i, output] : llvm::enumerate(names.outputs)) {
    auto attr = StringAttr::get(context, output);
    // Omitted outputs share the empty name; told apart for the same reason.
    parts.push_back(output.empty() ? NameLoc::get(attr, FileLineColLoc::get(context, "", i, 0))
                                   : NameLoc::get(attr));
  }
  return FusedLoc::get(context, parts, StringAttr::get(context, kNodeTag));
}

const NodeNames &OnnxDialect::keep(const NodeNames &names) {
  std::lock_guard<std::mutex> lock(mutex);
  auto *outputs = kept.Allocate<llvm::StringRef>(names.outputs.size());
  for (auto [i, output] : llvm::enumerate(names.outputs))
    new (outputs + i) llvm::StringRef(output.copy(kept));
  return *new (kept) NodeNames{names.name.copy(kept),
                               {outputs, names.outputs.size()},
                               names.file,
                               names.ordinal,
                               llvm::ArrayRef(names.verbatim).copy(kept)};
}

Location nodeLocation(MLIRContext *context, llvm::StringRef name,
                      llvm::ArrayRef<llvm::StringRef> outputs, StringAttr file, unsigned ordinal,
                      llvm::ArrayRef<int64_t> verbatim) {
  const NodeNames names{name, outputs, file, ordinal, verbatim};
  auto *dialect = context->getLoadedDialect<OnnxDialect>();
  if (!dialect)
    return spelled(context, names);
  return OpaqueLoc::get(reinterpret_cast<uintptr_t>(&dialect->keep(names)),
                        TypeID::get<OnnxDialect>(), UnknownLoc::get(context));
}

/// Null for any other location.
static const NodeNames *keptNames(Location loc) {
  auto opaque = llvm::dyn_cast<OpaqueLoc>(loc);
  return opaque && opaque.getUnderlyingTypeID() == TypeID::get<OnnxDialect>()
             ? reinterpret_cast<const NodeNames *>(opaque.getUnderlyingLocation())
             : nullptr;
}

void spellNodeLocations(ModuleOp module) {
  module.walk([](Operation *op) {
    if (const NodeNames *names = keptNames(op->getLoc()))
      op->setLoc(spelled(op->getContext(), *names));
  });
}

/// The parts of a node's location that is spelled out; empty for any other.
static llvm::ArrayRef<Location> nodeParts(Location loc) {
  auto fused = llvm::dyn_cast<FusedLoc>(loc);
  if (!fused)
    return {};
  auto tag = llvm::dyn_cast_or_null<StringAttr>(fused.getMetadata());
  return tag && tag.getValue() == kNodeTag ? fused.getLocations() : llvm::ArrayRef<Location>();
}

static llvm::StringRef nameOf(Location loc) {
  auto named = llvm::dyn_cast<NameLoc>(loc);
  return named ? named.getName().getValue() : llvm::StringRef();
}

llvm::StringRef locatedNodeName(Operation *op) {
  if (const NodeNames *names = keptNames(op->getLoc()))
    return names->name;
  llvm::ArrayRef<Location> parts = nodeParts(op->getLoc());
  return parts.empty() ? nameOf(op->getLoc()) : nameOf(parts[0]);
}

unsigned locatedOrdinal(Operation *op) {
  if (const NodeNames *names = keptNames(op->getLoc()))
    return names->ordinal;
  llvm::ArrayRef<Location> parts = nodeParts(op->getLoc());
  auto position =
      parts.empty() ? FileLineColLoc() : parts[0]->findInstanceOf<mlir::FileLineColLoc>();
  return position ? position.getLine() : 0;
}

llvm::StringRef locatedValueName(Value value) {
  auto result = llvm::dyn_cast<OpResult>(value);
  if (!result)
    return nameOf(value.getLoc());
  unsigned number = result.getResultNumber();
  if (const NodeNames *names = keptNames(value.getLoc()))
    return number < names->outputs.size() ? names->outputs[number] : llvm::StringRef();
  llvm::ArrayRef<Location> parts = nodeParts(value.getLoc());
  if (parts.empty()) // an initializer
    return nameOf(value.getLoc());
  return number + 1 < parts.size() ? nameOf(parts[number + 1]) : llvm::StringRef();
}

llvm::ArrayRef<int64_t> verbatimFields(Operation *op) {
  if (const NodeNames *names = keptNames(op->getLoc()))
    return names->verbatim;
  llvm::ArrayRef<Location> parts = nodeParts(op->getLoc());
  auto named = parts.empty() ? NameLoc() : llvm::dyn_cast<NameLoc>(parts[0]);
  auto fused = named ? llvm::dyn_cast<FusedLoc>(named.getChildLoc()) : FusedLoc();
  auto fields =
      fused ? llvm::dyn_cast_or_null<DenseI64ArrayAttr>(fused.getMetadata()) : DenseI64ArrayAttr();
  return fields ? fields.asArrayRef() : llvm::ArrayRef<int64_t>();
}

std::string onnxOpName(llvm::StringRef domain, llvm::StringRef opType) {
  if (domain.empty() || domain == "ai.onnx")
    return ("onnx." + opType).str();
  return ("onnx." + domain + "." + opType).str();
}

std::pair<llvm::StringRef, llvm::StringRef> domainAndOp(llvm::StringRef name) {
  name.consume_front("onnx.");
  auto [domain, op] = name.rsplit('.');
  if (op.empty())
    return {"ai.onnx", name};
  return {domain, op};
}

std::pair<llvm::StringRef, llvm::StringRef> onnxDomainAndType(Operation *op) {
  llvm::StringRef name = op->getName().getStringRef();
  // Written where the type has a dot itself.
  if (auto attr = op->getAttrOfType<StringAttr>("onnx.domain")) {
    llvm::StringRef domain = attr.getValue();
    name.consume_front("onnx.");
    if (!domain.empty() && domain != "ai.onnx")
      name = name.drop_front(domain.size() + 1);
    return {domain == "ai.onnx" ? "" : domain, name};
  }
  auto [domain, type] = domainAndOp(name);
  return {domain == "ai.onnx" ? "" : domain, type};
}

} // namespace energyopt
