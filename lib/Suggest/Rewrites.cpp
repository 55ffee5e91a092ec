//===- Rewrites.cpp - What checks share -----------------------------------===//

#include "Suggest/Rewrites.h"

#include "Graph/OpAdapter.h"
#include "energy-opt/OnnxDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"
#include "llvm/Support/Endian.h"

using namespace energyopt;
using llvm::StringRef;
using mlir::Operation;

std::string energyopt::loggedName(Operation *op) {
  StringRef name = locatedNodeName(op);
  if (!name.empty())
    return name.str();
  StringRef output = op->getNumResults() ? locatedValueName(op->getResult(0)) : StringRef();
  return (onnxDomainAndType(op).second + " -> " + output).str();
}

bool energyopt::isNamed(Operation *op, StringRef onnxName) {
  StringRef name = op->getName().getStringRef();
  return name.consume_front("onnx.") && name == onnxName;
}

int64_t energyopt::intAttr(Operation *op, StringRef name, int64_t fallback) {
  auto attr = op->getAttrOfType<mlir::IntegerAttr>(name);
  return attr ? attr.getInt() : fallback;
}

int64_t energyopt::opsetOf(Operation *op) {
  // A function imports its own; the main graph has the module's.
  for (Operation *scope = op; scope; scope = scope->getParentOp())
    if (auto opsets = scope->getAttrOfType<mlir::DictionaryAttr>("onnx.opsets"))
      if (auto version = opsets.getAs<mlir::IntegerAttr>("ai.onnx"))
        return version.getInt();
  return 1;
}

std::optional<WeightRef> energyopt::constantOf(Operation *op) {
  if (!op || !isNamed(op, "initializer") || op->hasAttr("graph_input"))
    return std::nullopt;
  return weightRef(op->getAttrDictionary(), op->getResult(0).getType());
}

mlir::Value energyopt::addConstant(mlir::OpBuilder &builder, WeightReader &weights,
                                   mlir::RankedTensorType type, llvm::ArrayRef<float> values,
                                   StringRef name) {
  std::vector<uint8_t> bytes(4 * values.size());
  for (size_t i = 0; i < values.size(); ++i)
    llvm::support::endian::write32le(bytes.data() + 4 * i, llvm::bit_cast<uint32_t>(values[i]));
  int64_t length = bytes.size();
  mlir::OperationState state(mlir::NameLoc::get(builder.getStringAttr(name)), "onnx.initializer");
  state.addTypes(type);
  state.addAttribute("source", builder.getI64IntegerAttr(2));
  state.addAttribute("encoding", builder.getStringAttr("raw"));
  state.addAttribute("offset", builder.getI64IntegerAttr(weights.keep(std::move(bytes))));
  state.addAttribute("length", builder.getI64IntegerAttr(length));
  return builder.create(state)->getResult(0);
}

static bool isUnused(Operation *op) {
  if (op->hasTrait<mlir::OpTrait::IsTerminator>() || isNamed(op, "yield"))
    return false;
  // An initializer that a run may override is part of the interface.
  return op->use_empty() && !op->hasAttr("graph_input") && !hasEffects(op);
}

void energyopt::eraseUnused(mlir::ModuleOp module, RewriteLog *log) {
  std::vector<std::string> names;
  for (auto func : module.getOps<mlir::func::FuncOp>()) {
    // Users first, so that what only they use is dead when it is reached.
    func.walk<mlir::WalkOrder::PostOrder, mlir::ReverseIterator>([&](Operation *op) {
      if (op == func.getOperation() || !isUnused(op))
        return;
      if (!isNamed(op, "none"))
        names.push_back(loggedName(op));
      op->erase();
    });
  }
  if (log)
    log->ops.insert(log->ops.end(), names.rbegin(), names.rend());
}
