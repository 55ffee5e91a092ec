//===- OnnxNames.cpp - Names of nodes and values in locations -------------===//
//
// A node's location is fused<"node">[name, output…]; the name's NameLoc has
// the file position (line = ordinal of the node in its graph, from 1) as its
// child, inside a fused location if fields are kept verbatim.
//
//===----------------------------------------------------------------------===//

#include "energy-opt/OnnxDialect.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace energyopt {

using namespace mlir;

static constexpr llvm::StringLiteral kNodeTag = "node";

Location nodeLocation(MLIRContext *context, llvm::StringRef name,
                      llvm::ArrayRef<llvm::StringRef> outputs, StringAttr file, unsigned ordinal,
                      llvm::ArrayRef<int64_t> verbatim) {
  // The position makes the first entry differ from the outputs: the parser
  // drops repeated entries, and nodes are often named after their output.
  Location position = FileLineColLoc::get(file, ordinal, 0);
  if (!verbatim.empty())
    position = FusedLoc::get(context, {position}, DenseI64ArrayAttr::get(context, verbatim));
  llvm::SmallVector<Location, 4> parts = {NameLoc::get(StringAttr::get(context, name), position)};
  for (auto [i, output] : llvm::enumerate(outputs)) {
    auto attr = StringAttr::get(context, output);
    // Omitted outputs share the empty name; told apart for the same reason.
    parts.push_back(output.empty() ? NameLoc::get(attr, FileLineColLoc::get(context, "", i, 0))
                                   : NameLoc::get(attr));
  }
  return FusedLoc::get(context, parts, StringAttr::get(context, kNodeTag));
}

/// The parts of a node's location; empty for any other.
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
  llvm::ArrayRef<Location> parts = nodeParts(op->getLoc());
  return parts.empty() ? nameOf(op->getLoc()) : nameOf(parts[0]);
}

llvm::StringRef locatedValueName(Value value) {
  auto result = llvm::dyn_cast<OpResult>(value);
  if (!result)
    return nameOf(value.getLoc());
  llvm::ArrayRef<Location> parts = nodeParts(value.getLoc());
  if (parts.empty()) // an initializer
    return nameOf(value.getLoc());
  unsigned index = result.getResultNumber() + 1;
  return index < parts.size() ? nameOf(parts[index]) : llvm::StringRef();
}

llvm::ArrayRef<int64_t> verbatimFields(Operation *op) {
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
